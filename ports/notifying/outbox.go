package notifying

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Outbox does what a caller must not wait for, nor learn from by waiting: one
// thing after the other, bounded in number, and to the end before it closes.
type Outbox struct {
	jobs   chan func(context.Context)
	limit  time.Duration
	mu     sync.RWMutex
	closed bool
	done   chan struct{}
}

// errFull is about a mail server that is slower than what is asked of it.
var errFull = &domain.Error{Kind: domain.Unavailable, Code: "outbox.full", Detail: "too much is waiting to be sent; try again shortly"}

// NewOutbox returns an Outbox that holds at most size jobs and gives each a
// time limit.
func NewOutbox(size int, limit time.Duration) *Outbox {
	o := &Outbox{jobs: make(chan func(context.Context), size), limit: limit, done: make(chan struct{})}
	go o.work()
	return o
}

func (o *Outbox) work() {
	defer close(o.done)
	for job := range o.jobs {
		ctx, cancel := context.WithTimeout(context.Background(), o.limit)
		job(ctx)
		cancel()
	}
}

// Later has job done in the background.
func (o *Outbox) Later(job func(context.Context)) error {
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.closed {
		return errFull
	}
	select {
	case o.jobs <- job:
		return nil
	default:
		return errFull
	}
}

// Close waits until all jobs are done, or ctx is.
func (o *Outbox) Close(ctx context.Context) error {
	o.mu.Lock()
	if !o.closed {
		o.closed = true
		close(o.jobs)
	}
	o.mu.Unlock()
	select {
	case <-o.done:
		return nil
	case <-ctx.Done():
		return errors.New("mails were left unsent")
	}
}
