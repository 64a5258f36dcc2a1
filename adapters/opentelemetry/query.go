package opentelemetry

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"strings"

	"github.com/uptrace/bun"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var _ bun.QueryHook = Queries{}

// Queries makes a span of each statement that belongs to a recorded trace.
type Queries struct{ t *Tracing }

// NewQueries returns a hook for a database, nil when tracing is off.
func NewQueries(t *Tracing) bun.QueryHook {
	if !t.On() {
		return nil
	}
	return Queries{t}
}

// mostStatement bounds what is told of a statement, longestRead those of which
// it is told.
const (
	mostStatement = 2000
	longestRead   = 64 << 10
)

// BeforeQuery implements [bun.QueryHook].
func (q Queries) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx
	}
	ctx, _ = q.t.tracer.Start(ctx, e.Operation(), trace.WithSpanKind(trace.SpanKindClient))
	e.Stash = map[any]any{Queries{}: true}
	return ctx
}

// AfterQuery implements [bun.QueryHook].
func (Queries) AfterQuery(ctx context.Context, e *bun.QueryEvent) {
	if e.Stash[Queries{}] == nil {
		return
	}
	span := trace.SpanFromContext(ctx)
	defer span.End()
	span.SetAttributes(attribute.String("db.system.name", "postgresql"), attribute.String("db.operation.name", e.Operation()))
	if len(e.Query) <= longestRead {
		span.SetAttributes(attribute.String("db.query.text", template(e.Query)))
	}
	if e.Err != nil && !errors.Is(e.Err, sql.ErrNoRows) {
		span.SetStatus(codes.Error, "the statement failed") // a driver's text may quote a row
	}
}

// literals are the strings and numbers in a statement.
var literals = regexp.MustCompile(`'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b`)

// template is a statement without its arguments, which bun writes into it: they
// are nobody else's business.
func template(statement string) string {
	text := strings.Join(strings.Fields(literals.ReplaceAllString(statement, "?")), " ")
	return text[:min(len(text), mostStatement)]
}
