package main

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// How often, and for how long, what no longer counts is deleted. Several
// servers may do it at once; whoever comes second finds nothing.
const (
	tidyEvery = 10 * time.Minute
	tidyLimit = time.Minute
)

// tidying deletes what has expired in the background for as long as the server
// runs: what it reads is right without it, only larger.
func tidying(lc fx.Lifecycle, db *bun.DB, sealer sealing.Sealer, now domain.Clock, log *zap.Logger) {
	jobs := map[string]func(context.Context, time.Time) error{
		"sign-in attempts": postgres.NewAttempts(db, sealer).Tidy,
		"sessions":         postgres.NewSessions(db).Tidy,
		"idempotency keys": postgres.NewIdempotency(db).Tidy,
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.StartStopHook(func() {
		go func() {
			defer close(done)
			every := time.NewTicker(tidyEvery)
			defer every.Stop()
			for {
				tidy(ctx, jobs, now(), log)
				select {
				case <-every.C:
				case <-ctx.Done():
					return
				}
			}
		}()
	}, func() { stop(); <-done }))
}

func tidy(ctx context.Context, jobs map[string]func(context.Context, time.Time) error, at time.Time, log *zap.Logger) {
	for what, job := range jobs {
		limited, cancel := context.WithTimeout(ctx, tidyLimit)
		if err := job(limited, at); err != nil && ctx.Err() == nil {
			log.Warn("what has expired was not deleted; it is tried again", zap.String("what", what), zap.Error(err))
		}
		cancel()
	}
}
