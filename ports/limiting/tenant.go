package limiting

import (
	"sync"
	"time"
)

// tenant is what a process knows of a tenant's bucket.
type tenant struct {
	mu      sync.Mutex
	limit   int           // what follows is known of
	refused time.Duration // the moment until which the store would refuse
	debt    time.Duration // the moment at which the bucket is full again
	owed    int           // calls allowed here that the store does not know of
}

// settle keeps what the store said at a moment, and counted of what was owed.
func (t *tenant) settle(now time.Duration, g Grant, paid int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.debt = now + g.TenantDebt
	t.owed = max(0, t.owed-paid)
	if g.Calls == 0 && g.ByTenant {
		t.refused = now + g.Wait
	}
}

func (t *tenant) waits(now time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused - now
}

func (t *tenant) owes(now time.Duration) (debt time.Duration, calls int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, t.debt-now), t.owed
}

// begin forgets what was known under another limit.
func (t *tenant) begin(limit int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.limit != limit {
		t.limit, t.refused, t.debt, t.owed = limit, 0, 0, 0
	}
}

// localShare of a rate and its burst is what each process allows by itself
// while the store is away. How many processes there are is not known: two
// together keep the limit, more exceed it until the store is back.
const localShare = 2

// takeLocally decides without the store, for all credentials of the tenant
// together. It goes on from the debt that the store told last, so that losing
// the store opens no new burst, and what it allows is counted once the store
// is back.
func (t *tenant) takeLocally(now time.Duration, limit, cost int) Decision {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := ofTenant(limit)
	r.Interval, r.Burst = r.Interval*localShare, max(1, r.Burst/localShare)
	most := time.Duration(r.Burst) * r.Interval
	debt := min(max(0, t.debt-now), most)
	d := decision(limit)
	after := debt + time.Duration(cost)*r.Interval
	if after > most {
		d.RetryAfter, d.Reset = after-most, debt
		return d
	}
	t.debt = now + after
	t.owed += cost
	d.Allowed, d.Reset, d.Remaining = true, after, int((most-after)/r.Interval)
	return d
}
