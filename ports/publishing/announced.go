package publishing

import "context"

// Announced returns f that calls changed after each publication, also after one
// that changed nothing: whoever publishes again may have died before he could
// tell what he had changed.
func Announced(f Forecasts, changed func(context.Context)) Forecasts {
	return announced{Forecasts: f, changed: changed}
}

type announced struct {
	Forecasts
	changed func(context.Context)
}

// Publish implements [Forecasts].
func (a announced) Publish(ctx context.Context, all []Published) (int, error) {
	n, err := a.Forecasts.Publish(ctx, all)
	if err == nil {
		a.changed(ctx)
	}
	return n, err
}

// AnnouncedSettlements returns s that calls changed after each settlement.
func AnnouncedSettlements(s Settlements, changed func(context.Context)) Settlements {
	return announcedSettlements{Settlements: s, changed: changed}
}

type announcedSettlements struct {
	Settlements
	changed func(context.Context)
}

// Settle implements [Settlements].
func (a announcedSettlements) Settle(ctx context.Context, all []Settlement) error {
	err := a.Settlements.Settle(ctx, all)
	if err == nil {
		a.changed(ctx)
	}
	return err
}
