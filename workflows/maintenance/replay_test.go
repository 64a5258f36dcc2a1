package maintenance_test

import (
	"context"
	"errors"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
)

func TestHistories(t *testing.T) {
	away, repeated, broken, unmailed, waiting, held := newWorld(), newWorld(), newWorld(), newWorld(), newWorld(), newWorld()
	away.away = true
	repeated.lost = 1
	broken.broken = domain.Errorf(domain.Invalid, "made.broken", "the package lists are broken")
	unmailed.nobody = true
	waiting.hold, held.hold = make(chan struct{}), make(chan struct{})

	scenario := func(name string, w *world, in maintenance.Input, ends enums.EventType) history.Scenario {
		return history.Scenario{
			Name: name, Workflow: maintenance.RunWorkflow, Queue: maintenance.Queue, Input: in, Ends: ends, Register: w.register,
		}
	}
	aborted := scenario("maintenance-aborted", waiting, weekly, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
	aborted.During = history.Abort
	canceled := scenario("maintenance-canceled", held, weekly, enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED)
	canceled.During = cancel
	history.Test(t, maintenance.Define, []history.Scenario{
		scenario("maintenance-ok", newWorld(), healthy, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		scenario("maintenance-needs-attention", away, healthy, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		scenario("maintenance-after-retry", repeated, weekly, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		scenario("maintenance-step-failed", broken, weekly, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		scenario("maintenance-not-sent", unmailed, healthy, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		scenario("maintenance-failed-plan", newWorld(), maintenance.Input{Plan: "hourly"}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		aborted, canceled,
	})
}

// cancel cancels a run once it waits in a step.
func cancel(ctx context.Context, c client.Client, id string) error {
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		described, err := c.DescribeWorkflowExecution(ctx, id, "")
		if err != nil {
			return err
		}
		for _, pending := range described.GetPendingActivities() {
			if pending.GetActivityType().GetName() == maintenance.PerformActivity && pending.GetState() == enums.PENDING_ACTIVITY_STATE_STARTED {
				return c.CancelWorkflow(ctx, id, "")
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("no step is under way")
}
