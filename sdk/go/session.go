package footballprediction

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// early is how long before its end an access token is replaced.
const early = 30 * time.Second

// Session is the credential of a signed-in user. It gets a new access token
// whenever the old one ends; goroutines that need one at once share it.
type Session struct {
	client *Client

	mu    sync.Mutex
	pass  Pass
	until time.Time
	ended error
}

// SignIn signs a user in. The options are those of the client that tokens are
// fetched with.
func SignIn(ctx context.Context, address string, who Credentials, options ...Option) (*Session, error) {
	client, err := New(address, nil, options...)
	if err != nil {
		return nil, err
	}
	asked := time.Now()
	answer, err := client.SignInWithResponse(ctx, who)
	if err != nil {
		return nil, err
	}
	s := &Session{client: client}
	s.take(answer.JSON200, asked)
	return s, nil
}

// User is who signed in.
func (s *Session) User() User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pass.User
}

func (s *Session) take(pass *Pass, asked time.Time) {
	s.pass, s.until = *pass, asked.Add(time.Duration(pass.ExpiresIn)*time.Second)
}

func (s *Session) authorize(r *http.Request, fresh bool) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Another goroutine may have got a new one while this one was refused.
	used := r.Header.Get("Authorization")
	if time.Until(s.until) < early || fresh && used == "Bearer "+s.pass.AccessToken {
		if err := s.refresh(r.Context()); err != nil {
			return false, err
		}
	}
	r.Header.Set("Authorization", "Bearer "+s.pass.AccessToken)
	return true, nil
}

// refresh gets the next pair of tokens. A lost answer may be asked for again
// with the same token for some seconds, which is why a broken request may come
// twice. A session that the server ended stays ended.
func (s *Session) refresh(ctx context.Context) error {
	if s.ended != nil {
		return s.ended
	}
	asked := time.Now()
	answer, err := s.client.RefreshSessionWithResponse(ctx, Refresh{RefreshToken: s.pass.RefreshToken}, Repeatable())
	var refused *Error
	if errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
		s.ended = err
	}
	if err != nil {
		return err
	}
	s.take(answer.JSON200, asked)
	return nil
}
