package prometheus

import (
	"context"
	"errors"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// The results of asking a source.
const (
	sourceOK          = "ok"
	sourceUnchanged   = "unchanged"
	sourceMissing     = "missing"
	sourceUnavailable = "unavailable"
	sourceUnreadable  = "unreadable"
	sourceError       = "error"
)

var sourceResults = []string{sourceOK, sourceUnchanged, sourceMissing, sourceUnavailable, sourceUnreadable, sourceError}

// Providers counts and times what is asked of sources of matches.
type Providers struct {
	requests *prom.CounterVec
	duration *prom.HistogramVec
}

// NewProviders returns a Providers whose metrics are in r.
func NewProviders(r prom.Registerer) *Providers {
	p := &Providers{
		requests: prom.NewCounterVec(prom.CounterOpts{
			Name: "provider_requests_total", Help: "What was asked of sources of matches, by operation (list or read) and result, retries included in one.",
		}, []string{"source", "operation", "result"}),
		duration: prom.NewHistogramVec(prom.HistogramOpts{
			Name: "provider_request_duration_seconds", Help: "How long a source took, retries included.",
			Buckets: []float64{.05, .25, 1, 5, 15, 60, 300},
		}, []string{"source", "operation"}),
	}
	r.MustRegister(p.requests, p.duration)
	return p
}

// Watch returns sources that are counted.
func (p *Providers) Watch(sources []ingesting.Source) []ingesting.Source {
	watched := make([]ingesting.Source, len(sources))
	for i, s := range sources {
		watched[i] = &watchedSource{Source: s, p: p}
		for _, operation := range []string{"list", "read"} {
			p.duration.WithLabelValues(s.Name(), operation)
			for _, result := range sourceResults {
				p.requests.WithLabelValues(s.Name(), operation, result)
			}
		}
	}
	return watched
}

type watchedSource struct {
	ingesting.Source
	p *Providers
}

func (s *watchedSource) Editions(ctx context.Context) ([]ingesting.Edition, error) {
	done := s.begin("list")
	editions, err := s.Source.Editions(ctx)
	done(resultOf(err, false))
	return editions, err
}

func (s *watchedSource) Read(ctx context.Context, e ingesting.Edition, known string) (ingesting.Batch, error) {
	done := s.begin("read")
	batch, err := s.Source.Read(ctx, e, known)
	done(resultOf(err, batch.Unchanged))
	return batch, err
}

func (s *watchedSource) begin(operation string) func(result string) {
	start := time.Now() //nolint:forbidigo // durations need the monotonic clock
	return func(result string) {
		s.p.duration.WithLabelValues(s.Name(), operation).Observe(time.Since(start).Seconds()) //nolint:forbidigo // as above
		s.p.requests.WithLabelValues(s.Name(), operation, result).Inc()
	}
}

func resultOf(err error, unchanged bool) string {
	switch {
	case err == nil && unchanged:
		return sourceUnchanged
	case err == nil:
		return sourceOK
	case errors.Is(err, ingesting.ErrNoEdition):
		return sourceMissing
	case errors.Is(err, ingesting.ErrUnavailable):
		return sourceUnavailable
	case errors.Is(err, ingesting.ErrUnreadable):
		return sourceUnreadable
	}
	return sourceError
}
