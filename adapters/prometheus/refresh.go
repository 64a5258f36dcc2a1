package prometheus

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
)

// refreshed is something that is read from the database now and then, so that
// scrapes cost little. What was read last stays while the database is away.
type refreshed[T any] struct {
	what  string
	every time.Duration
	read  func(context.Context) (T, error)
	now   domain.Clock
	log   *zap.Logger

	mu   sync.Mutex
	next time.Time
	last T
}

func (r *refreshed[T]) get() T {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if now.Before(r.next) {
		return r.last
	}
	r.next = now.Add(r.every)
	ctx, cancel := context.WithTimeout(context.Background(), refreshTimeout)
	defer cancel()
	read, err := r.read(ctx)
	if err != nil {
		r.log.Warn("figures for metrics not refreshed", zap.String("what", r.what), zap.Error(err))
		return r.last
	}
	r.last = read
	return read
}
