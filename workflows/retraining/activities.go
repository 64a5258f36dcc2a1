package retraining

import (
	"context"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/assessing"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/workflows/process"
)

var (
	gateActivity     = process.Activity[GateRequest, Gate]{Name: GateActivity, Attempt: 15 * time.Minute}
	trainActivity    = process.Activity[TrainRequest, Trained]{Name: TrainActivity, Attempt: 6 * time.Hour}
	evaluateActivity = process.Activity[EvaluateRequest, Evaluation]{Name: EvaluateActivity, Attempt: 2 * time.Hour}
	decideActivity   = process.Activity[DecideRequest, Decision]{Name: DecideActivity, Attempt: time.Minute}
)

// Activities are the steps of this package that touch the world.
type Activities struct {
	assessor *assessing.Assessor
	trainer  *modelling.Trainer
}

// NewActivities returns the activities of this package.
func NewActivities(assessor *assessing.Assessor, trainer *modelling.Trainer) *Activities {
	return &Activities{assessor: assessor, trainer: trainer}
}

// Gate measures the data and says what may be trained on.
func (a *Activities) Gate(ctx context.Context, r GateRequest) (Gate, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Gate, error) {
		models, err := r.models()
		if err != nil {
			return Gate{}, err
		}
		fit, unfit, err := a.assessor.Gate(ctx)
		if err != nil {
			return Gate{}, err
		}
		competitions, err := r.competitions(fit, unfit)
		return Gate{Models: models, Competitions: competitions, Unfit: unfit}, err
	})
}

// TrainRequest asks for one model.
type TrainRequest struct {
	// Key is the run's own: an attempt that is repeated makes no second model.
	Key          string   `json:"key"`
	Model        string   `json:"model"`
	Competitions []string `json:"competitions"`
}

// Trained is a model in the registry.
type Trained struct {
	Version string `json:"version"`
}

// Train makes one model.
func (a *Activities) Train(ctx context.Context, r TrainRequest) (Trained, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (Trained, error) {
		order := modelling.Order{Key: r.Key, Name: r.Model, Competitions: codes(r.Competitions)}
		version, err := a.trainer.Train(ctx, order, func(done, total int, message string) {
			report(process.Progress{Step: "train " + r.Model, Done: done, Total: total, Message: message})
		})
		return Trained{Version: version}, err
	})
}

// EvaluateRequest asks how a model does.
type EvaluateRequest struct {
	Version      string   `json:"version"`
	Competitions []string `json:"competitions"`
}

// Evaluate measures a model, the champion and the yardstick on the same
// held-out matches.
func (a *Activities) Evaluate(ctx context.Context, r EvaluateRequest) (Evaluation, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Evaluation, error) {
		e, err := a.trainer.Evaluate(ctx, r.Version, codes(r.Competitions))
		return Evaluation{
			From: e.From, To: e.To, Matches: e.Scores.Matches,
			RPS: e.Scores.RPS.Mean, BaselineRPS: e.Baseline.RPS.Mean,
			Against: e.Against, Difference: e.Difference.Mean,
		}, err
	})
}

// DecideRequest asks whether a model should be the champion.
type DecideRequest struct {
	Version string `json:"version"`
}

// Decision is the answer.
type Decision struct {
	Promoted bool   `json:"promoted"`
	Reason   string `json:"reason"`
}

// Decide promotes a model that is not worse than the champion.
func (a *Activities) Decide(ctx context.Context, r DecideRequest) (Decision, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Decision, error) {
		d, err := a.trainer.Decide(ctx, r.Version)
		return Decision{Promoted: d.Promoted, Reason: d.Reason}, err
	})
}

func codes(names []string) []football.CompetitionCode {
	out := make([]football.CompetitionCode, len(names))
	for i, name := range names {
		out[i] = football.CompetitionCode(name)
	}
	return out
}

// Define adds the workflow of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Retrain, workflow.RegisterOptions{Name: RetrainWorkflow})
}

// Register adds the workflow and the activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	gateActivity.Register(r, a.Gate)
	trainActivity.Register(r, a.Train)
	evaluateActivity.Register(r, a.Evaluate)
	decideActivity.Register(r, a.Decide)
}
