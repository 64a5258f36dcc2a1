// Package opentelemetry follows requests through HTTP, workflows and statements
// and sends what it saw over OTLP. It owns which spans there are and what they
// say: routes, types and templates of statements, and never an argument.
package opentelemetry

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Config says where traces go and how many.
type Config struct {
	// Endpoint is the base URL of a receiver of OTLP over HTTP, to which
	// v1/traces is added; empty turns tracing off.
	// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
	Endpoint string
	// Share of the traces that begin here are recorded, from 0 to 1. What belongs
	// to a recorded trace is recorded.
	Share                 float64
	Service, Version, Env string
}

// Tracing makes spans. Off, it makes none and costs next to nothing.
type Tracing struct {
	provider *sdk.TracerProvider // nil when off
	tracer   trace.Tracer
}

const (
	// scope names what made the spans.
	scope = "github.com/football-prediction/football-prediction"
	// exportTimeout bounds one attempt to send, and stopping.
	exportTimeout = 5 * time.Second
)

// New returns a Tracing. It dials nothing: a receiver that is away costs spans,
// never a request. The error is about an endpoint that is none.
func New(ctx context.Context, c Config) (*Tracing, error) {
	if c.Endpoint == "" {
		return &Tracing{tracer: noop.NewTracerProvider().Tracer(scope)}, nil
	}
	address, err := url.JoinPath(c.Endpoint, "v1", "traces")
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address), otlptracehttp.WithTimeout(exportTimeout),
		otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	if err != nil {
		return nil, fmt.Errorf("send traces to OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(exporter),
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(c.Share))),
		sdk.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "football-"+c.Service), attribute.String("service.version", c.Version),
			attribute.String("deployment.environment.name", c.Env),
		)),
	)
	return &Tracing{provider: provider, tracer: provider.Tracer(scope)}, nil
}

// On reports whether spans are made.
func (t *Tracing) On() bool { return t.provider != nil }

// Stop sends what waits, for some seconds.
func (t *Tracing) Stop(ctx context.Context) error {
	if !t.On() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, exportTimeout)
	defer cancel()
	return t.provider.Shutdown(ctx)
}
