package rest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// unmatched is the route of requests that no route took, so that strangers'
// paths never become labels.
const unmatched = "unmatched"

// observed counts and logs every request once it has been answered.
func observed(observer Observer, log *zap.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now() //nolint:forbidigo // durations need the monotonic clock
			observer.InFlight(1)
			defer observer.InFlight(-1)
			counted := &countingWriter{ResponseWriter: w}
			next.ServeHTTP(counted, r)
			took, route := time.Since(start), routeOf(r) //nolint:forbidigo // as above
			observer.Request(r.Method, route, counted.sent(), took)
			logRequest(log, r, route, counted, took)
		})
	}
}

func logRequest(log *zap.Logger, r *http.Request, route string, sent *countingWriter, took time.Duration) {
	entry := log.Check(levelOf(route), "request")
	if entry == nil {
		return
	}
	e := exchangeOf(r.Context())
	entry.Write(append(traced(r.Context()),
		zap.String("request_id", e.id),
		zap.String("tenant", e.tenant),
		zap.String("method", r.Method),
		zap.String("route", route),
		zap.String("path", clipped(r.URL.Path, 256)),
		zap.Int("status", sent.sent()),
		zap.Int64("bytes", sent.bytes),
		zap.Duration("took", took),
		zap.String("remote", e.remote),
	)...)
}

// traced names the trace that a line belongs to, when there is one.
func traced(ctx context.Context) []zap.Field {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return nil
	}
	return []zap.Field{zap.Stringer("trace_id", span.TraceID())}
}

// levelOf keeps what machines ask every few seconds out of the log.
func levelOf(route string) zapcore.Level {
	if strings.HasPrefix(route, "/health") || route == "/metrics" {
		return zap.DebugLevel
	}
	return zap.InfoLevel
}

// routeOf is the template that r was routed by.
func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil {
		if pattern := c.RoutePattern(); pattern != "" {
			return pattern
		}
	}
	return unmatched
}

// countingWriter remembers what was sent.
type countingWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *countingWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *countingWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *countingWriter) sent() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

func clipped(text string, most int) string {
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
