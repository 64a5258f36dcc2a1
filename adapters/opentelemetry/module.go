package opentelemetry

import (
	"context"

	"go.uber.org/fx"
)

// Module provides [Tracing], which is stopped at the end, and its parts for
// databases and workflows. It needs a [Config].
var Module = fx.Module("opentelemetry", fx.Provide(
	open,
	NewQueries,
	fx.Annotate(Interceptors, fx.ResultTags(`group:"temporal,flatten"`)),
))

func open(lc fx.Lifecycle, c Config) (*Tracing, error) {
	t, err := New(context.Background(), c)
	if err != nil {
		return nil, err
	}
	lc.Append(fx.StopHook(t.Stop))
	return t, nil
}
