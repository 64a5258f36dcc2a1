package main

import (
	"context"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/ports/responding"
)

// relayEvery is how soon an incident is followed that could not be when it was
// heard of; the API does the same.
const relayEvery = 5 * time.Second

// relaying sees to it that incidents are followed, for as long as the worker
// runs.
func relaying(lc fx.Lifecycle, relay *responding.Relay, log *zap.Logger) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.StartStopHook(func() {
		go func() {
			defer close(done)
			tick := time.NewTicker(relayEvery)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					if err := relay.Keep(ctx); err != nil && ctx.Err() == nil {
						log.Warn("incidents could not be looked after; it is tried again", zap.Error(err))
					}
				case <-ctx.Done():
					return
				}
			}
		}()
	}, func() { stop(); <-done }))
}
