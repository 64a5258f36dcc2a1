// Package pausing lets the service rest while something is done to it that
// nobody may work beside, such as restoring the whole system: the API turns
// callers away, and workers leave their work for later. It decides when a
// process believes that the service rests; what it does then is its own.
package pausing

import (
	"context"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Pause is a claim on the service, see [exclusion.Service].
type Pause struct {
	Holder  string // who has claimed it: a run, or an operator
	Purpose string
	Since   time.Time
	// Left is how long it still lasts by its keeper's clock; it is not positive
	// when the pause has ended.
	Left time.Duration
}

// Pauses tells of the claim on the service as it is kept.
type Pauses interface {
	// Last returns the latest pause, also when it has ended; ok is false when
	// there never was one.
	Last(ctx context.Context) (p Pause, ok bool, err error)
}

// Interval is how often a process looks. Whoever has claimed the service waits
// for longer than that before others can be taken to rest.
const Interval = 500 * time.Millisecond

// Gate is what one process believes. Its zero value cannot be used; a nil Gate
// never rests.
//
// A pause that was seen is believed until it was to end, or until its holder is
// seen to have ended it. That it cannot be found is no sign: the database that
// it was kept in may just have been exchanged for an older one. So a pause lasts
// through that, and no longer than it was claimed for when its holder dies.
type Gate struct {
	pauses Pauses
	now    domain.Clock

	mu    sync.Mutex
	seen  Pause
	until time.Time
}

// NewGate returns a Gate that is open.
func NewGate(pauses Pauses, now domain.Clock) *Gate { return &Gate{pauses: pauses, now: now} }

// Watch looks until ctx ends.
func (g *Gate) Watch(ctx context.Context) {
	tick := time.NewTicker(Interval)
	defer tick.Stop()
	for {
		limited, cancel := context.WithTimeout(ctx, 4*Interval)
		_ = g.Look(limited) // a keeper that is away changes no belief
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Look looks once.
func (g *Gate) Look(ctx context.Context) error {
	p, ok, err := g.pauses.Last(ctx)
	if err != nil || !ok {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.Left > 0 {
		g.seen, g.until = p, g.now().Add(p.Left)
	} else if p.Holder == g.seen.Holder {
		g.until = time.Time{}
	}
	return nil
}

// Paused returns the pause that the process believes in.
func (g *Gate) Paused() (Pause, bool) {
	if g == nil {
		return Pause{}, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.seen
	p.Left = g.until.Sub(g.now())
	return p, p.Left > 0
}
