package temporal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"github.com/football-prediction/football-prediction/ports/operating"
)

var _ operating.Finder = (*Engine)(nil)

// Since implements [operating.Finder]. Temporal lists runs a moment late and by
// what it calls visibility; what a list lacks is described one by one.
func (e *Engine) Since(ctx context.Context, workflows []string, after time.Time, limit int, known func([]string) map[string]bool) ([]operating.Run, error) {
	quoted := make([]string, len(workflows))
	for i, w := range workflows {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	query := fmt.Sprintf("WorkflowType IN (%s) AND StartTime >= %q", strings.Join(quoted, ", "), after.UTC().Format(time.RFC3339))
	listed, err := e.list(ctx, query)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(listed))
	for i, info := range listed {
		ids[i] = info.GetExecution().GetRunId()
	}
	have := known(ids)
	var found []operating.Run
	for _, info := range slices.Backward(listed) { // as they are listed the newest first
		// The chain of one that continued is found by its last run.
		if have[info.GetExecution().GetRunId()] || info.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW {
			continue
		}
		r, err := e.found(ctx, info)
		if err != nil {
			return nil, err
		}
		if known([]string{r.RunID})[r.RunID] {
			continue
		}
		if found = append(found, r); len(found) == limit {
			break
		}
	}
	return found, nil
}

func (e *Engine) list(ctx context.Context, query string) (all []*workflow.WorkflowExecutionInfo, err error) {
	var next []byte
	for {
		page, err := e.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: e.namespace, PageSize: 1000, NextPageToken: next, Query: query,
		})
		if err != nil {
			return nil, fmt.Errorf("list runs: %w", engineError(err))
		}
		all = append(all, page.GetExecutions()...)
		if next = page.GetNextPageToken(); len(next) == 0 {
			return all, nil
		}
	}
}

func (e *Engine) found(ctx context.Context, info *workflow.WorkflowExecutionInfo) (operating.Run, error) {
	d, err := e.describe(ctx, info.GetExecution().GetWorkflowId(), info.GetExecution().GetRunId())
	if err != nil {
		return operating.Run{}, err
	}
	described := d.GetWorkflowExecutionInfo()
	var schedule string
	if payload, ok := described.GetSearchAttributes().GetIndexedFields()["TemporalScheduledById"]; ok {
		_ = converter.GetDefaultDataConverter().FromPayload(payload, &schedule) // one that is no text is none
	}
	return operating.Run{
		Workflow: described.GetType().GetName(), WorkflowID: described.GetExecution().GetWorkflowId(), RunID: firstRun(d),
		Operation: operationOf(d), From: from(described, schedule), StartedAt: timeOf(described.GetStartTime()),
	}, nil
}
