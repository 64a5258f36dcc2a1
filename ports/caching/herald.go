package caching

import (
	"context"
	"sync"
	"time"
)

// Herald tells all processes what is wrong. What it cannot tell, it owes and
// tells later: a store that is away loses nothing but time.
type Herald struct {
	bus    Bus
	failed func(error)

	mu      sync.Mutex
	areas   map[Area]uint64 // owed, with the number of the latest request
	slots   map[Slot]debt   // owed
	request uint64
	learn   func(map[Area]int64)

	telling sync.Mutex // one at a time
	kick    chan struct{}
}

// debt is where an answer is that was dropped, with the number of the request.
type debt struct {
	address string
	request uint64
}

const (
	// gathering is how long dropped answers wait for others, so that a rush of
	// changes costs ten messages a second.
	gathering = 100 * time.Millisecond
	// retellEvery is how often what could not be told is tried again.
	retellEvery = 500 * time.Millisecond
	// tellTimeout bounds what a change waits for a store that has gone.
	tellTimeout = 250 * time.Millisecond
	// mostOwed answers are remembered one by one; beyond, their areas go.
	mostOwed = 1_000
)

// NewHerald returns a Herald. failed is told, now and then, that the bus is away.
func NewHerald(bus Bus, failed func(error)) *Herald {
	return &Herald{
		bus: bus, failed: failed, areas: make(map[Area]uint64), slots: make(map[Slot]debt),
		learn: func(map[Area]int64) {}, kick: make(chan struct{}, 1),
	}
}

// Invalidate makes all answers of areas wrong, in every process. Call it after
// the change is committed. It returns once the bus was told or has failed.
func (h *Herald) Invalidate(ctx context.Context, areas ...Area) {
	h.mu.Lock()
	h.request++
	for _, a := range areas {
		h.areas[a] = h.request
	}
	h.mu.Unlock()
	if h.tell(ctx) != nil {
		h.wake()
	}
}

// drop makes one answer wrong, soon.
func (h *Herald) drop(s Slot, address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.request++
	if len(h.slots) >= mostOwed {
		for slot := range h.slots {
			h.areas[slot.Area] = h.request
		}
		h.areas[s.Area] = h.request
		clear(h.slots)
	} else {
		h.slots[s] = debt{address: address, request: h.request}
	}
	h.wake()
}

// owes reports whether the store may hold what this process knows to be wrong.
func (h *Herald) owes(s Slot) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, dropped := h.slots[s]
	return dropped || h.areas[s.Area] > 0
}

func (h *Herald) wake() {
	select {
	case h.kick <- struct{}{}:
	default:
	}
}

// Run tells what is owed until ctx ends, and then a last time.
func (h *Herald) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			_ = h.tell(context.WithoutCancel(ctx)) // what is left is bounded by its life
			return
		case <-h.kick:
		}
		pause(ctx, gathering)
		for ctx.Err() == nil {
			err := h.tell(ctx)
			if err == nil {
				break
			}
			h.failed(err)
			pause(ctx, retellEvery)
		}
	}
}

// tell tells all that is owed.
func (h *Herald) tell(ctx context.Context) error {
	h.telling.Lock()
	defer h.telling.Unlock()
	w, upTo := h.owed()
	if len(w.Areas)+len(w.Slots) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellTimeout)
	defer cancel()
	generations, err := h.bus.Tell(ctx, w)
	if err != nil {
		return err
	}
	h.learn(generations)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range w.Areas {
		if h.areas[a] <= upTo { // nobody has asked since
			delete(h.areas, a)
		}
	}
	for _, s := range w.Slots {
		if h.slots[s].request <= upTo {
			delete(h.slots, s)
		}
	}
	return nil
}

// owed is what is to be told, up to a request.
func (h *Herald) owed() (w Wrong, upTo uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for a := range h.areas {
		w.Areas = append(w.Areas, a)
	}
	for s, d := range h.slots {
		w.Slots = append(w.Slots, s)
		w.Addresses = append(w.Addresses, d.address)
	}
	return w, h.request
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
