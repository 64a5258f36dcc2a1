package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/ports/caching"
)

// Module provides a registry, a [Refresher] that runs from start to stop,
// [HTTP], [Workflows], what counts look-ups in caches and what Temporal's SDK
// counts with. What shows figures of a database is invoked by programs that have
// one.
var Module = fx.Module("prometheus",
	fx.Provide(
		NewRegistry,
		func(r *prom.Registry) prom.Registerer { return r },
		NewHTTP,
		NewWorkflows,
		NewProviders,
		NewRefresher,
		NewSDK,
		func(s *SDK) client.MetricsHandler { return s },
		fx.Annotate(NewCaches, fx.As(new(caching.Observer))),
	),
)

// Keep has f read figures from start to stop. Invoke it after all that is added
// to f.
func Keep(lc fx.Lifecycle, f *Refresher) { lc.Append(fx.StartStopHook(f.Start, f.Stop)) }
