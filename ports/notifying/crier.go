package notifying

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Crier tells teams, in all their channels at once. It obeys the pace of each;
// none waits for another, and none that fails stops another.
type Crier struct{ wires []*wire }

// CrierParts are what a Crier takes.
type CrierParts struct {
	Channels []Channel
	// Observe hears of each post; it may be nil.
	Observe func(channel string, o Outcome, notices int)
	Now     domain.Clock
	// Sleep waits; time itself does when nil.
	Sleep func(ctx context.Context, d time.Duration)
}

// NewCrier returns a Crier.
func NewCrier(p CrierParts) *Crier {
	if p.Observe == nil {
		p.Observe = func(string, Outcome, int) {}
	}
	if p.Sleep == nil {
		p.Sleep = sleep
	}
	c := &Crier{}
	for _, channel := range p.Channels {
		c.wires = append(c.wires, &wire{channel: channel, observe: p.Observe, now: p.Now, sleep: p.Sleep})
	}
	return c
}

// Heard reports whether there is any channel.
func (c *Crier) Heard() bool { return len(c.wires) > 0 }

// Cry returns when every channel has n, or could not be given it; the error
// names each of those. A Crier without channels tells nobody.
func (c *Crier) Cry(ctx context.Context, n Notice) error {
	var wait sync.WaitGroup
	errs := make([]error, len(c.wires))
	for i, w := range c.wires {
		wait.Go(func() { errs[i] = w.post(ctx, n) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
