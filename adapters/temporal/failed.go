package temporal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Runs = (*FailedRuns)(nil)

// FailedRuns looks for runs that did not end well.
type FailedRuns struct {
	client    client.Client
	namespace string
}

// NewFailedRuns returns FailedRuns.
func NewFailedRuns(c client.Client, config Config) *FailedRuns {
	return &FailedRuns{client: c, namespace: config.namespace()}
}

// mostFailed bounds how many runs are looked at.
const mostFailed = 1_000

// Failed implements [maintaining.Runs]. A workflow with more failures than are
// looked at is told with those.
func (f *FailedRuns) Failed(ctx context.Context, since time.Time) ([]maintaining.FailedRuns, error) {
	found := make(map[[2]string]*maintaining.FailedRuns)
	query := fmt.Sprintf(`ExecutionStatus IN ('Failed', 'TimedOut', 'Terminated') AND CloseTime > '%s'`, since.UTC().Format(time.RFC3339))
	seen := 0
	for next := []byte(nil); ; {
		page, err := f.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: f.namespace, PageSize: 100, NextPageToken: next, Query: query,
		})
		if err != nil {
			return nil, fmt.Errorf("list failed runs: %w", classified(err))
		}
		for _, run := range page.GetExecutions() {
			key := [2]string{run.GetType().GetName(), ending(run.GetStatus())}
			if found[key] == nil {
				found[key] = &maintaining.FailedRuns{Workflow: key[0], Ending: key[1], Latest: run.GetExecution().GetWorkflowId()}
			}
			found[key].Count++
			seen++
		}
		if next = page.GetNextPageToken(); len(next) == 0 || seen >= mostFailed {
			break
		}
	}
	all := make([]maintaining.FailedRuns, 0, len(found))
	for _, one := range found {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b maintaining.FailedRuns) int {
		return strings.Compare(a.Workflow+" "+a.Ending, b.Workflow+" "+b.Ending)
	})
	return all, nil
}

// ending is a status in a sentence.
func ending(s enums.WorkflowExecutionStatus) string {
	switch s {
	case enums.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		return "timed out"
	case enums.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		return Terminated
	default:
		return Failed
	}
}
