package opentelemetry

import (
	"fmt"

	"go.opentelemetry.io/otel/propagation"
	contrib "go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
)

// Interceptors carry traces through Temporal: from who starts a run into its
// workflow and its activities. Queries are left out, since they are asked again
// and again by who watches. None when tracing is off.
func Interceptors(t *Tracing) ([]interceptor.ClientInterceptor, error) {
	if !t.On() {
		return nil, nil
	}
	made, err := contrib.NewTracingInterceptor(contrib.TracerOptions{
		Tracer: t.tracer, TextMapPropagator: propagation.TraceContext{},
		DisableQueryTracing: true, DisableBaggage: true, AllowInvalidParentSpans: true,
	})
	if err != nil {
		return nil, fmt.Errorf("trace workflows: %w", err)
	}
	return []interceptor.ClientInterceptor{made}, nil
}
