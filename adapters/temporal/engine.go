package temporal

import (
	"context"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/workflows/process"
)

var _ operating.Engine = (*Engine)(nil)

// Engine runs operations as workflows.
type Engine struct {
	client    client.Client
	namespace string
}

// NewEngine returns an Engine.
func NewEngine(c client.Client, config Config) *Engine {
	return &Engine{client: c, namespace: config.namespace()}
}

const (
	// operationMemo is where a run says which operation it was started for.
	operationMemo = "operation"
	// askLimit bounds a question that only a worker can answer: without one the
	// answer comes never.
	askLimit = 2 * time.Second
	// updateLimit bounds how long an update waits for a worker.
	updateLimit = 8 * time.Second
	// callLimit bounds a call that the server answers by itself.
	callLimit = 5 * time.Second
)

// Start implements [operating.Engine]. The run names its operation, so that
// whoever starts it again after a crash knows it, also when it has ended.
func (e *Engine) Start(ctx context.Context, o operating.Order) (operating.Begun, error) {
	queue, err := QueueOf(o.Workflow)
	if err != nil {
		return operating.Begun{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	latest, err := e.describe(ctx, o.WorkflowID, "")
	if err != nil && !errors.Is(err, operating.ErrNoRun) {
		return operating.Begun{}, err
	}
	if err == nil && operationOf(latest) == o.Operation {
		return operating.Begun{RunID: firstRun(latest)}, nil
	}
	started, err := e.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: o.WorkflowID, TaskQueue: queue, StaticSummary: o.Summary, Memo: map[string]any{operationMemo: o.Operation},
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL, WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, o.Workflow, o.Input)
	if err == nil {
		return operating.Begun{RunID: started.GetRunID()}, nil
	}
	var taken *serviceerror.WorkflowExecutionAlreadyStarted
	if !errors.As(err, &taken) {
		return operating.Begun{}, fmt.Errorf("start %s: %w", o.Workflow, engineError(err))
	}
	if latest, err = e.describe(ctx, o.WorkflowID, ""); err != nil {
		return operating.Begun{}, err
	}
	return operating.Begun{RunID: firstRun(latest), Foreign: operationOf(latest) != o.Operation}, nil
}

// Approve implements [operating.Engine].
func (e *Engine) Approve(ctx context.Context, r operating.Ref, a operation.Approval) error {
	return e.update(ctx, r, process.ApproveUpdate, process.ToApprovalRequest(a))
}

// Abort implements [operating.Engine].
func (e *Engine) Abort(ctx context.Context, r operating.Ref, by, reason string) error {
	return e.update(ctx, r, process.AbortUpdate, process.AbortRequest{Reason: reason, By: by})
}

// update sends an update to the run that goes on in the chain of r, and waits
// until it is done.
func (e *Engine) update(ctx context.Context, r operating.Ref, name string, argument any) error {
	ctx, cancel := context.WithTimeout(ctx, updateLimit)
	defer cancel()
	handle, err := e.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: r.WorkflowID, FirstExecutionRunID: r.RunID, UpdateName: name, Args: []any{argument},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	switch {
	case err == nil:
		return nil
	case isNotFound(err):
		return operating.ErrEnded
	}
	return fmt.Errorf("%s %s: %w", name, r.WorkflowID, engineError(err))
}

func (e *Engine) describe(ctx context.Context, id, run string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	d, err := e.client.DescribeWorkflowExecution(ctx, id, run)
	if err != nil {
		return nil, engineError(err)
	}
	return d, nil
}

// refusals are the errors by which a run refuses an update, by their code: what
// crosses Temporal is a code and a text.
var refusals = func() map[string]*domain.Error {
	all := make(map[string]*domain.Error)
	for _, e := range []*domain.Error{
		operation.ErrBare, operation.ErrForged, operation.ErrElsewhere, operation.ErrExpired, operation.ErrUsed, operation.ErrTwice,
		operation.ErrSamePerson, operation.ErrNoPerson, operating.ErrNotAwaiting,
	} {
		all[e.Code] = e
	}
	return all
}()

// aborting is the code of a run that is being aborted already.
const aborting = "process.aborting"

// engineError gives what Temporal's client returns the kinds of [operating].
func engineError(err error) error {
	var app *temporal.ApplicationError
	switch {
	case isNotFound(err):
		return operating.ErrNoRun
	case isAway(err), errors.Is(err, context.Canceled):
		return operating.ErrAway
	case errors.As(err, &app) && refusals[app.Type()] != nil:
		return refusals[app.Type()]
	case errors.As(err, &app) && app.Type() == aborting:
		return domain.Errorf(domain.Conflict, "operation.aborting", "the operation is being aborted already")
	}
	return err
}

func operationOf(d *workflowservice.DescribeWorkflowExecutionResponse) (id string) {
	payload, ok := d.GetWorkflowExecutionInfo().GetMemo().GetFields()[operationMemo]
	if !ok || converter.GetDefaultDataConverter().FromPayload(payload, &id) != nil {
		return ""
	}
	return id
}

// firstRun is the run that a chain began with.
func firstRun(d *workflowservice.DescribeWorkflowExecutionResponse) string {
	info := d.GetWorkflowExecutionInfo()
	if first := info.GetFirstRunId(); first != "" {
		return first
	}
	return info.GetExecution().GetRunId()
}
