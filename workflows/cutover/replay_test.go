package cutover_test

import (
	"context"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/cutover"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// approving approves the ramp once the run asks.
func approving(ctx context.Context, c client.Client, id string) error {
	for {
		var asked process.Approvals
		value, err := c.QueryWorkflow(ctx, id, "", process.ApprovalQuery)
		if err == nil && value.Get(&asked) == nil && asked.Step == "ramp" {
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(100 * time.Millisecond)
	}
	_, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: process.ApproveUpdate, WaitForStage: client.WorkflowUpdateStageCompleted, Args: []any{process.ApprovalRequest{
			Operation: "o", WorkflowID: id, RunID: "r", Step: "ramp", Action: operation.Approve, Actor: "user:ada", TenantID: "t", At: time.Now(), Nonce: "n", Signature: []byte("good"),
		}},
	})
	return err
}

func TestHistories(t *testing.T) {
	const completed, failed = enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED
	scenario := func(name string, w *world, in cutover.Input, ends enums.EventType, during func(context.Context, client.Client, string) error) history.Scenario {
		return history.Scenario{Name: name, Workflow: cutover.CutoverWorkflow, Queue: cutover.Queue, Input: in, Ends: ends, Register: w.register, During: during}
	}
	ill, unmigrated, watching, stuck := newWorld(), newWorld(), newWorld(), newWorld()
	ill.ill, watching.hold = 5, true
	unmigrated.failing["migrate"] = domain.Errorf(domain.Conflict, "made.wrong", "it cannot be")
	stuck.failing["stop blue"] = domain.Errorf(domain.Conflict, "made.wrong", "it cannot be")
	approved, once := fast, fast
	approved.Approve, once.AtOnce = true, true
	history.Test(t, cutover.Define, []history.Scenario{
		scenario("cutover-completed", newWorld(), fast, completed, nil),
		scenario("cutover-approved", newWorld(), approved, completed, approving),
		scenario("cutover-at-once", newWorld(), once, completed, nil),
		scenario("cutover-old-stays", stuck, fast, completed, nil),
		scenario("cutover-unwell", ill, fast, failed, nil),
		scenario("cutover-not-migrated", unmigrated, fast, failed, nil),
		scenario("cutover-aborted", watching, fast, failed, history.Abort),
		scenario("cutover-failed-input", newWorld(), cutover.Input{}, failed, nil),
	})
}
