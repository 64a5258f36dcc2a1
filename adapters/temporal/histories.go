package temporal

import (
	"context"
	"fmt"

	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	sdk "go.temporal.io/sdk/workflow"
	"go.uber.org/zap"
)

// Histories replays what has run against the definitions of this binary.
type Histories struct {
	client    client.Client
	namespace string
}

// NewHistories returns Histories.
func NewHistories(c client.Client, config Config) *Histories {
	return &Histories{client: c, namespace: config.namespace()}
}

// Verification is what replaying the runs of one workflow type found.
type Verification struct {
	Workflow string
	Replayed int
	Failures []ReplayFailure
}

// ReplayFailure is a run that the definitions at hand cannot continue.
type ReplayFailure struct{ ID, RunID, Reason string }

// Verify replays the latest runs of each of our types, closed and running, at
// most perType of each. An error means that Temporal could not be asked;
// histories that do not replay are in the verifications.
func (h *Histories) Verify(ctx context.Context, perType int) ([]Verification, error) {
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{})
	if err != nil {
		return nil, fmt.Errorf("make replayer: %w", err)
	}
	Define(replayer)
	all := make([]Verification, 0, len(queues))
	for _, name := range Types() {
		v := Verification{Workflow: name}
		runs, err := h.latest(ctx, name, perType)
		if err != nil {
			return nil, fmt.Errorf("list runs of %s: %w", name, classified(err))
		}
		for _, run := range runs {
			if err := h.replay(ctx, replayer, run, &v); err != nil {
				return nil, err
			}
		}
		all = append(all, v)
	}
	return all, nil
}

func (h *Histories) replay(ctx context.Context, replayer worker.WorkflowReplayer, run *workflow.WorkflowExecutionInfo, v *Verification) error {
	execution := run.GetExecution()
	err := replayer.ReplayWorkflowExecution(ctx, h.client.WorkflowService(), newLogger(zap.NewNop()), h.namespace,
		sdk.Execution{ID: execution.GetWorkflowId(), RunID: execution.GetRunId()})
	switch {
	case err == nil:
		v.Replayed++
	case isNotFound(err):
		// Its retention ended between the list and now.
	case isAway(err), ctx.Err() != nil:
		return fmt.Errorf("replay %s: %w", execution.GetWorkflowId(), classified(err))
	default:
		v.Replayed++
		v.Failures = append(v.Failures, ReplayFailure{
			ID: execution.GetWorkflowId(), RunID: execution.GetRunId(), Reason: err.Error(),
		})
	}
	return nil
}

// latest are the runs of a type, the newest first as Temporal lists them.
func (h *Histories) latest(ctx context.Context, name string, limit int) ([]*workflow.WorkflowExecutionInfo, error) {
	var (
		runs []*workflow.WorkflowExecutionInfo
		next []byte
	)
	for len(runs) < limit {
		page, err := h.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: h.namespace, PageSize: int32(min(limit-len(runs), 100)), NextPageToken: next,
			Query: fmt.Sprintf("WorkflowType = %q", name),
		})
		if err != nil {
			return nil, err
		}
		runs = append(runs, page.GetExecutions()...)
		if next = page.GetNextPageToken(); len(next) == 0 {
			break
		}
	}
	return runs, nil
}
