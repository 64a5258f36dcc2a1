package temporal

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// statuses leads from Temporal's statuses to ours.
var statuses = map[enums.WorkflowExecutionStatus]operating.Status{
	enums.WORKFLOW_EXECUTION_STATUS_RUNNING:          operating.Running,
	enums.WORKFLOW_EXECUTION_STATUS_COMPLETED:        operating.Completed,
	enums.WORKFLOW_EXECUTION_STATUS_FAILED:           operating.Failed,
	enums.WORKFLOW_EXECUTION_STATUS_CANCELED:         operating.Canceled,
	enums.WORKFLOW_EXECUTION_STATUS_TERMINATED:       operating.Terminated,
	enums.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:        operating.TimedOut,
	enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: operating.Running,
	enums.WORKFLOW_EXECUTION_STATUS_PAUSED:           operating.Running,
}

// Look implements [operating.Engine].
func (e *Engine) Look(ctx context.Context, r operating.Ref) (operating.Sight, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	d, err := e.latestOf(ctx, r)
	if err != nil {
		return operating.Sight{}, err
	}
	info := d.GetWorkflowExecutionInfo()
	seen := operating.Sight{
		RunID: firstRun(d), LatestRun: info.GetExecution().GetRunId(), Operation: operationOf(d),
		Status: statuses[info.GetStatus()], StartedAt: timeOf(info.GetStartTime()),
	}
	if seen.Status == "" {
		seen.Status = operating.Running // one that a later server has and this program does not know
	}
	if seen.Status == operating.Running {
		if !r.Brief {
			e.ask(ctx, r, d, &seen)
		}
		return seen, nil
	}
	seen.EndedAt = timeOf(info.GetCloseTime())
	return seen, e.tellEnd(ctx, r.WorkflowID, &seen)
}

// latestOf describes the newest run of the chain of r. A workflow's id may have
// been given to another run since; then the chain has ended, and its last run
// is found by going from one to the next.
func (e *Engine) latestOf(ctx context.Context, r operating.Ref) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	d, err := e.describe(ctx, r.WorkflowID, "")
	if err != nil || r.RunID == "" || firstRun(d) == r.RunID {
		return d, err
	}
	for run := r.RunID; ; {
		if d, err = e.describe(ctx, r.WorkflowID, run); err != nil {
			return nil, err
		}
		if d.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW {
			return d, nil
		}
		if run, err = e.next(ctx, r.WorkflowID, run); err != nil {
			return nil, err
		}
	}
}

// next is the run that one continued as.
func (e *Engine) next(ctx context.Context, id, run string) (string, error) {
	events := e.client.GetWorkflowHistory(ctx, id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return "", engineError(err)
		}
		if next := event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId(); next != "" {
			return next, nil
		}
	}
	return "", operating.ErrNoRun
}

// ask asks a run that goes on how far it is. Without a worker nobody answers,
// and what was described is all there is.
func (e *Engine) ask(ctx context.Context, r operating.Ref, d *workflowservice.DescribeWorkflowExecutionResponse, seen *operating.Sight) {
	for _, a := range d.GetPendingActivities() {
		seen.Activities = append(seen.Activities, operating.Activity{
			Name: a.GetActivityType().GetName(), Attempt: int(a.GetAttempt()), Failure: a.GetLastFailure().GetMessage(),
		})
	}
	limited, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	var p process.Progress
	if !e.query(limited, r.WorkflowID, seen.LatestRun, process.ProgressQuery, &p) {
		return
	}
	if finer, found := counted(d); found {
		p = finer
	}
	seen.Progress = &operating.Progress{Step: p.Step, Done: p.Done, Total: p.Total, Message: p.Message}
	var a process.Approvals
	if e.query(limited, r.WorkflowID, seen.LatestRun, process.ApprovalQuery, &a) && a.Step != "" {
		seen.Awaiting = &operating.Awaiting{Step: a.Step, Question: a.Question, Approved: a.Approved, Missing: a.Missing}
	}
}

func (e *Engine) query(ctx context.Context, id, run, name string, into any) bool {
	value, err := e.client.QueryWorkflow(ctx, id, run, name)
	return err == nil && value.Get(into) == nil
}

// mostResult bounds the results that are kept; larger ones are lists that are
// kept elsewhere anyway.
const mostResult = 64 << 10

// tellEnd tells what came of a run that has ended.
func (e *Engine) tellEnd(ctx context.Context, id string, seen *operating.Sight) error {
	var result json.RawMessage
	err := e.client.GetWorkflow(ctx, id, seen.LatestRun).Get(ctx, &result)
	switch {
	case err == nil:
		if len(result) <= mostResult && json.Valid(result) {
			seen.Result = result
		}
		return nil
	case isAway(err), errors.Is(err, context.Canceled):
		return operating.ErrAway
	case process.HasType(err, process.Aborted):
		seen.Status = operating.Aborted
	}
	seen.Outcome = process.Cause(err)
	return nil
}

func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

// from is where a run came from that we did not start.
func from(info *workflow.WorkflowExecutionInfo, scheduled string) string {
	switch parent := info.GetParentExecution().GetWorkflowId(); {
	case scheduled != "":
		return operating.FromSchedule + scheduled
	case parent != "":
		return operating.FromWorkflow + parent
	}
	return operating.FromTemporal
}
