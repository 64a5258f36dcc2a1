package main

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/detecting"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// How often, and for how long, what no longer counts is deleted. Several
// servers may do it at once; whoever comes second finds nothing.
const (
	tidyEvery = 10 * time.Minute
	tidyLimit = time.Minute
	// lookEvery is how soon somebody who tries to get in is noticed.
	// It is also how soon operations are kept up with.
	lookEvery = 5 * time.Second
)

// background is what the work in the background is done with.
type background struct {
	fx.In

	DB         *bun.DB
	Sealer     sealing.Sealer
	Detector   *detecting.Detector
	Operations *operating.Dispatcher
	Incidents  *responding.Relay
	KeyFiles   *core.KeyFiles
	Now        domain.Clock
	Log        *zap.Logger
}

// tidying deletes what has expired, looks for those who try to get in, and sees
// to keys that have changed, in the background for as long as the server runs.
func tidying(lc fx.Lifecycle, b background) {
	jobs := map[string]func(context.Context, time.Time) error{
		"sign-in attempts": postgres.NewAttempts(b.DB, b.Sealer).Tidy,
		"sessions":         postgres.NewSessions(b.DB).Tidy,
		"idempotency keys": postgres.NewIdempotency(b.DB).Tidy,
	}
	looking := map[string]func(context.Context, time.Time) error{
		"suspicious attempts": func(ctx context.Context, _ time.Time) error { return b.Detector.Detect(ctx) },
		"files of keys":       func(context.Context, time.Time) error { b.KeyFiles.Look(); return nil },
		"incidents":           func(ctx context.Context, _ time.Time) error { return b.Incidents.Keep(ctx) },
		"operations":          func(ctx context.Context, _ time.Time) error { return b.Operations.Keep(ctx) },
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.StartStopHook(func() {
		go func() {
			defer close(done)
			every, often := time.NewTicker(tidyEvery), time.NewTicker(lookEvery)
			defer every.Stop()
			defer often.Stop()
			work(ctx, jobs, b.Now(), b.Log)
			for {
				select {
				case <-every.C:
					work(ctx, jobs, b.Now(), b.Log)
				case <-often.C:
					work(ctx, looking, b.Now(), b.Log)
				case <-ctx.Done():
					return
				}
			}
		}()
	}, func() { stop(); <-done }))
}

func work(ctx context.Context, jobs map[string]func(context.Context, time.Time) error, at time.Time, log *zap.Logger) {
	for what, job := range jobs {
		limited, cancel := context.WithTimeout(ctx, tidyLimit)
		if err := job(limited, at); err != nil && ctx.Err() == nil {
			log.Warn("work in the background failed; it is tried again", zap.String("what", what), zap.Error(err))
		}
		cancel()
	}
}
