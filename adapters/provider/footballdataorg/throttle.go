package footballdataorg

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/adapters/provider/fetch"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// The service says after each request how many more it takes in this minute
// (X-Requests-Available-Minute) and in how many seconds the count begins anew
// (X-RequestCounter-Reset).
const (
	headerAvailable = "X-Requests-Available-Minute"
	headerReset     = "X-RequestCounter-Reset"
)

// freePlan is how many requests a minute the least plan has.
const freePlan = 10

// maxWait bounds what is believed of the service's count; it is a minute long.
const maxWait = 2 * time.Minute

var _ fetch.Limiter = (*throttle)(nil)

// throttle holds requests back until the service takes them.
type throttle struct {
	now   domain.Clock
	sleep func(context.Context, time.Duration) error

	mu        sync.Mutex
	limit     int // requests in a window, as far as known
	available int // left in this window
	reset     time.Time
}

func newThrottle(now domain.Clock) *throttle {
	return &throttle{now: now, sleep: wait, limit: freePlan, available: freePlan}
}

// Wait takes one request from the window, waiting for the next when it is used
// up.
func (t *throttle) Wait(ctx context.Context) error {
	for {
		pause := t.take()
		switch {
		case pause == 0:
			return ctx.Err()
		case pause > maxWait:
			return domain.Errorf(ingesting.ErrUnavailable.Kind, ingesting.ErrUnavailable.Code,
				"football-data.org takes no request for %s", pause.Round(time.Second))
		}
		if err := t.sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// take takes one request, or says how long there is none.
func (t *throttle) take() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if !now.Before(t.reset) {
		t.available, t.reset = t.limit, now.Add(time.Minute)
	}
	if t.available <= 0 {
		return t.reset.Sub(now)
	}
	t.available--
	return 0
}

// Observe learns from an answer. Within a window only a lower count is
// believed, since other requests may be on their way.
func (t *throttle) Observe(h http.Header) {
	available, errAvailable := strconv.Atoi(h.Get(headerAvailable))
	seconds, errReset := strconv.Atoi(h.Get(headerReset))
	t.mu.Lock()
	defer t.mu.Unlock()
	if errAvailable == nil {
		t.limit = max(t.limit, available+1)
		t.available = min(t.available, max(available, 0))
	}
	if errReset == nil {
		t.reset = t.now().Add(time.Duration(min(max(seconds, 0), 1<<20)) * time.Second)
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
