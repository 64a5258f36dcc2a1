package ingesting

import (
	"context"
	"time"
)

// Announced returns s that calls changed after each load, also after one that
// changed nothing: whoever loads again may have died before he could tell.
func Announced(s Store, changed func(context.Context)) Store {
	return announced{Store: s, changed: changed}
}

type announced struct {
	Store
	changed func(context.Context)
}

// Load implements [Store].
func (a announced) Load(ctx context.Context, e Edition, b Batch, at time.Time) (Outcome, error) {
	out, err := a.Store.Load(ctx, e, b, at)
	if err == nil {
		a.changed(ctx)
	}
	return out, err
}
