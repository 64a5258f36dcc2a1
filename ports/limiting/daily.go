package limiting

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// Days counts daily quotas for all processes, by days in UTC of its own clock.
// It must not lose what it counted.
type Days interface {
	// Lease counts up to want more as used and returns how many: all that is
	// left when that is less than least, else at least that many.
	Lease(ctx context.Context, d DayDemand) (DayGrant, error)
	// Return takes back n of what was leased on a day.
	Return(ctx context.Context, tenantID string, q tenancy.Quota, day time.Time, n int) error
}

// DayDemand asks for a part of a day's quota.
type DayDemand struct {
	TenantID           string
	Quota              tenancy.Quota
	Limit, Least, Want int
}

// DayGrant is what Days gave.
type DayGrant struct {
	Granted int
	Day     time.Time     // its first moment
	Left    time.Duration // until it ends
}

// Daily hands out a quota that is counted by the day. While callers are busy it
// leases ahead, so that most of them wait for no store; what is not used for a
// moment goes back. Use [NewDaily].
type Daily struct {
	quota   tenancy.Quota
	days    Days
	elapsed Stopwatch

	mu    sync.Mutex
	books map[string]*book
}

// NewDaily returns a Daily of one quota.
func NewDaily(q tenancy.Quota, days Days, elapsed Stopwatch) *Daily {
	return &Daily{quota: q, days: days, elapsed: elapsed, books: make(map[string]*book)}
}

// Take takes n of the tenant's quota, or as many as there are, and returns how
// many, and when the next day begins if that was fewer. It must not be called
// inside a unit of work: what is counted is counted, whatever becomes of that.
func (d *Daily) Take(ctx context.Context, tenantID string, limit, n int) (granted int, retryAt time.Time, err error) {
	if n <= 0 || limit <= 0 {
		return 0, time.Time{}, fmt.Errorf("take %d of %s, of which there are %d a day", n, d.quota, limit)
	}
	b := d.book(tenantID)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn(d.elapsed(), limit)
	if b.held < n && d.elapsed() >= b.refused {
		if err := d.lease(ctx, b, tenantID, n); err != nil {
			return 0, time.Time{}, err
		}
	}
	granted = min(n, b.held)
	b.held -= granted
	if granted < n {
		retryAt = b.day.Add(d.quota.Window())
	}
	return granted, retryAt, nil
}

// Return gives back n of what was taken and not used.
func (d *Daily) Return(tenantID string, n int) {
	b := d.book(tenantID)
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := d.elapsed(); n > 0 && now < b.ends {
		b.held, b.refused = b.held+n, 0
	}
}

// Held is how many of a tenant's quota this process holds unused.
func (d *Daily) Held(tenantID string) int {
	b := d.book(tenantID)
	b.mu.Lock()
	defer b.mu.Unlock()
	if d.elapsed() >= b.ends {
		return 0
	}
	return b.held
}

// lease asks for what n lacks, and for more when the tenant is busy.
func (d *Daily) lease(ctx context.Context, b *book, tenantID string, n int) error {
	least := n - b.held
	want := least
	if now := d.elapsed(); b.used > 0 && now-b.used < busyFor {
		want = max(want, min(mostLeased, b.limit/leaseShare))
	}
	asked := d.elapsed()
	g, err := d.days.Lease(ctx, DayDemand{TenantID: tenantID, Quota: d.quota, Limit: b.limit, Least: least, Want: want})
	if err != nil {
		return fmt.Errorf("lease %s: %w", d.quota, err)
	}
	if !g.Day.Equal(b.day) {
		b.held = 0 // it was of a day that is over by the store's clock
	}
	b.day, b.ends, b.used = g.Day, asked+g.Left, max(asked, 1)
	b.held += g.Granted
	if g.Granted < least {
		b.refused = asked + min(refusedFor, g.Left)
	}
	return nil
}

func (d *Daily) book(tenantID string) *book {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.books[tenantID]
	if b == nil {
		b = &book{}
		d.books[tenantID] = b
	}
	return b
}
