package modelling

import "context"

// Announced returns r that calls changed after each promotion.
func Announced(r Registry, changed func(context.Context)) Registry {
	return announced{Registry: r, changed: changed}
}

type announced struct {
	Registry
	changed func(context.Context)
}

// Promote implements [Registry].
func (a announced) Promote(ctx context.Context, p Promotion) error {
	err := a.Registry.Promote(ctx, p)
	if err == nil {
		a.changed(ctx)
	}
	return err
}
