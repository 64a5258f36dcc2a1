package access

import (
	"sync"
	"time"
)

// cache remembers good answers for a moment. It remembers no bad ones, so
// guessing fills no memory.
type cache[K comparable] struct {
	mu    *sync.Mutex
	known map[K]answer
}

type answer struct {
	principal Principal
	until     time.Time
}

func newCache[K comparable]() cache[K] {
	return cache[K]{mu: new(sync.Mutex), known: make(map[K]answer)}
}

// maxRemembered bounds the memory that a caller with many credentials can take.
const maxRemembered = 10_000

// get returns what is known of k, or finds it.
func (c cache[K]) get(k K, now time.Time, find func() (Principal, error)) (Principal, error) {
	c.mu.Lock()
	found, ok := c.known[k]
	c.mu.Unlock()
	if ok && now.Before(found.until) {
		return found.principal, nil
	}
	p, err := find()
	if err != nil {
		return Principal{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxRemembered {
		clear(c.known)
	}
	c.known[k] = answer{principal: p, until: now.Add(remembered)}
	return p, nil
}
