package temporal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/ports/restoring"
)

var _ restoring.Runs = (*Engine)(nil)

// EndedSince implements [restoring.Runs].
func (e *Engine) EndedSince(ctx context.Context, after time.Time) ([]restoring.Run, error) {
	listed, err := e.list(ctx, fmt.Sprintf("CloseTime >= %q", after.UTC().Format(time.RFC3339Nano)))
	if err != nil {
		return nil, err
	}
	runs := make([]restoring.Run, len(listed))
	for i, info := range listed {
		runs[i] = restoring.Run{
			Workflow: info.GetType().GetName(), ID: info.GetExecution().GetWorkflowId(), RunID: info.GetExecution().GetRunId(),
			EndedAt: info.GetCloseTime().AsTime(),
		}
	}
	slices.SortFunc(runs, func(a, b restoring.Run) int {
		return cmp.Or(a.EndedAt.Compare(b.EndedAt), cmp.Compare(a.RunID, b.RunID))
	})
	return runs, nil
}
