package main

import (
	"context"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/caching"
)

const (
	// knownBytes bounds the memory that callers take: of some 60,000 credentials.
	knownBytes = 64 << 20
	// knownLife is past the time for which anybody is remembered.
	knownLife = time.Minute
)

// newRecollection remembers who calls in a memory of its own, so that answers
// never push it out. It listens to the database from start to stop.
func newRecollection(lc fx.Lifecycle, w access.Watch, o caching.Observer, now domain.Clock, log *zap.Logger) *access.Recollection {
	memory, vigil := otter.NewMemory(knownBytes, knownLife), access.NewVigil(now)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.StartStopHook(func() {
		go func() {
			defer close(done)
			vigil.Keep(ctx, w, func(err error) {
				log.Warn("changed credentials are not heard of; each is looked up again every moment until they are", zap.Error(err))
			})
		}()
	}, func() { stop(); <-done; memory.Close() }))
	return access.NewRecollection(memory, vigil, o, now)
}
