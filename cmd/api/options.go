package main

import (
	"context"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	goredis "github.com/redis/go-redis/v9"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/opentelemetry"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/profiling"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/detecting"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/ports/repeating"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// options compose the API.
func options(c config.Config) fx.Option {
	return fx.Options(
		core.Module("api", c),
		postgres.Module, redis.Module, temporal.Module, prometheus.Module, rest.Module,
		fx.Provide(
			newRecollection, access.NewAuthenticator, modelling.NewPromoter, predicting.NewBook, repeating.NewLedger,
			newChecker, newRestConfig,
			func(h *prometheus.HTTP) rest.Observer { return h },
			prometheus.NewSecurity,
			func(s *prometheus.Security) func(authenticating.Refusal) { return s.Refused },
			newDetector, newKeyFiles,
			func(who *access.Authenticator, r auditing.Recorder) *profiling.Handler {
				return profiling.New("api", who, r)
			},
		),
		usage, core.Auditing(), core.Identity(), core.Detecting(), core.Caching(), core.Operating(), core.Pausing(), core.Routine(), core.Hearing(), core.IncidentDesk(),
		fx.Invoke(registerFigures, prometheus.Keep, tidying, serveMetrics, serve),
	)
}

// probeTimeout bounds how long readiness waits for a dependency.
const probeTimeout = time.Second

func newChecker(db *bun.DB, cache goredis.UniversalClient, workflows client.Client, now domain.Clock) *checking.Checker {
	return checking.NewChecker([]checking.Dependency{
		{Name: "postgres", Critical: true, Probe: postgres.Ping(db)},
		{Name: "redis", Probe: redis.Ping(cache)},
		{Name: "temporal", Probe: temporal.Ping(workflows)},
	}, probeTimeout, now)
}

type detectorParams struct {
	fx.In

	Attempts detecting.Attempts
	Findings detecting.Findings
	Unit     transacting.Unit
	Recorder auditing.Recorder
	Security *prometheus.Security
	NewID    func() string
	Now      domain.Clock
}

func newDetector(p detectorParams) *detecting.Detector {
	return detecting.NewDetector(detecting.Parts{
		Attempts: p.Attempts, Findings: p.Findings, Unit: p.Unit, Recorder: p.Recorder, Found: p.Security.Found, NewID: p.NewID, Now: p.Now,
	})
}

func newKeyFiles(k *crypto.Keyring, t *crypto.Tokens, r prom.Registerer, log *zap.Logger) *core.KeyFiles {
	return core.FollowKeyFiles(k, t, prometheus.NewKeyFiles(r, core.KeyFileNames...).Read, log)
}

func newRestConfig(c config.Config, r *prom.Registry, traces *opentelemetry.Tracing, hook *responding.Hook, log *zap.Logger) rest.Config {
	out := rest.Config{
		Version: buildinfo.Version(), Commit: buildinfo.Commit(),
		AllowedHosts: c.AllowedHosts, TrustedProxies: c.TrustedProxies, CORSOrigins: c.CORSOrigins, CursorKey: []byte(c.SecretKey),
		Kinds: operating.Served(temporal.Serves), TemporalUI: string(c.TemporalUIURL), TemporalNamespace: c.TemporalNamespace,
		Around: traces.Middleware, Alertmanager: core.AlertHook(c, hook, log),
	}
	if _, shared := c.MetricsAddr(); shared && c.PrometheusEnabled {
		out.Metrics = prometheus.Handler(r)
	}
	return out
}

func withTimeout(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}
