// Package breaking spares callers a server that has gone.
package breaking

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Breaker spares callers a store that has gone: after one failure nobody asks
// it until it has answered a probe in the background.
type Breaker struct {
	probe   func(context.Context) error
	changed func(away bool)

	broken  atomic.Bool
	mu      sync.Mutex
	end     context.CancelFunc // of the probing under way
	stopped bool
	done    sync.WaitGroup
}

// New returns a Breaker that lets everybody through. probe is nil while the
// store answers; changed is called with true when it goes away, and with false
// when it is back.
func New(probe func(context.Context) error, changed func(away bool)) *Breaker {
	return &Breaker{probe: probe, changed: changed}
}

const (
	probeEvery   = 200 * time.Millisecond
	probeTimeout = time.Second
)

// Open reports whether the store is to be spared.
func (b *Breaker) Open() bool { return b.broken.Load() }

// Trip is called by whoever found the store away.
func (b *Breaker) Trip() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped || !b.broken.CompareAndSwap(false, true) {
		return
	}
	b.changed(true)
	ctx, cancel := context.WithCancel(context.Background())
	b.end = cancel
	b.done.Go(func() { b.heal(ctx) })
}

// heal closes the breaker once the store answers.
func (b *Breaker) heal(ctx context.Context) {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		try, cancel := context.WithTimeout(ctx, probeTimeout)
		err := b.probe(try)
		cancel()
		if err == nil {
			b.mend()
			return
		}
	}
}

func (b *Breaker) mend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end() // it ends nothing any more, but must be called
	b.broken.Store(false)
	b.changed(false)
}

// Stop ends what goes on in the background.
func (b *Breaker) Stop() {
	b.mu.Lock()
	b.stopped = true
	if b.end != nil {
		b.end()
	}
	b.mu.Unlock()
	b.done.Wait()
}
