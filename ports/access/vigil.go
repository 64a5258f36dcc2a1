package access

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Watch tells a process of which tenants a credential, or what it allows, has
// changed.
type Watch interface {
	// Watch tells v until ctx ends or the connection breaks. It calls
	// [Vigil.Begin] before anything else, [Vigil.Changed] in the order in which
	// changes were committed, and [Vigil.Heard] only with a moment before which
	// every change that was committed has been told.
	Watch(ctx context.Context, v *Vigil) error
}

// Vigil is what a process has heard of changed credentials. It is what makes it
// safe to believe an answer for longer than a moment: what was looked up still
// holds, as of the moment up to which everything has been heard.
type Vigil struct {
	now   domain.Clock
	begin time.Time
	heard atomic.Int64  // the moment, since begin
	count atomic.Uint64 // of what was heard

	mu      sync.RWMutex
	floor   uint64            // what was looked up before it is not believed
	changed map[string]uint64 // by tenant: likewise
}

const (
	// trusted is how old what was heard may be. An ended credential works no
	// longer than this, on a process that hears; see remembered for one that
	// does not.
	trusted = 800 * time.Millisecond
	// mostChanged bounds the memory that tenants take.
	mostChanged = 10_000
	// Between attempts to listen passes more and more time.
	firstRewatch, lastRewatch = 200 * time.Millisecond, 5 * time.Second
)

// NewVigil returns a Vigil that has heard nothing. now must not jump when the
// machine's clock is turned, which time.Now does not.
func NewVigil(now domain.Clock) *Vigil {
	v := &Vigil{now: now, begin: now(), changed: make(map[string]uint64)}
	v.deafen()
	return v
}

func (v *Vigil) deafen() { v.heard.Store(-1 << 62) }

// Keep listens to w until ctx ends, whatever breaks in between.
func (v *Vigil) Keep(ctx context.Context, w Watch, failed func(error)) {
	for wait := firstRewatch; ctx.Err() == nil; wait = min(2*wait, lastRewatch) {
		began := v.now()
		err := w.Watch(ctx, v)
		v.deafen()
		if v.now().Sub(began) > lastRewatch { // it did listen
			wait = firstRewatch
		}
		if ctx.Err() != nil {
			return
		}
		failed(err)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Begin is called when listening begins: whatever was looked up before may have
// changed while nobody listened.
func (v *Vigil) Begin() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.deafen()
	v.floor = v.count.Add(1)
	clear(v.changed)
}

// Changed is called when something of a tenant has changed.
func (v *Vigil) Changed(tenantID string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.changed) >= mostChanged {
		v.floor = v.count.Add(1)
		clear(v.changed)
		return
	}
	v.changed[tenantID] = v.count.Add(1)
}

// Heard is called when everything up to a moment of the Vigil's clock was told.
func (v *Vigil) Heard(asOf time.Time) { v.heard.Store(int64(asOf.Sub(v.begin))) }

// holds reports whether what was looked up of a tenant, when so much had been
// heard, still holds.
func (v *Vigil) holds(tenantID string, count uint64, now time.Time) bool {
	if now.Sub(v.begin)-time.Duration(v.heard.Load()) >= trusted {
		return false
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	return count >= v.floor && count >= v.changed[tenantID]
}
