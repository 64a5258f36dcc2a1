package restore_test

import (
	"context"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/restore"
)

// approving waits until the run asks, and approves.
func approving(step string) func(context.Context, client.Client, string) error {
	return func(ctx context.Context, c client.Client, id string) error {
		for {
			var asked process.Approvals
			value, err := c.QueryWorkflow(ctx, id, "", process.ApprovalQuery)
			if err == nil && value.Get(&asked) == nil && asked.Step == step {
				break
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			time.Sleep(100 * time.Millisecond)
		}
		_, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
			WorkflowID: id, UpdateName: process.ApproveUpdate, Args: []any{approval(step, "good")}, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		return err
	}
}

func TestHistories(t *testing.T) {
	ask := restore.Input{Backup: "latest", Reason: "a faulty import"}
	scenario := func(name string, w *world, in restore.Input, ends enums.EventType, during func(context.Context, client.Client, string) error) history.Scenario {
		return history.Scenario{Name: name, Workflow: restore.RestoreWorkflow, Queue: restore.Queue, Input: in, Ends: ends, Register: w.register, During: during}
	}
	system := func(name string, w *world, in restore.SystemInput, ends enums.EventType, during func(context.Context, client.Client, string) error) history.Scenario {
		return history.Scenario{Name: name, Workflow: restore.SystemWorkflow, Queue: restore.Queue, Input: in, Ends: ends, Register: w.register, During: during}
	}
	sick, unready := newWorld(t), newWorld(t)
	sick.faults = []string{"no answer"}
	unready.failing["ready"] = domain.Errorf(domain.Conflict, "made.wrong", "it cannot be")
	differing := newWorld(t)
	differing.loses = true
	undone, confirmed := newWorld(t), newWorld(t)
	for _, w := range []*world{undone, confirmed} {
		w.databases["football_before_restorei"] = 5
	}
	const completed, failed = enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED
	history.Test(t, restore.Define, []history.Scenario{
		scenario("restore-completed", newWorld(t), ask, completed, approving("exchange")),
		scenario("restore-differs", differing, ask, failed, nil),
		scenario("restore-failed-input", newWorld(t), restore.Input{}, failed, nil),
		scenario("restore-aborted", newWorld(t), ask, failed, history.Abort),
		scenario("restore-undone", undone, restore.Input{Undo: "restore-i"}, completed, nil),
		scenario("restore-undo-failed", newWorld(t), restore.Input{Undo: "restore-i"}, failed, nil),
		system("system-completed", newWorld(t), wholeSystem, completed, approving("exchange")),
		system("system-backed-out", sick, wholeSystem, failed, approving("exchange")),
		system("system-unready", unready, wholeSystem, failed, nil),
		system("system-failed-input", newWorld(t), restore.SystemInput{}, failed, nil),
		system("system-aborted", newWorld(t), wholeSystem, failed, history.Abort),
		scenario("restore-confirmed", confirmed, restore.Input{Confirm: "restore-i"}, completed, approving("confirm")),
	})
}
