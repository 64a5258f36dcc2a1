package caching

import (
	"context"
	"crypto/rand"
	"time"
)

const (
	// leased is how long one process may take for all.
	leased = 2 * time.Second
	// outwait is how long a process waits for another before it looks up itself.
	outwait = 500 * time.Millisecond
	// The first look is soon, since most look-ups take some milliseconds.
	firstLook, lastLook = 2 * time.Millisecond, 40 * time.Millisecond
)

// lease is the right to look an answer up for all processes. The zero lease is
// none: what is looked up stays in this process.
type lease struct {
	house          *House
	address, token string
}

// keep puts what was looked up where all processes find it.
func (l lease) keep(ctx context.Context, text []byte, life time.Duration) {
	if l.house == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), busTimeout)
	defer cancel()
	if l.house.store.Keep(ctx, l.address, l.token, text, life) != nil {
		l.house.breaker.Trip()
	}
}

// end lets another process try.
func (l lease) end(ctx context.Context) { l.keep(ctx, nil, 0) }

// share asks the shared store for the answer. If that has it, those who wait
// get it; if it is not fresh besides, there is a lease to renew it.
func (c *Cache[V]) share(ctx context.Context, k flightKey, f *flight[V]) (l lease, found bool) {
	slot, begun := Slot{c.policy.Area, k.Key}, c.house.now()
	view := c.room.view.Load()
	if view.epoch != k.epoch || !c.house.reachable(slot, begun) {
		return lease{}, false
	}
	asked := lease{house: c.house, address: slot.address(c.policy.Version, view.generation), token: rand.Text()}
	for look := firstLook; ; look = min(2*look, lastLook) {
		there, err := c.ask(ctx, asked)
		if err != nil {
			c.house.breaker.Trip()
			return lease{}, false
		}
		told := there.Value != nil && c.take(k, f, there)
		switch {
		case there.Leased:
			return asked, false
		case told:
			return lease{}, true
		case there.Value != nil || c.house.now().Sub(begun) > outwait: // unreadable, or too long in coming
			return lease{}, false
		}
		pause(ctx, look)
	}
}

func (c *Cache[V]) ask(ctx context.Context, l lease) (Found, error) {
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	return c.house.store.Find(ctx, Demand{
		Address: l.address, Token: l.token, Fresh: c.policy.Life - c.policy.Fresh, Lease: leased,
	})
}

// take keeps what the store has, which is as old as it was there.
func (c *Cache[V]) take(k flightKey, f *flight[V], there Found) bool {
	value, err := c.codec.Decode(there.Value)
	if err != nil {
		return false
	}
	c.keep(k, f, value, len(there.Value), c.house.now().Add(there.Left-c.policy.Life))
	c.flights.land(k, f, value, nil, Remote)
	return true
}
