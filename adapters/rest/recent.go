package rest

import (
	"context"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/checking"
)

// believed is how long a check of the dependencies is told again. Strangers
// may ask for health as often as they like; the dependencies are asked four
// times a second at most.
const believed = 250 * time.Millisecond

// recent checks dependencies for many askers at once.
type recent struct {
	checker *checking.Checker
	now     domain.Clock

	mu      sync.Mutex
	until   time.Time
	results []checking.Result
}

func newRecent(checker *checking.Checker, now domain.Clock) *recent {
	return &recent{checker: checker, now: now}
}

// check makes askers wait for the one who checks, which the checker's time-out
// bounds. The check outlives an asker who leaves.
func (r *recent) check(ctx context.Context) []checking.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now().Before(r.until) {
		return r.results
	}
	r.results = r.checker.Check(context.WithoutCancel(ctx))
	r.until = r.now().Add(believed)
	return r.results
}
