package predicting

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/prediction"
)

// Announced returns s that calls changed once predictions are settled.
func Announced(s Settlements, changed func(context.Context)) Settlements {
	return announced{Settlements: s, changed: changed}
}

type announced struct {
	Settlements
	changed func(context.Context)
}

// Settle implements [Settlements].
func (a announced) Settle(ctx context.Context, o Over, limit int, settle func(prediction.Prediction) prediction.Prediction) (int, error) {
	n, err := a.Settlements.Settle(ctx, o, limit, settle)
	if err == nil && n > 0 {
		a.changed(ctx)
	}
	return n, err
}
