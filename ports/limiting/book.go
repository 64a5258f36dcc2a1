package limiting

import (
	"sync"
	"time"
)

// book is what a process holds of one tenant's day.
type book struct {
	mu      sync.Mutex
	limit   int
	held    int
	day     time.Time
	ends    time.Duration // the moment the day is over
	used    time.Duration // the moment of the last lease
	refused time.Duration // the moment until which there is known to be nothing
}

const (
	// busyFor is how soon after a lease the next makes a tenant a busy one, and
	// how long what it holds may lie unused.
	busyFor = 5 * time.Second
	// refusedFor is how long a used-up quota is believed to be: another process
	// may give some back, or the plan be raised.
	refusedFor = time.Second
)

// turn begins a new day, and forgets what was known under another limit.
func (b *book) turn(now time.Duration, limit int) {
	if now >= b.ends {
		b.held, b.refused = 0, 0
	}
	if b.limit != limit {
		b.limit, b.refused = limit, 0
	}
}
