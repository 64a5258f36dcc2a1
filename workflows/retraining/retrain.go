// Package retraining trains candidates, measures them against the champion on
// matches held out from their tuning, and promotes the best one if it is not
// worse. How a model is trained, measured and judged is decided below, in
// ports/modelling.
package retraining

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	Queue            = "modelling"
	RetrainWorkflow  = "RetrainModel"
	GateActivity     = "RetrainModel.Gate"
	TrainActivity    = "RetrainModel.Train"
	EvaluateActivity = "RetrainModel.Evaluate"
	DecideActivity   = "RetrainModel.Decide"
)

// Input is the argument of RetrainModel. Fields are only ever added; without
// any, every model but the yardstick is trained on all data that are fit.
type Input struct {
	Models       []string `json:"models,omitempty"`
	Competitions []string `json:"competitions,omitempty"` // codes
	// SkipForecasts leaves forecasts as they are, for a caller who publishes
	// next anyway.
	SkipForecasts bool `json:"skip_forecasts,omitempty"`
}

// Retrain trains each model in turn and lets the best one challenge the
// champion. A model that cannot be trained is named in the result and leaves
// the field to the others.
//
// Only the best candidate is put to the decision. Were each decided in turn,
// the champion might change twice in one run, and the second would have been
// measured against a champion that is none any more. Held-out scores are on
// the same matches, so the lowest is the best; of equals the first named
// wins, which by default is the recommended model. At most one promotion a run
// is what the record of champions shows. When a person promotes a model while
// this runs, the decision finds another champion than the one measured
// against, and the person's choice stands.
func Retrain(ctx workflow.Context, in Input) (Result, error) {
	ctx, p, err := process.Begin(ctx, "Retraining")
	if err != nil {
		return Result{}, err
	}
	r := &run{in: in, process: p}
	err = r.all(ctx)
	return r.result, p.End(err)
}

type run struct {
	in      Input
	result  Result
	process *process.Process
}

func (r *run) all(ctx workflow.Context) error {
	r.process.Step(ctx, "gate", 0, "Which data are fit to train on?")
	gate, err := gateActivity.Call(ctx, "Which data are fit to train on?",
		GateRequest{Models: r.in.Models, Competitions: r.in.Competitions})
	if err != nil {
		return process.Fail("data quality gate", err)
	}
	r.result.Competitions, r.result.Unfit = gate.Competitions, gate.Unfit
	if err := r.train(ctx, gate); err != nil {
		return err
	}
	if err := r.evaluate(ctx, gate); err != nil {
		return err
	}
	if err := r.decide(ctx); err != nil {
		return err
	}
	return r.follow(ctx)
}

func (r *run) train(ctx workflow.Context, gate Gate) error {
	self := workflow.GetInfo(ctx).WorkflowExecution
	r.process.Step(ctx, "train", len(gate.Models), "")
	for i, name := range gate.Models {
		r.process.Advance(ctx, i, "Training "+name+".")
		trained, err := trainActivity.Call(ctx, "Train "+name, TrainRequest{
			Key: self.ID + "/" + self.RunID, Model: name, Competitions: gate.Competitions,
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.result.Failures = append(r.result.Failures, Failure{Model: name, Reason: process.Cause(err)})
		} else {
			r.result.Models = append(r.result.Models, Candidate{Model: name, Version: trained.Version})
		}
		r.process.Note(ctx, r.result.note())
	}
	if len(r.result.Models) == 0 {
		first := r.result.Failures[0]
		return temporal.NewNonRetryableApplicationError(
			fmt.Sprintf("no model could be trained; %s: %s", first.Model, first.Reason), "retraining.nothing", nil)
	}
	return nil
}

func (r *run) evaluate(ctx workflow.Context, gate Gate) error {
	r.process.Step(ctx, "evaluate", len(r.result.Models), "")
	for i := range r.result.Models {
		candidate := &r.result.Models[i]
		r.process.Advance(ctx, i, "Measuring "+candidate.Version+" on held-out matches.")
		measured, err := evaluateActivity.Call(ctx, "Measure "+candidate.Model+" on held-out matches",
			EvaluateRequest{Version: candidate.Version, Competitions: gate.Competitions})
		if err != nil {
			return process.Fail("evaluate "+candidate.Version, err)
		}
		candidate.Evaluation = measured
		r.process.Note(ctx, r.result.note())
	}
	return nil
}

func (r *run) decide(ctx workflow.Context) error {
	best := r.result.best()
	r.process.Step(ctx, "decide", 1, "Should "+best.Version+" be the champion?")
	decision, err := decideActivity.Call(ctx, "Should "+best.Model+" be the champion?", DecideRequest{Version: best.Version})
	if err != nil {
		return process.Fail("decide on "+best.Version, err)
	}
	for i := range r.result.Models {
		r.result.Models[i].Reason = best.Model + " did better on the held-out matches."
	}
	best.Promoted, best.Reason = decision.Promoted, decision.Reason
	if decision.Promoted {
		r.result.Promoted = best.Version
	}
	r.process.Note(ctx, r.result.note())
	return nil
}

// follow starts forecasting with a new champion and leaves it.
func (r *run) follow(ctx workflow.Context) error {
	r.process.Step(ctx, "done", 0, "")
	if r.result.Promoted == "" || r.in.SkipForecasts {
		return nil
	}
	err := process.Leave(ctx, process.Errand{
		Workflow: forecasting.PublishWorkflow, Queue: forecasting.Queue, Name: "publish",
		Summary: "Forecast with " + r.result.Promoted, Input: forecasting.PublishInput{},
	})
	if err != nil {
		return process.Fail("start forecasts", err)
	}
	return nil
}
