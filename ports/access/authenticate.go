package access

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Authenticator turns a credential into a [Principal].
type Authenticator struct {
	lookup   Lookup
	tokens   Tokens
	sessions Sessions
	now      domain.Clock

	keys   cache[Hash]
	people cache[string] // by session
}

// NewAuthenticator returns an Authenticator. Without tokens it takes API keys
// only.
func NewAuthenticator(lookup Lookup, tokens Tokens, sessions Sessions, now domain.Clock) *Authenticator {
	return &Authenticator{
		lookup: lookup, tokens: tokens, sessions: sessions, now: now,
		keys: newCache[Hash](), people: newCache[string](),
	}
}

// Authenticate returns who an API key belongs to, or [ErrUnauthenticated].
func (a *Authenticator) Authenticate(ctx context.Context, key string) (Principal, error) {
	hash, ok := HashKey(key)
	if !ok {
		return Principal{}, ErrUnauthenticated
	}
	now := a.now()
	return a.keys.get(hash, now, func() (Principal, error) { return a.lookup.Principal(ctx, hash, now) })
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
	now := a.now()
	// Tokens of one session may outlive it, but never say another user.
	return a.people.get(c.TenantID+c.Session+c.UserID, now, func() (Principal, error) { return a.sessions.Principal(ctx, c, now) })
}

// remembered is how long an answer of the look-up is believed: a revoked
// credential must stop working within a second everywhere.
const remembered = 800 * time.Millisecond
