package main

import (
	"context"
	"errors"
	"time"

	"go.uber.org/dig"
	"go.uber.org/fx"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/pausing"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// A graph is what a command stands on, and what it needs told to build it.
type graph struct {
	needs   config.Requirement
	options func(config.Config) fx.Option
}

// temporalVariables are those that a connection to Temporal may need.
var temporalVariables = []string{"TEMPORAL_NAMESPACE", "TEMPORAL_TLS_CERT", "TEMPORAL_TLS_KEY", "TEMPORAL_TLS_CA", "TEMPORAL_API_KEY", "TEMPORAL_CODEC_KEY_FILE"}

// The graphs. Each builds only what its commands use, so that a command about
// the database does not need Temporal.
var (
	accessGraph = graph{
		config.Only("DATABASE_URL"),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, fx.Provide(provisioning.NewRegistrar))
		},
	}
	auditGraph = graph{
		config.Only("DATABASE_URL").With("SECRET_KEY", "ENCRYPTION_KEY_FILE"),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, core.Auditing())
		},
	}
	detectingGraph = graph{
		config.Only("DATABASE_URL").With("SECRET_KEY", "ENCRYPTION_KEY_FILE"),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, core.Auditing(), core.Detecting())
		},
	}
	pausingGraph = graph{
		config.Only("DATABASE_URL").With("SECRET_KEY", "ENCRYPTION_KEY_FILE"),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, core.Auditing(), fx.Provide(pausing.NewSwitch))
		},
	}
	pruningGraph = graph{
		config.Only("DATABASE_URL").With("SECRET_KEY", "ENCRYPTION_KEY_FILE"),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, core.Auditing(), core.Pruning())
		},
	}
	identityGraph = graph{
		config.Only("DATABASE_URL").With("SECRET_KEY", "JWT_SECRET_KEY", "ENCRYPTION_KEY_FILE", "SMTP_URL"),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, core.Auditing(), core.Identity())
		},
	}
	operatingGraph = graph{
		config.Only("DATABASE_URL", "TEMPORAL_ADDRESS").With(append(temporalVariables, "SECRET_KEY", "JWT_SECRET_KEY", "ENCRYPTION_KEY_FILE", "SMTP_URL")...),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, temporal.Module, core.Auditing(), core.Identity(), core.Operating(),
				core.IncidentDesk(), fx.Provide(access.Forgetful, access.NewAuthenticator))
		},
	}
	databaseGraph = graph{
		config.Only("DATABASE_URL").With("AS_OF"),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module)
		},
	}
	// A new champion's forecasts are published by a workflow; the champion
	// changes all the same while Temporal is away.
	championGraph = graph{
		config.Only("DATABASE_URL").With(append(temporalVariables, "TEMPORAL_ADDRESS", "AS_OF")...),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, temporal.Module, fx.Provide(modelling.NewPromoter))
		},
	}
	temporalGraph = graph{
		config.Only("TEMPORAL_ADDRESS").With(append(temporalVariables, "AS_OF")...),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), temporal.Module)
		},
	}
	routineGraph = graph{
		config.Only("DATABASE_URL", "TEMPORAL_ADDRESS").With(append(temporalVariables, "AS_OF")...),
		func(c config.Config) fx.Option {
			return fx.Options(core.Pieces(service, c), postgres.Module, temporal.Module, core.Routine())
		},
	}
	redisGraph = graph{
		config.Only("REDIS_URL").With("REDIS_CLUSTER_NODES"),
		func(c config.Config) fx.Option { return fx.Options(core.Pieces(service, c), redis.Module) },
	}
)

const service = "footballctl"

// with builds g, fills targets from it and runs use.
func (p *program) with(ctx context.Context, g graph, use func() error, targets ...any) (err error) {
	c, err := p.load(g.needs)
	if err != nil {
		return err
	}
	app := fx.New(
		g.options(c), fx.NopLogger, fx.StopTimeout(stopTimeout),
		fx.Provide(func() *zap.Logger { return p.logger(c) }), fx.Populate(targets...),
	)
	if err := app.Start(ctx); err != nil {
		// What went wrong, without how the pieces were to be put together.
		return dig.RootCause(err)
	}
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		err = errors.Join(err, app.Stop(stop))
	}()
	return use()
}

const stopTimeout = 5 * time.Second

// logger is silent, since errors are reported by whoever gets them; at
// LOG_LEVEL=debug it tells what the libraries do.
func (p *program) logger(c config.Config) *zap.Logger {
	if c.LogLevel != config.LevelDebug {
		return zap.NewNop()
	}
	return core.NewLogger(service, c, zapcore.AddSync(p.err))
}
