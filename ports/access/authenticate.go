package access

import (
	"context"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// remembered is how long an answer of the look-up is believed: a revoked key
// must stop working within a second everywhere.
const remembered = 800 * time.Millisecond

// maxRemembered bounds the memory that a caller with many keys can take.
const maxRemembered = 10_000

// Authenticator turns an API key into a [Principal].
type Authenticator struct {
	lookup Lookup
	now    domain.Clock

	mu    sync.Mutex
	known map[Hash]answer
}

type answer struct {
	principal Principal
	until     time.Time
}

// NewAuthenticator returns an Authenticator.
func NewAuthenticator(lookup Lookup, now domain.Clock) *Authenticator {
	return &Authenticator{lookup: lookup, now: now, known: make(map[Hash]answer)}
}

// Authenticate returns who key belongs to, or [ErrUnauthenticated]. Only good
// answers are remembered, so guessing fills no memory.
func (a *Authenticator) Authenticate(ctx context.Context, key string) (Principal, error) {
	hash, ok := HashKey(key)
	if !ok {
		return Principal{}, ErrUnauthenticated
	}
	now := a.now()
	if p, ok := a.recall(hash, now); ok {
		return p, nil
	}
	p, err := a.lookup.Principal(ctx, hash, now)
	if err != nil {
		return Principal{}, err
	}
	a.remember(hash, answer{principal: p, until: now.Add(remembered)})
	return p, nil
}

func (a *Authenticator) recall(h Hash, now time.Time) (Principal, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, ok := a.known[h]
	return found.principal, ok && now.Before(found.until)
}

func (a *Authenticator) remember(h Hash, found answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= maxRemembered {
		clear(a.known)
	}
	a.known[h] = found
}
