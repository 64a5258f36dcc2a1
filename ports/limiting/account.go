package limiting

import (
	"strconv"
	"sync"
	"time"
)

// account is what a process holds for one credential.
type account struct {
	credential credential
	tenant     *tenant

	mu      sync.Mutex
	names   [2]string     // of the tenant's bucket and of the credential's own
	limit   int           // that the lease was taken under
	calls   int           // left of the lease
	expires time.Duration // when they are worthless
	grow    int           // what to lease next time
	free    int           // left in the store when it was last asked
	refused time.Duration // the moment until which the store would refuse
	debt    time.Duration // the moment at which the credential's bucket is full
	waiting int           // callers who wait for the lease under way
	asking  chan struct{} // closed when the lease under way is there; nil when none is
}

const (
	// leaseLife bounds how long calls may be hoarded: over any stretch of time,
	// no more than the burst and the rate over that time and this are made.
	leaseLife = time.Second
	// mostLeased and leaseShare bound what one lease may take away from others.
	// The busiest callers ask some ten times a second.
	mostLeased = 512
	leaseShare = 100
)

// take decides from what is held, when that is possible.
func (a *account) take(now time.Duration, limit, cost int) (Decision, bool) {
	if a.limit != limit {
		a.begin(limit)
	}
	if a.calls >= cost && now < a.expires {
		a.calls -= cost
		return a.decide(now, Decision{Allowed: true}), true
	}
	if wait := max(a.refused-now, a.tenant.waits(now)); wait > 0 {
		return a.decide(now, Decision{RetryAfter: wait}), true
	}
	return Decision{}, false
}

// begin turns to the buckets of another limit: what is owed in one says nothing
// in the other, where a call weighs more or less.
func (a *account) begin(limit int) {
	name := "rate:{" + a.credential.tenant + "}:" + strconv.Itoa(limit)
	a.names = [2]string{name, name + ":" + a.credential.subject}
	a.limit, a.calls, a.refused, a.debt = limit, 0, 0, 0
	a.tenant.begin(limit)
}

func (a *account) decide(now time.Duration, d Decision) Decision {
	limits := decision(a.limit)
	d.Limit, d.Window = limits.Limit, limits.Window
	debt, _ := a.tenant.owes(now)
	d.Reset = max(d.RetryAfter, a.debt-now, debt)
	if d.Allowed {
		d.Remaining = a.free + a.calls
	}
	return d
}

// demand is what to ask the store for: as much as was used up lately, and
// enough for those who wait.
func (a *account) demand(now time.Duration, cost int) Demand {
	tenants, keys := ofTenant(a.limit), ofKey(a.limit)
	switch inTime := now < a.expires; {
	case inTime:
		a.grow *= 2
	case a.calls > 0: // it asked for more than it used
		a.grow /= 2
	}
	most := min(mostLeased, max(1, tenants.Burst/leaseShare))
	a.grow = min(max(a.grow, 1), most)
	want := min(max(a.grow, cost*(1+a.waiting)), mostLeased)
	debt, owed := a.tenant.owes(now)
	return Demand{
		Tenant: Bucket{Name: a.names[0], Rate: tenants, Debt: debt, Owed: owed},
		Key:    Bucket{Name: a.names[1], Rate: keys, Debt: max(0, a.debt-now)},
		Cost:   cost, Want: max(want, cost),
	}
}

// settle keeps what the store gave for a demand at a moment.
func (a *account) settle(now time.Duration, d Demand, g Grant) {
	a.debt = now + g.KeyDebt
	a.tenant.settle(now, g, d.Tenant.Owed)
	if g.Calls == 0 {
		if !g.ByTenant {
			a.refused = now + g.Wait
		}
		return
	}
	// What an older lease left is worthless or about to be.
	a.calls, a.free, a.expires = g.Calls, g.Remaining, now+leaseLife
}

// idle reports whether forgetting the account loses nothing.
func (a *account) idle(now time.Duration) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asking == nil && now >= a.expires && now >= a.debt && now >= a.refused
}
