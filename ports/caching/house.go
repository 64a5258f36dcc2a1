package caching

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/breaking"
)

// House is where the caches of a process live: its memory, what it knows of the
// areas' generations, and the way to the shared store.
type House struct {
	memory   Memory
	store    Store
	bus      Bus
	herald   *Herald
	observer Observer
	now      domain.Clock
	begin    time.Time
	breaker  *breaking.Breaker
	failed   func(Area, error)

	heard atomic.Int64 // when the last answer of the bus was asked for; since begin
	rooms map[Area]*room

	mu       sync.Mutex // held to change a view
	tellings uint64     // how often generations were told
}

// room is what is known of an area.
type room struct {
	view   atomic.Pointer[view]
	counts map[Result]*atomic.Int64 // since they were last told
	mu     sync.Mutex
	drop   []func(Key) // of the caches that keep answers of it
}

func newRoom() *room {
	r := &room{counts: make(map[Result]*atomic.Int64)}
	for _, result := range Results {
		r.counts[result] = new(atomic.Int64)
	}
	r.view.Store(&view{})
	return r
}

// view is a state of an area. What was kept under another is wrong.
type view struct {
	epoch      uint64 // counts up in this process
	generation int64  // in the shared store
}

const (
	// pollEvery is how often the generations are asked for, which bounds for how
	// long a message that got lost is missed.
	pollEvery = 500 * time.Millisecond
	// aliveFor is how long an answer of the bus is trusted. Without a younger one
	// the process is alone: it keeps answers for a moment only.
	aliveFor = time.Second
	// busTimeout is short, so that a slow store is soon treated as one that is away.
	busTimeout = 250 * time.Millisecond
	relisten   = 200 * time.Millisecond
)

// Parts are what a [House] is made of. Without store, bus and herald it is
// always alone. Observer and Failed may be nil.
type Parts struct {
	Memory   Memory
	Store    Store
	Bus      Bus
	Herald   *Herald
	Observer Observer
	// Failed is told what went wrong while nobody waited for it.
	Failed func(Area, error)
	Now    domain.Clock
}

// NewHouse returns a House, which is alone until it runs.
func NewHouse(p Parts) *House {
	if p.Observer == nil {
		p.Observer = unobserved{}
	}
	if p.Failed == nil {
		p.Failed = func(Area, error) {}
	}
	h := &House{
		memory: p.Memory, store: p.Store, bus: p.Bus, herald: p.Herald, observer: p.Observer,
		failed: p.Failed, now: p.Now, begin: p.Now(), rooms: make(map[Area]*room),
	}
	h.heard.Store(-1 << 62)
	for _, a := range Areas {
		h.rooms[a] = newRoom()
	}
	if h.store != nil {
		h.breaker = breaking.New(h.store.Ping, func(bool) {})
		h.herald.learn = h.told
	}
	return h
}

// Invalidate makes all answers of areas wrong: at once here, and in every
// process as soon as they hear of it.
func (h *House) Invalidate(ctx context.Context, areas ...Area) {
	h.renew(areas...)
	if h.herald != nil {
		h.herald.Invalidate(ctx, areas...)
		// What was looked up meanwhile may be older than what is in the store.
		h.renew(areas...)
	}
}

// renew begins a new epoch of areas.
func (h *House) renew(areas ...Area) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range areas {
		v := h.rooms[a].view.Load()
		h.rooms[a].view.Store(&view{epoch: v.epoch + 1, generation: v.generation})
	}
}

// told takes over generations that have begun.
func (h *House) told(generations map[Area]int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tellings++
	for a, generation := range generations {
		r, ours := h.rooms[a] // a newer process may know more areas
		if ours && generation > r.view.Load().generation {
			r.enter(generation)
		}
	}
}

// polled takes over the generations that there were, unless others have been
// told since they were asked for. They may be older than what is known: a store
// may lose them.
func (h *House) polled(generations map[Area]int64, tellings uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tellings != tellings {
		return // the next poll says it again
	}
	for a, generation := range generations {
		if r, ours := h.rooms[a]; ours && generation != r.view.Load().generation {
			r.enter(generation)
		}
	}
}

// enter is called with the house's lock.
func (r *room) enter(generation int64) {
	r.view.Store(&view{epoch: r.view.Load().epoch + 1, generation: generation})
}

// alone reports whether the process may not have heard what is wrong.
func (h *House) alone(now time.Time) bool {
	return now.Sub(h.begin)-time.Duration(h.heard.Load()) > aliveFor
}

// Run listens to the bus until ctx ends.
func (h *House) Run(ctx context.Context) {
	if h.bus == nil {
		return
	}
	var done sync.WaitGroup
	done.Go(func() { h.herald.Run(ctx) })
	done.Go(func() {
		for ctx.Err() == nil {
			_ = h.bus.Listen(ctx, h.hear) // polling makes up for what is missed
			pause(ctx, relisten)
		}
	})
	for ctx.Err() == nil {
		h.poll(ctx)
		pause(ctx, pollEvery)
	}
	done.Wait()
	h.breaker.Stop()
}

func (h *House) hear(told Heard) {
	h.told(told.Generations)
	for _, s := range told.Slots {
		if _, ours := h.rooms[s.Area]; ours {
			h.Forget(s)
		}
	}
}

// poll asks for the generations.
func (h *House) poll(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	h.mu.Lock()
	tellings := h.tellings
	h.mu.Unlock()
	asked, counted := h.now(), h.counts()
	generations, err := h.bus.Poll(ctx, counted)
	if err != nil {
		h.recount(counted)
		return
	}
	if h.alone(asked) {
		// Anything may have been told while nobody listened.
		h.renew(Areas...)
	}
	h.polled(generations, tellings)
	h.heard.Store(int64(asked.Sub(h.begin)))
}

// Forget drops an answer from the memory of this process alone.
func (h *House) Forget(s Slot) {
	r := h.rooms[s.Area]
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, drop := range r.drop {
		drop(s.Key)
	}
}

// reachable reports whether the shared store may be asked for an answer.
func (h *House) reachable(s Slot, now time.Time) bool {
	return h.store != nil && !h.breaker.Open() && !h.alone(now) && !h.herald.owes(s)
}

// counts are those since the last time.
func (h *House) counts() (all []Count) {
	for a, r := range h.rooms {
		for result, counter := range r.counts {
			if n := counter.Swap(0); n > 0 {
				all = append(all, Count{Area: a, Result: result, N: n})
			}
		}
	}
	return all
}

// recount takes back counts that were not told.
func (h *House) recount(all []Count) {
	for _, c := range all {
		h.rooms[c.Area].counts[c.Result].Add(c.N)
	}
}

type unobserved struct{}

func (unobserved) Looked(Area, Result) {}
