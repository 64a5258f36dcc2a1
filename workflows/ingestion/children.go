package ingestion

import (
	"fmt"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// inFlight is how many children run at once. It is part of the definition:
// histories replay only under the number that they were recorded with.
const inFlight = 8

// ingest runs a child for each edition of the page and waits for all. It
// returns false when the history has grown long and the run should continue as
// new after the editions that were begun.
func (r *run) ingest(ctx workflow.Context, page Page) (finished bool, err error) {
	var (
		before  = r.state.Begun
		total   = before + len(page.Editions) + page.Remaining
		running = 0
		waiting = workflow.NewSelector(ctx)
	)
	r.process.Step(ctx, "ingest", total, "")
	finished = true
	for _, edition := range page.Editions {
		for running == inFlight {
			waiting.Select(ctx)
		}
		if ctx.Err() != nil {
			break
		}
		// At least one edition a run, or a server that always suggests would
		// keep it from ever getting on.
		if r.state.Begun > before && workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			finished = false
			break
		}
		running++
		r.state.Begun++
		r.state.After = &edition
		waiting.AddFuture(start(ctx, edition), func(f workflow.Future) {
			running--
			r.settle(ctx, edition, f)
			r.process.Advance(ctx, r.state.Begun-running, edition.String())
		})
	}
	for running > 0 {
		waiting.Select(ctx)
	}
	return finished, ctx.Err()
}

// start begins the child for an edition. Its id is the parent's and the
// edition's, so one parent never has two for the same.
func start(ctx workflow.Context, e Edition) workflow.ChildWorkflowFuture {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:    workflow.GetInfo(ctx).WorkflowExecution.ID + "/" + e.path(),
		TaskQueue:     Queue,
		StaticSummary: fmt.Sprintf("%s %s from %s", e.Competition, e.Season, e.Source),
		// A child is worth nothing without the parent that counts it, and
		// loading is one transaction: ending it half way leaves nothing behind.
		ParentClosePolicy:   enums.PARENT_CLOSE_POLICY_TERMINATE,
		WaitForCancellation: true,
	})
	return workflow.ExecuteChildWorkflow(ctx, IngestSeasonWorkflow, e)
}

// settle counts what became of a child.
func (r *run) settle(ctx workflow.Context, e Edition, f workflow.Future) {
	var counts Counts
	err := f.Get(ctx, &counts)
	result := &r.state.Result
	switch {
	case err != nil && ctx.Err() != nil:
		// The run is ending: the edition did not fail, it was not finished.
		return
	case err != nil:
		result.fail(e.String(), process.Cause(err))
	case counts.Rows > 0 && counts.Rejected == counts.Rows:
		result.Counts = result.plus(counts)
		result.fail(e.String(), "no row of it could be read; the findings of data quality say why")
	case counts.Missing > 0:
		result.Counts = result.plus(counts)
	default:
		result.Counts = result.plus(counts)
		result.Editions++
	}
	r.process.Note(ctx, result.note())
}
