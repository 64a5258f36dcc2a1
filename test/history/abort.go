package history

import (
	"context"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// Abort lets a run get under way and aborts it, as an operator would. It fits
// [Scenario.During].
func Abort(ctx context.Context, c client.Client, id string) error {
	time.Sleep(2 * time.Second)
	_, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: process.AbortUpdate, WaitForStage: client.WorkflowUpdateStageCompleted,
		Args: []any{process.AbortRequest{Reason: "recorded"}},
	})
	return err
}
