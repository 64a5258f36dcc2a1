package temporal

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// askEvery is how often a followed run is asked for its progress.
const askEvery = time.Second

// RunError says how a run ended that did not complete, and why.
type RunError struct {
	Run     Run
	Outcome string // failed, aborted, canceled, terminated or timed_out
	Cause   string // what went wrong at the bottom, in words
	err     error
}

func (e *RunError) Error() string {
	return fmt.Sprintf("%s (%s) %s: %s", e.Run.Workflow, e.Run.ID, e.Outcome, e.Cause)
}

// Unwrap is the error as Temporal tells it.
func (e *RunError) Unwrap() error { return e.err }

// Follow waits until the run ends, across continuing as new and across
// Temporal being away, and reads its result into result, which may be nil. It
// tells on, which may be nil too, how far the run is whenever that changes. A
// run that does not complete gives a [RunError]; when ctx ends the run goes on.
func (r *Runs) Follow(ctx context.Context, run Run, result any, on func(process.Progress)) error {
	watch, stop := context.WithCancel(ctx)
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		if on != nil {
			r.watch(watch, run, on)
		}
	}()
	err := r.await(ctx, run, result)
	stop()
	<-watching
	return err
}

func (r *Runs) await(ctx context.Context, run Run, result any) error {
	for {
		err := r.client.GetWorkflow(ctx, run.ID, run.RunID).Get(ctx, result)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("follow %s: %w", run.ID, ctx.Err())
		case isAway(err):
			pause(ctx, askEvery)
			continue
		case isNotFound(err):
			return fmt.Errorf("follow %s: %w", run.ID, err)
		}
		return &RunError{Run: run, Outcome: outcome(err), Cause: process.Cause(err), err: err}
	}
}

func (r *Runs) watch(ctx context.Context, run Run, on func(process.Progress)) {
	var last process.Progress
	for ctx.Err() == nil {
		if p, ok := r.progress(ctx, run); ok && p != last && ctx.Err() == nil {
			on(p)
			last = p
		}
		pause(ctx, askEvery)
	}
}

// progress is what the run answers; while an activity that counts is under
// way, that one's figures, which are finer. Neither matters enough to fail.
func (r *Runs) progress(ctx context.Context, run Run) (p process.Progress, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	// Without the run's id it is the latest that answers, also after the run
	// has continued as new.
	value, err := r.client.QueryWorkflow(ctx, run.ID, "", process.ProgressQuery)
	if err != nil || value.Get(&p) != nil {
		return process.Progress{}, false
	}
	described, err := r.client.DescribeWorkflowExecution(ctx, run.ID, "")
	if err != nil {
		return p, true
	}
	if finer, found := counted(described); found {
		return finer, true
	}
	return p, true
}

// counted finds the progress that a pending activity has beaten with.
func counted(d *workflowservice.DescribeWorkflowExecutionResponse) (process.Progress, bool) {
	for _, pending := range d.GetPendingActivities() {
		var p process.Progress
		err := converter.GetDefaultDataConverter().FromPayloads(pending.GetHeartbeatDetails(), &p)
		if err == nil && p.Step != "" {
			return p, true
		}
	}
	return process.Progress{}, false
}
