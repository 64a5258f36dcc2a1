package caching

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// flightKey keeps those who ask after an invalidation from waiting for what was
// looked up before it.
type flightKey struct {
	Key
	epoch uint64
}

// flight is an answer on its way.
type flight[V any] struct {
	done     chan struct{}
	spoilt   bool // dropped since; guarded by the flights' lock
	landed   bool
	renews   bool // nobody may be waiting
	value    V
	err      error
	result   Result
	panicked any
}

type flights[V any] struct {
	mu      sync.Mutex
	running map[flightKey]*flight[V]
}

// join returns the flight of k, and whether the caller is to fly it.
func (f *flights[V]) join(k flightKey, renews bool) (*flight[V], bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if on, ok := f.running[k]; ok {
		return on, false
	}
	started := &flight[V]{done: make(chan struct{}), renews: renews}
	f.running[k] = started
	return started, true
}

// spoil keeps what is on its way for k from being kept, or told to those who
// ask from now on.
func (f *flights[V]) spoil(k Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, on := range f.running {
		if key.Key == k {
			on.spoilt = true
			delete(f.running, key)
		}
	}
}

// unlessSpoilt does something and reports that it did.
func (f *flights[V]) unlessSpoilt(on *flight[V], do func()) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !on.spoilt {
		do()
	}
	return !on.spoilt
}

// land lets those who wait have the answer, once it is in memory if it may be.
// Whoever asks afterwards does not wait for this flight.
func (f *flights[V]) land(k flightKey, on *flight[V], v V, err error, r Result) {
	if on.landed {
		return
	}
	f.mu.Lock()
	if f.running[k] == on {
		delete(f.running, k)
	}
	f.mu.Unlock()
	on.landed, on.value, on.err, on.result = true, v, err, r
	close(on.done)
}

// loadTimeout bounds a look-up that nobody may wait for any more.
const loadTimeout = 10 * time.Second

// fly looks an answer up: in the shared store, or by load.
func (c *Cache[V]) fly(ctx context.Context, k flightKey, f *flight[V], load Load[V]) {
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	defer c.recover(k, f)
	lease, found := c.share(ctx, k, f)
	if found {
		return
	}
	begun := c.house.now()
	value, err := load(ctx)
	if err != nil {
		lease.end(ctx)
		c.complain(f, err)
		c.flights.land(k, f, value, err, Error)
		return
	}
	// It is kept before those who wait are told, so that none of them who asks
	// again has it looked up again.
	text, err := c.codec.Encode(value)
	if err == nil && len(text) <= maxWeight && c.keep(k, f, value, len(text), begun) {
		lease.keep(ctx, text, c.policy.Life-c.house.now().Sub(begun))
	} else {
		lease.end(ctx)
	}
	c.flights.land(k, f, value, nil, Miss)
}

// recover hands what load panics with to those who wait.
func (c *Cache[V]) recover(k flightKey, f *flight[V]) {
	if p := recover(); p != nil {
		c.complain(f, fmt.Errorf("panic: %v", p))
		var none V
		if !f.landed {
			f.panicked = p
		}
		c.flights.land(k, f, none, nil, Error)
	}
}

// complain tells of what nobody waits for.
func (c *Cache[V]) complain(f *flight[V], err error) {
	if f.landed || f.renews {
		c.house.failed(c.policy.Area, err)
	}
}
