// Package core is what every program is built around: its logger, its clocks
// and its configuration, cut into the pieces that adapters take.
package core

import (
	"context"
	"io"
	"os"
	"time"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
)

// How long starting and draining may take. Draining is bounded below the 30 s
// that systemd, Docker and Kubernetes commonly wait before they kill.
const (
	startTimeout = 30 * time.Second
	stopTimeout  = 25 * time.Second
)

// Module provides the core of a server called service: a *zap.Logger to
// standard output, [domain.Clock], [football.Calendar], a maker of UUIDv7 as
// func() string, and the pieces of c.
func Module(service string, c config.Config) fx.Option {
	return fx.Options(
		Pieces(service, c),
		fx.Provide(func(lc fx.Lifecycle) (*zap.Logger, error) {
			return reported(lc, service, c, standardOutput(lc, service, c))
		}),
		Tracing(service, c),
		fx.WithLogger(func(log *zap.Logger) fxevent.Logger {
			events := &fxevent.ZapLogger{Logger: log.Named("fx")}
			// Wiring is nobody's news; failing to wire is.
			events.UseLogLevel(zapcore.DebugLevel)
			return events
		}),
		fx.StartTimeout(startTimeout),
		fx.StopTimeout(stopTimeout),
	)
}

// Pieces is [Module] without logging and time limits, for a program that logs
// its own way. It needs a *zap.Logger.
func Pieces(service string, c config.Config) fx.Option {
	return fx.Options(
		fx.Supply(c, domain.Clock(time.Now), Calendar(c, time.Now)),
		fx.Provide(
			func() func() string { return postgres.NewID },
			func() postgres.Config { return Postgres(service, c) },
			Redis, Temporal, Archive,
		),
		fx.Invoke(redirectRedis),
	)
}

// Calendar stands at AS_OF, or follows now.
func Calendar(c config.Config, now domain.Clock) football.Calendar {
	if c.AsOf.IsZero() {
		return football.Today(now)
	}
	return football.AsOf(c.AsOf)
}

// flushEvery bounds how long a line may wait in memory: writing lines in
// batches makes a busy API about a tenth faster.
const flushEvery = 250 * time.Millisecond

func standardOutput(lc fx.Lifecycle, service string, c config.Config) *zap.Logger {
	// Hiding the file's Sync spares an fsync a line, which pipes refuse anyway.
	stdout := zapcore.AddSync(struct{ io.Writer }{os.Stdout})
	out := &zapcore.BufferedWriteSyncer{WS: stdout, FlushInterval: flushEvery}
	lc.Append(fx.StopHook(func(context.Context) error { return out.Stop() }))
	return NewLogger(service, c, out)
}
