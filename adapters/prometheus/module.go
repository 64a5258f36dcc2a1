package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"
	"go.uber.org/fx"
)

// Module provides a registry, [HTTP] and [Workflows]. [NewFigures] and
// [RegisterPool] are invoked by programs that have a database.
var Module = fx.Module("prometheus",
	fx.Provide(
		NewRegistry,
		func(r *prom.Registry) prom.Registerer { return r },
		NewHTTP,
		NewWorkflows,
	),
)
