package access

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/ports/caching"
)

// Authenticator turns a credential into a [Principal].
type Authenticator struct {
	lookup   Lookup
	tokens   Tokens
	sessions Sessions
	known    *Recollection
}

// NewAuthenticator returns an Authenticator. Without tokens it takes API keys
// only.
func NewAuthenticator(lookup Lookup, tokens Tokens, sessions Sessions, known *Recollection) *Authenticator {
	return &Authenticator{lookup: lookup, tokens: tokens, sessions: sessions, known: known}
}

// Authenticate returns who an API key belongs to, or [ErrUnauthenticated].
func (a *Authenticator) Authenticate(ctx context.Context, key string) (Principal, error) {
	hash, ok := HashKey(key)
	if !ok {
		return Principal{}, ErrUnauthenticated
	}
	return a.known.get(caching.Key{Name: string(hash[:])}, func(at time.Time) (Principal, error) {
		return a.lookup.Principal(ctx, hash, at)
	})
}

// Bearer returns who an access token was given to, or [ErrUnauthenticated].
func (a *Authenticator) Bearer(ctx context.Context, token string) (Principal, error) {
	if a.tokens == nil {
		return Principal{}, ErrUnauthenticated
	}
	c, err := a.tokens.Verify(AccessToken, token)
	if err != nil {
		return Principal{}, err
	}
	// Tokens of one session may outlive it, but never say another user.
	return a.known.get(caching.Key{Tenant: c.TenantID, Name: c.Session + c.UserID}, func(at time.Time) (Principal, error) {
		return a.sessions.Principal(ctx, c, at)
	})
}
