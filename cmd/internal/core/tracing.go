package core

import (
	"context"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/football-prediction/football-prediction/adapters/opentelemetry"
	"github.com/football-prediction/football-prediction/adapters/sentry"
	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// Tracing follows requests and runs through the server called service, where
// OTEL_EXPORTER_OTLP_ENDPOINT is set.
func Tracing(service string, c config.Config) fx.Option {
	return fx.Options(opentelemetry.Module, fx.Supply(opentelemetry.Config{
		Endpoint: string(c.OTLPEndpoint), Share: float64(c.TracesPercent) / 100,
		Service: service, Version: buildinfo.Version(), Env: string(c.Environment),
	}))
}

// reported sends errors to Sentry too, where SENTRY_DSN is set.
func reported(lc fx.Lifecycle, service string, c config.Config, log *zap.Logger) (*zap.Logger, error) {
	if c.SentryDSN == "" {
		return log, nil
	}
	reporter, err := sentry.New(sentry.Config{
		DSN: string(c.SentryDSN), Service: service, Version: buildinfo.Version(), Environment: string(c.Environment),
	}, time.Now)
	if err != nil {
		return nil, err
	}
	lc.Append(fx.StopHook(func(context.Context) { reporter.Stop() }))
	return log.WithOptions(zap.WrapCore(func(lines zapcore.Core) zapcore.Core { return zapcore.NewTee(lines, reporter) })), nil
}
