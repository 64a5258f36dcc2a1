package ingestion

import (
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// follow starts what new matches call for: settling forecasts of those that
// are over, and forecasting again on the new results. Both are runs of their
// own, so an ingestion is neither held up nor failed by forecasts; their
// schedules remain as a safety net.
//
// Before the first model there is nothing to publish with, so that run is told
// that no champion is no failure.
func (r *run) follow(ctx workflow.Context) error {
	if r.in.SkipForecasts || !r.state.Result.changed() {
		return nil
	}
	err := process.Leave(ctx, process.Errand{
		Workflow: forecasting.SettleWorkflow, Queue: forecasting.Queue, Name: "settle",
		Summary: "Settle after ingestion", Input: forecasting.SettleInput{},
	})
	if err != nil {
		return err
	}
	return process.Leave(ctx, process.Errand{
		Workflow: forecasting.PublishWorkflow, Queue: forecasting.Queue, Name: "publish",
		Summary: "Forecast after ingestion", Input: forecasting.PublishInput{WithoutChampionDoNothing: true},
	})
}
