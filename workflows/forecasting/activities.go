package forecasting

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/ports/publishing"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// PublishRequest is the argument of the activity that publishes.
type PublishRequest struct {
	WithoutChampionDoNothing bool `json:"without_champion_do_nothing,omitempty"`
}

// SettleRequest is the argument of the activity that settles.
type SettleRequest struct{}

var (
	publishActivity = process.Activity[PublishRequest, Publication]{Name: PublishActivity, Attempt: 30 * time.Minute}
	settleActivity  = process.Activity[SettleRequest, Settled]{Name: SettleActivity, Attempt: 30 * time.Minute}
)

// Activities are the steps of this package that touch the world.
type Activities struct {
	publisher   *publishing.Publisher
	settler     *publishing.Settler
	predictions *predicting.Settler
}

// NewActivities returns the activities of this package.
func NewActivities(publisher *publishing.Publisher, settler *publishing.Settler, predictions *predicting.Settler) *Activities {
	return &Activities{publisher: publisher, settler: settler, predictions: predictions}
}

// Publish forecasts every coming fixture.
func (a *Activities) Publish(ctx context.Context, r PublishRequest) (Publication, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (Publication, error) {
		done, err := a.publisher.Publish(ctx, func(done, total int) {
			report(process.Progress{Step: "publish", Done: done, Total: total, Message: "fixtures forecast"})
		})
		if r.WithoutChampionDoNothing && errors.Is(err, modelling.ErrNoChampion) {
			return Publication{}, nil
		}
		return Publication(done), err
	})
}

// Settle scores the forecasts, and what users predicted, of matches that are
// over.
func (a *Activities) Settle(ctx context.Context, _ SettleRequest) (Settled, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (Settled, error) {
		settled, err := a.settler.Settle(ctx, func(done int) {
			report(process.Progress{Step: "settle", Done: done, Message: "forecasts settled"})
		})
		if err != nil {
			return Settled{Forecasts: settled}, err
		}
		predicted, err := a.predictions.Settle(ctx, func(done int) {
			report(process.Progress{Step: "predictions", Done: done, Message: "predictions settled"})
		})
		return Settled{Forecasts: settled, Predictions: predicted}, err
	})
}

// Define adds the workflows of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Publish, workflow.RegisterOptions{Name: PublishWorkflow})
	r.RegisterWorkflowWithOptions(Settle, workflow.RegisterOptions{Name: SettleWorkflow})
}

// Register adds the workflows and the activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	publishActivity.Register(r, a.Publish)
	settleActivity.Register(r, a.Settle)
}
