package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/ports/caching"
)

// Module provides a registry, [HTTP], [Workflows] and what counts look-ups in
// caches. [NewFigures] and
// [RegisterPool] are invoked by programs that have a database.
var Module = fx.Module("prometheus",
	fx.Provide(
		NewRegistry,
		func(r *prom.Registry) prom.Registerer { return r },
		NewHTTP,
		NewWorkflows,
		fx.Annotate(NewCaches, fx.As(new(caching.Observer))),
	),
)
