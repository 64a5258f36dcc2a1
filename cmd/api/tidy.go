package main

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/detecting"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// How often, and for how long, what no longer counts is deleted. Several
// servers may do it at once; whoever comes second finds nothing.
const (
	tidyEvery = 10 * time.Minute
	tidyLimit = time.Minute
	// lookEvery is how soon somebody who tries to get in is noticed.
	lookEvery = 5 * time.Second
)

// tidying deletes what has expired, and looks for those who try to get in, in
// the background for as long as the server runs.
func tidying(lc fx.Lifecycle, db *bun.DB, sealer sealing.Sealer, detector *detecting.Detector, now domain.Clock, log *zap.Logger) {
	jobs := map[string]func(context.Context, time.Time) error{
		"sign-in attempts": postgres.NewAttempts(db, sealer).Tidy,
		"sessions":         postgres.NewSessions(db).Tidy,
		"idempotency keys": postgres.NewIdempotency(db).Tidy,
	}
	looking := map[string]func(context.Context, time.Time) error{
		"suspicious attempts": func(ctx context.Context, _ time.Time) error { return detector.Detect(ctx) },
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.StartStopHook(func() {
		go func() {
			defer close(done)
			every, often := time.NewTicker(tidyEvery), time.NewTicker(lookEvery)
			defer every.Stop()
			defer often.Stop()
			work(ctx, jobs, now(), log)
			for {
				select {
				case <-every.C:
					work(ctx, jobs, now(), log)
				case <-often.C:
					work(ctx, looking, now(), log)
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
