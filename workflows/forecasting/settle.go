package forecasting

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// SettleInput is the argument of SettleMatches. Fields are only ever added.
type SettleInput struct{}

// Settled says how much was settled.
type Settled struct {
	Forecasts   int `json:"forecasts"`
	Predictions int `json:"predictions,omitempty"`
}

// Settle scores the forecasts and the users' predictions of all matches that
// are over. Repeating it
// changes nothing.
func Settle(ctx workflow.Context, _ SettleInput) (Settled, error) {
	ctx, p, err := process.Begin(ctx, "Settlement")
	if err != nil {
		return Settled{}, err
	}
	p.Step(ctx, "settle", 1, "Scoring the forecasts of matches that are over.")
	done, err := settleActivity.Call(ctx, "Settle what is over", SettleRequest{})
	if err != nil {
		return Settled{}, p.End(process.Fail("settle", err))
	}
	p.Advance(ctx, 1, fmt.Sprintf("%d forecasts settled.", done.Forecasts))
	return done, nil
}
