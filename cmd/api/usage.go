package main

import (
	"context"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// usage composes limits and what is counted of them.
var usage = fx.Options(
	fx.Provide(
		newStopwatch, newLimiter, newDaily, fx.Annotate(limiting.NewPredictions, fx.As(new(predicting.Quota))), newMeter, newReader,
		fx.Annotate(prometheus.NewLimits, fx.As(new(limiting.Observer))),
	),
	// Keeping starts before the API listens and so ends after it: what the last
	// requests used is written too.
	fx.Invoke(keepUsage),
)

func newStopwatch() limiting.Stopwatch {
	begin := time.Now()
	return func() time.Duration { return time.Since(begin) }
}

func newLimiter(lc fx.Lifecycle, s limiting.Store, elapsed limiting.Stopwatch, o limiting.Observer, m *metering.Meter) limiting.Limiter {
	l := limiting.NewLeasing(s, elapsed, o)
	lc.Append(fx.StopHook(l.Close))
	return metering.Metered(l, m)
}

func newDaily(d limiting.Days, elapsed limiting.Stopwatch) *limiting.Daily {
	return limiting.NewDaily(tenancy.Predictions, d, elapsed)
}

func newMeter(s metering.Store, newID func() string, now domain.Clock) *metering.Meter {
	return metering.NewMeter(s, newID(), now)
}

func newReader(r metering.Records, m *metering.Meter, d *limiting.Daily, now domain.Clock) *metering.Reader {
	return metering.NewReader(r, m, d, now)
}

func keepUsage(lc fx.Lifecycle, m *metering.Meter, d *limiting.Daily, r metering.Measurer, log *zap.Logger) {
	k := metering.Keeping{Meter: m, Daily: d, Records: r, Failed: func(err error) {
		log.Warn("usage not written; it is kept and tried again", zap.Error(err))
	}}
	run, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() { defer close(done); k.Run(run) }()
			return nil
		},
		OnStop: func(ctx context.Context) error {
			cancel()
			<-done
			within, cancel := context.WithTimeout(ctx, finishTimeout)
			defer cancel()
			if err := k.Finish(within); err != nil {
				log.Error("the last usage is lost", zap.Error(err))
			}
			return nil
		},
	})
}

// finishTimeout leaves the rest of the time to stop to what stops later.
const finishTimeout = 5 * time.Second
