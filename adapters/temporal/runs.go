package temporal

import (
	"context"
	"errors"
	"fmt"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// Runs starts workflows and follows them.
type Runs struct{ client client.Client }

// NewRuns returns Runs.
func NewRuns(c client.Client) *Runs { return &Runs{client: c} }

// Order asks for a run.
type Order struct {
	Workflow string // one of [Types]
	// ID is the run's idempotency key: while a run of this id goes on, starting
	// it again attaches to it.
	ID      string
	Input   any // nil stands for {}
	Summary string
}

// Run is a run that was started or attached to.
type Run struct{ Workflow, ID, RunID string }

// Start starts a run, or attaches to the one of its id that goes on.
func (r *Runs) Start(ctx context.Context, o Order) (Run, error) {
	queue, err := QueueOf(o.Workflow)
	if err != nil {
		return Run{}, err
	}
	if o.Input == nil {
		o.Input = struct{}{}
	}
	started, err := r.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: o.ID, TaskQueue: queue, StaticSummary: o.Summary,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, o.Workflow, o.Input)
	if err != nil {
		return Run{}, fmt.Errorf("start %s: %w", o.Workflow, classified(err))
	}
	return Run{Workflow: o.Workflow, ID: started.GetID(), RunID: started.GetRunID()}, nil
}

// Abort asks a run to stop and returns once it has taken notice.
func (r *Runs) Abort(ctx context.Context, id, reason string) error {
	handle, err := r.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: process.AbortUpdate,
		Args: []any{process.AbortRequest{Reason: reason}}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	switch {
	case err == nil:
		return nil
	case isNotFound(err):
		return domain.Errorf(domain.NotFound, "temporal.no_run", "no run %q is under way", id)
	}
	return fmt.Errorf("abort %s: %w", id, classified(err))
}

// classified gives what Temporal's client returns a kind, so that callers know
// whether to try again.
func classified(err error) error {
	var known *domain.Error
	if errors.As(err, &known) {
		return err
	}
	if isAway(err) {
		return domain.Errorf(domain.Unavailable, "temporal.unavailable", "Temporal cannot be reached: %s", err)
	}
	return err
}

func isAway(err error) bool {
	var (
		unavailable *serviceerror.Unavailable
		deadline    *serviceerror.DeadlineExceeded
		exhausted   *serviceerror.ResourceExhausted
	)
	return errors.As(err, &unavailable) || errors.As(err, &deadline) || errors.As(err, &exhausted) ||
		errors.Is(err, context.DeadlineExceeded)
}
