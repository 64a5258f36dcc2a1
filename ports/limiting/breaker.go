package limiting

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// breaker spares callers a store that has gone: after one failure nobody asks
// it until it has answered a probe in the background.
type breaker struct {
	probe   func(context.Context) error
	changed func(local bool)

	broken  atomic.Bool
	mu      sync.Mutex
	end     context.CancelFunc // of the probing under way
	stopped bool
	done    sync.WaitGroup
}

const (
	probeEvery   = 200 * time.Millisecond
	probeTimeout = time.Second
)

func (b *breaker) open() bool { return b.broken.Load() }

func (b *breaker) trip() {
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
func (b *breaker) heal(ctx context.Context) {
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

func (b *breaker) mend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end() // it ends nothing any more, but must be called
	b.broken.Store(false)
	b.changed(false)
}

func (b *breaker) stop() {
	b.mu.Lock()
	b.stopped = true
	if b.end != nil {
		b.end()
	}
	b.mu.Unlock()
	b.done.Wait()
}
