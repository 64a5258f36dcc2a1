// Package ingestion takes in everything the sources have: a parent plans and
// counts, a child takes in one season of one competition. What a row may hold
// is decided below, in ports/ingesting; when to begin is decided by schedules.
package ingestion

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	Queue                = "ingestion"
	IngestWorkflow       = "Ingest"
	IngestSeasonWorkflow = "IngestSeason"
	PlanActivity         = "Ingest.Plan"
	AssessActivity       = "Ingest.AssessQuality"
	LoadActivity         = "IngestSeason.Load"
)

// Input is the argument of Ingest. Fields are only ever added; without any,
// everything that is configured is taken in.
type Input struct {
	Sources      []string `json:"sources,omitempty"`
	Competitions []string `json:"competitions,omitempty"` // codes
	// SkipForecasts leaves forecasts as they are, for a caller who publishes
	// and settles next anyway.
	SkipForecasts bool `json:"skip_forecasts,omitempty"`
	// Resumed is how far the run was before it continued as new. It is not for
	// whoever starts one.
	Resumed *State `json:"resumed,omitempty"`
}

// State is what a run has done.
type State struct {
	After  *Edition `json:"after,omitempty"` // the last edition that was begun
	Begun  int      `json:"begun"`
	Result Result   `json:"result"`
}

// Ingest takes in all editions that are new or changed, some at a time. One
// that fails is named in the result and does not stop the others; the run
// fails only when nothing at all could be taken in.
//
// Two runs at once are safe: loading an edition twice changes nothing.
func Ingest(ctx workflow.Context, in Input) (Result, error) {
	ctx, p, err := process.Begin(ctx, "Ingestion")
	if err != nil {
		return Result{}, err
	}
	r := &run{in: in, process: p}
	if in.Resumed != nil {
		r.state = *in.Resumed
	}
	err = r.all(ctx)
	return r.state.Result, p.End(err)
}

type run struct {
	in      Input
	state   State
	process *process.Process
}

func (r *run) all(ctx workflow.Context) error {
	for {
		r.process.Step(ctx, "plan", 0, "Asking the sources what they have.")
		next, err := r.plan(ctx)
		if err != nil {
			return process.Fail("plan", err)
		}
		finished, err := r.ingest(ctx, next)
		if err != nil {
			return err
		}
		if !finished {
			again := r.in
			again.Resumed = &r.state
			return workflow.NewContinueAsNewError(ctx, IngestWorkflow, again)
		}
		if next.Remaining == 0 {
			return r.conclude(ctx)
		}
	}
}

// plan fetches the next page. Later pages are planned after some editions were
// taken in, so only the first tells what was unchanged before the run.
func (r *run) plan(ctx workflow.Context) (Page, error) {
	next, err := planActivity.Call(ctx, "What do the sources have?", PageRequest{
		Sources: r.in.Sources, Competitions: r.in.Competitions, After: r.state.After,
	})
	if err == nil && r.state.After == nil {
		r.state.Result.Skipped = next.Unchanged
		for _, f := range next.Failures {
			r.state.Result.fail(f.What, f.Reason)
		}
	}
	return next, err
}

func (r *run) conclude(ctx workflow.Context) error {
	result := &r.state.Result
	if result.Missing > 0 && result.Failed+result.Editions+result.Skipped == 0 {
		return temporal.NewNonRetryableApplicationError(fmt.Sprintf(
			"none of the %d seasons asked for is there; are the address of the source and the token right?", result.Missing),
			"ingestion.nothing", nil)
	}
	if result.Failed > 0 && result.Editions+result.Skipped == 0 {
		return temporal.NewNonRetryableApplicationError(fmt.Sprintf("nothing could be taken in; %s: %s",
			result.Failures[0].What, result.Failures[0].Reason), "ingestion.nothing", nil)
	}
	r.process.Step(ctx, "assess", 0, "Measuring the quality of the data.")
	quality, err := assessActivity.Call(ctx, "How good are the data now?", AssessRequest{})
	if err != nil {
		return process.Fail("assess data quality", err)
	}
	result.Quality = quality.Competitions
	if err := r.follow(ctx); err != nil {
		return process.Fail("start forecasts", err)
	}
	r.process.Step(ctx, "done", 0, "")
	return nil
}
