// Package forecasting publishes the champion's forecasts of coming fixtures and
// settles those of matches that are over.
package forecasting

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	Queue           = "modelling"
	PublishWorkflow = "PublishForecasts"
	SettleWorkflow  = "SettleMatches"
	PublishActivity = "PublishForecasts.Publish"
	SettleActivity  = "SettleMatches.Settle"
)

// PublishInput is the argument of PublishForecasts. Fields are only ever added.
type PublishInput struct {
	// WithoutChampionDoNothing ends the run well when there is no model to
	// publish with. Without it such a run fails, as its starter should know.
	WithoutChampionDoNothing bool `json:"without_champion_do_nothing,omitempty"`
}

// Publication says what was published.
type Publication struct {
	Model    string `json:"model"`    // empty without a champion
	Fixtures int    `json:"fixtures"` // coming matches that were forecast
	Changed  int    `json:"changed"`  // of these, forecasts that are new or differ
	Picks    int    `json:"picks"`
}

// Publish forecasts every coming fixture with the champion. Repeating it
// changes nothing.
func Publish(ctx workflow.Context, in PublishInput) (Publication, error) {
	ctx, p, err := process.Begin(ctx, "Forecasts")
	if err != nil {
		return Publication{}, err
	}
	p.Step(ctx, "publish", 1, "Forecasting every coming fixture.")
	done, err := publishActivity.Call(ctx, "Forecast all coming fixtures", PublishRequest(in))
	if err != nil {
		return Publication{}, p.End(process.Fail("publish", err))
	}
	if done.Model == "" {
		p.Step(ctx, "done", 0, "No model has been promoted yet, so there is nothing to publish.")
		return done, nil
	}
	p.Advance(ctx, 1, fmt.Sprintf("%d fixtures forecast by %s; %d forecasts are new, %d have a pick.",
		done.Fixtures, done.Model, done.Changed, done.Picks))
	return done, nil
}
