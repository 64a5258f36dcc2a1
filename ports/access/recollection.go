package access

import (
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/caching"
)

const (
	// remembered is how long an answer of the look-up is believed whatever has
	// happened: an ended credential must stop working within a second everywhere.
	remembered = 800 * time.Millisecond
	// longRemembered is how long it is believed while the process hears of every
	// change. It bounds by how much it is late to note that a key is used.
	longRemembered = 30 * time.Second
	// recollectionWeight is about what an answer takes.
	recollectionWeight = 1 << 10
)

// Recollection is who recent callers were. It remembers good answers only, so
// that guessing fills no memory.
type Recollection struct {
	memory   caching.Memory
	vigil    *Vigil
	observer caching.Observer
	now      domain.Clock
}

// NewRecollection returns a Recollection that holds as much as memory does.
// Without a vigil it believes nothing for long; observer may be nil.
func NewRecollection(memory caching.Memory, v *Vigil, observer caching.Observer, now domain.Clock) *Recollection {
	return &Recollection{memory: memory, vigil: v, observer: observer, now: now}
}

// Forgetful remembers nothing, for a program that is called now and then.
func Forgetful(now domain.Clock) *Recollection { return &Recollection{now: now} }

// recollected is an answer of the look-up.
type recollected struct {
	principal Principal
	at        time.Time // when it was asked
	heard     uint64    // how much the vigil had heard then
}

// get returns what is known of k, or finds it.
func (r *Recollection) get(k caching.Key, find func(at time.Time) (Principal, error)) (Principal, error) {
	if r.memory == nil {
		return find(r.now())
	}
	now, slot := r.now(), caching.Slot{Area: caching.Credentials, Key: k}
	if kept, ok := r.memory.Get(slot); ok {
		if known, ok := kept.(*recollected); ok && r.believes(known, now) {
			r.looked(caching.Hit)
			return known.principal, nil
		}
	}
	answer := &recollected{at: now}
	if r.vigil != nil {
		// Before it is asked: what is heard while it is on its way, it may not know.
		answer.heard = r.vigil.count.Load()
	}
	p, err := find(now)
	if err != nil {
		r.looked(caching.Error)
		return Principal{}, err
	}
	answer.principal = p
	r.memory.Set(slot, answer, recollectionWeight)
	r.looked(caching.Miss)
	return p, nil
}

func (r *Recollection) believes(known *recollected, now time.Time) bool {
	age, until := now.Sub(known.at), known.principal.Until
	switch {
	case age < remembered:
		return true
	case r.vigil == nil || age >= longRemembered || !until.IsZero() && !now.Before(until):
		return false
	}
	return r.vigil.holds(known.principal.TenantID, known.heard, now)
}

func (r *Recollection) looked(result caching.Result) {
	if r.observer != nil {
		r.observer.Looked(caching.Credentials, result)
	}
}
