package limiting

import (
	"context"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/breaking"
)

var _ Limiter = (*Leasing)(nil)

// Stopwatch tells the time since it was started. It is no calendar: turning
// the machine's clock must not change what is allowed.
type Stopwatch func() time.Duration

// Observer is told what was decided, to count it.
type Observer interface {
	// Decided is called for each decision; local ones were made without the store.
	Decided(allowed, local bool)
	// LocalMode is called when the store goes away, and when it is back.
	LocalMode(on bool)
}

// Leasing is a Limiter that holds leases of a store. Use [NewLeasing].
type Leasing struct {
	store    Store
	elapsed  Stopwatch
	observer Observer
	breaker  *breaking.Breaker

	mu       sync.RWMutex
	accounts map[credential]*account
	tenants  map[string]*tenant
}

type credential struct{ tenant, subject string }

// maxAccounts bounds the memory that credentials can take.
const maxAccounts = 50_000

// NewLeasing returns a Limiter over store.
func NewLeasing(store Store, elapsed Stopwatch, observer Observer) *Leasing {
	l := &Leasing{
		store: store, elapsed: elapsed, observer: observer,
		accounts: make(map[credential]*account), tenants: make(map[string]*tenant),
	}
	l.breaker = breaking.New(store.Ping, observer.LocalMode)
	return l
}

// Close ends what goes on in the background.
func (l *Leasing) Close() { l.breaker.Stop() }

// Take implements [Limiter].
func (l *Leasing) Take(ctx context.Context, p access.Principal, cost int) (Decision, error) {
	a, limit := l.account(p), limitOf(p.Limits)
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		if d, ok := a.take(l.elapsed(), limit, cost); ok {
			l.observer.Decided(d.Allowed, false)
			return d, nil
		}
		if l.breaker.Open() {
			d := a.tenant.takeLocally(l.elapsed(), limit, cost)
			l.observer.Decided(d.Allowed, true)
			return d, nil
		}
		if a.asking == nil {
			l.lease(ctx, a, cost)
			continue
		}
		if err := a.await(ctx); err != nil {
			return Decision{}, err
		}
	}
}

// askTimeout bounds what the first caller pays for a store that has gone; the
// others of its credential wait with it, and nobody after them.
const askTimeout = 250 * time.Millisecond

// lease asks the store. It is called with the account's lock, and gives it
// away while it waits. The one who asks may give up; those who wait don't.
func (l *Leasing) lease(ctx context.Context, a *account, cost int) {
	demand, done := a.demand(l.elapsed(), cost), make(chan struct{})
	a.asking = done
	a.mu.Unlock()
	ask, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	// A lease is as old as the question: the store may have answered long ago.
	asked := l.elapsed()
	grant, err := l.store.Lease(ask, demand)
	cancel()
	if err != nil {
		l.breaker.Trip()
	}
	a.mu.Lock()
	if err == nil {
		a.settle(asked, demand, grant)
	}
	a.asking = nil
	close(done)
}

// await waits for the lease that another caller asks for.
func (a *account) await(ctx context.Context) error {
	asking := a.asking
	a.waiting++
	a.mu.Unlock()
	defer func() { a.mu.Lock(); a.waiting-- }()
	select {
	case <-asking:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Leasing) account(p access.Principal) *account {
	c := credential{p.TenantID, p.Subject}
	l.mu.RLock()
	a := l.accounts[c]
	l.mu.RUnlock()
	if a != nil {
		return a
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.accounts[c]; a != nil {
		return a
	}
	if len(l.accounts) >= maxAccounts {
		l.sweep()
	}
	t := l.tenants[c.tenant]
	if t == nil {
		t = &tenant{}
		l.tenants[c.tenant] = t
	}
	a = &account{credential: c, tenant: t}
	l.accounts[c] = a
	return a
}

// sweep forgets the accounts that are idle, and all of them when none is:
// leases are lost then, which the store has counted.
func (l *Leasing) sweep() {
	now := l.elapsed()
	for c, a := range l.accounts {
		if a.idle(now) {
			delete(l.accounts, c)
		}
	}
	if len(l.accounts) >= maxAccounts {
		clear(l.accounts)
	}
	used := make(map[string]bool)
	for c := range l.accounts {
		used[c.tenant] = true
	}
	for id := range l.tenants {
		if !used[id] {
			delete(l.tenants, id)
		}
	}
}

func decision(limit int) Decision {
	return Decision{Limit: limit, Window: tenancy.APICalls.Window()}
}
