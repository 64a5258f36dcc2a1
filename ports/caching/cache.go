package caching

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// Policy says how long answers may be told.
type Policy struct {
	Area    Area
	Version int // of what the codec writes
	// Fresh is after how long an answer that is asked for is renewed, in the
	// background: nobody waits for it.
	Fresh time.Duration
	// Life is after how long it is not told any more, whatever happens. It bounds
	// what an invalidation that was never told can do.
	Life time.Duration
	// Alone is its life while the process does not hear what is wrong.
	Alone time.Duration
}

// Cache keeps answers of one kind.
type Cache[V any] struct {
	house   *House
	room    *room
	policy  Policy
	codec   Codec[V]
	flights flights[V]
}

// New returns a cache that lives in h.
func New[V any](h *House, p Policy, c Codec[V]) *Cache[V] {
	cache := &Cache[V]{house: h, room: h.rooms[p.Area], policy: p, codec: c}
	cache.flights.running = make(map[flightKey]*flight[V])
	cache.room.mu.Lock()
	defer cache.room.mu.Unlock()
	cache.room.drop = append(cache.room.drop, cache.forget)
	return cache
}

// entry is an answer in memory.
type entry[V any] struct {
	value  V
	epoch  uint64    // of the area when looking it up began
	begun  time.Time // when that was
	fresh  time.Time
	until  time.Time
	rushed atomic.Bool // somebody renews it
}

func (c *Cache[V]) looked(r Result) {
	c.house.observer.Looked(c.policy.Area, r)
	c.room.counts[r].Add(1)
}

// Load looks an answer up where the truth is. Its context outlives the caller's.
type Load[V any] func(ctx context.Context) (V, error)

// Get returns the answer to k, from memory, from the shared store, or by load.
// Errors are not kept.
func (c *Cache[V]) Get(ctx context.Context, k Key, load Load[V]) (V, error) {
	now, view := c.house.now(), c.room.view.Load()
	e := c.find(k, view, now)
	if e == nil {
		return c.fetch(ctx, flightKey{k, view.epoch}, load)
	}
	if now.Before(e.fresh) || c.house.alone(now) || !e.rushed.CompareAndSwap(false, true) {
		c.looked(Hit)
		return e.value, nil
	}
	c.looked(Stale)
	c.renew(ctx, flightKey{k, view.epoch}, load)
	return e.value, nil
}

// Peek returns an answer that is in memory and needs nothing done.
func (c *Cache[V]) Peek(k Key) (v V, ok bool) {
	now := c.house.now()
	e := c.find(k, c.room.view.Load(), now)
	if e == nil || !now.Before(e.fresh) && !c.house.alone(now) && !e.rushed.Load() {
		return v, false
	}
	c.looked(Hit)
	return e.value, true
}

// Drop makes the answer to k wrong: at once here, and soon in every process.
func (c *Cache[V]) Drop(k Key) {
	c.forget(k)
	if h := c.house; h.herald != nil {
		s := Slot{c.policy.Area, k}
		h.herald.drop(s, s.address(c.policy.Version, c.room.view.Load().generation))
	}
}

func (c *Cache[V]) forget(k Key) {
	c.flights.spoil(k)
	c.house.memory.Delete(Slot{c.policy.Area, k})
}

// find returns what may be told of k, if anything.
func (c *Cache[V]) find(k Key, v *view, now time.Time) *entry[V] {
	kept, ok := c.house.memory.Get(Slot{c.policy.Area, k})
	if !ok {
		return nil
	}
	e, ok := kept.(*entry[V])
	if !ok || e.epoch != v.epoch || !now.Before(e.until) {
		return nil
	}
	if now.Sub(e.begun) >= c.policy.Alone && c.house.alone(now) {
		return nil
	}
	return e
}

// fetch waits for the answer, which one caller looks up for all.
func (c *Cache[V]) fetch(ctx context.Context, k flightKey, load Load[V]) (v V, err error) {
	f, first := c.flights.join(k, false)
	if first {
		// Another flight may have landed since the caller looked.
		if e := c.find(k.Key, c.room.view.Load(), c.house.now()); e != nil && e.epoch == k.epoch {
			c.flights.land(k, f, e.value, nil, Hit)
		} else {
			go c.fly(context.WithoutCancel(ctx), k, f, load)
		}
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		return v, ctx.Err()
	}
	if f.panicked != nil {
		panic(f.panicked) // in the goroutine of whoever asked, as if he had looked it up himself
	}
	result := f.result
	if !first && result != Error {
		result = Waited
	}
	c.looked(result)
	return f.value, f.err
}

// renew looks the answer up while the old one is told. If that fails, the old
// one is told for as long as it may be.
func (c *Cache[V]) renew(ctx context.Context, k flightKey, load Load[V]) {
	if f, first := c.flights.join(k, true); first {
		go c.fly(context.WithoutCancel(ctx), k, f, load)
	}
}

const (
	// maxWeight keeps one answer from pushing out many.
	maxWeight = 256 << 10
	// entryWeight is about what an entry takes besides its answer.
	entryWeight = 300
)

// keep keeps an answer in memory, unless it was dropped while it was looked up:
// then it returns false, and nobody else is to keep it.
func (c *Cache[V]) keep(k flightKey, f *flight[V], value V, weight int, begun time.Time) bool {
	e := &entry[V]{value: value, epoch: k.epoch, begun: begun, until: begun.Add(c.policy.Life)}
	// Processes that look up at once must not renew at once.
	e.fresh = begun.Add(time.Duration(float64(c.policy.Fresh) * (0.8 + 0.2*rand.Float64())))
	return c.flights.unlessSpoilt(f, func() {
		c.house.memory.Set(Slot{c.policy.Area, k.Key}, e, weight+len(k.Name)+entryWeight)
	})
}
