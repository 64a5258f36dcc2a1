package tenancy_test

import (
	"context"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

const (
	completed = enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
	failed    = enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED
	cancelled = enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED
)

func TestHistories(t *testing.T) {
	again := newWorld()
	again.repeated = true
	inviting := newWorld()
	inviting.hold[tenancy.InviteActivity] = make(chan bool)
	left, always, faulty, resumed := newWorld(), newWorld(), newWorld(), newWorld()
	left.remains, always.remains, faulty.faulty, resumed.removing = 1, forever, true, true
	exporting := newWorld()
	exporting.hold[tenancy.ExportActivity] = make(chan bool)

	onboard := func(name string, w *world, ends enums.EventType) history.Scenario {
		return history.Scenario{Name: name, Workflow: tenancy.OnboardWorkflow, Queue: tenancy.Queue, Input: arrival, Ends: ends, Register: w.register}
	}
	remove := func(name, grace string, w *world, ends enums.EventType) history.Scenario {
		in := departure
		in.Grace = grace
		return history.Scenario{Name: name, Workflow: tenancy.DeleteWorkflow, Queue: tenancy.Queue, Input: in, Ends: ends, Register: w.register}
	}
	with := func(s history.Scenario, change func(*history.Scenario)) history.Scenario {
		change(&s)
		return s
	}
	aborted := func(s *history.Scenario) { s.During = history.Abort }
	empty := func(s *history.Scenario) { s.Input = map[string]any{} }
	history.Test(t, tenancy.Define, []history.Scenario{
		onboard("onboard-completed", newWorld(), completed),
		onboard("onboard-completed-again", again, completed),
		onboard("onboard-completed-after-retry", failing(tenancy.FoundActivity, errBroken, 1), completed),
		onboard("onboard-failed-check", failing(tenancy.CheckActivity, errRefused, forever), failed),
		onboard("onboard-failed-invitation", failing(tenancy.InviteActivity, errRefused, forever), failed),
		with(onboard("onboard-failed-input", newWorld(), failed), empty),
		with(onboard("onboard-aborted", inviting, failed), aborted),

		remove("delete-completed", "0s", newWorld(), completed),
		remove("delete-completed-after-waiting", "2s", newWorld(), completed),
		remove("delete-completed-after-retry", "0s", failing(tenancy.RemoveActivity, errBroken, 1), completed),
		remove("delete-completed-in-two-rounds", "0s", left, completed),
		remove("delete-completed-resumed", "1h", resumed, completed),
		remove("delete-failed-refused", "0s", failing(tenancy.BeginActivity, errRefused, forever), failed),
		remove("delete-failed-export", "0s", failing(tenancy.ExportActivity, errRefused, forever), failed),
		remove("delete-failed-condemned", "0s", failing(tenancy.CondemnActivity, errRefused, forever), failed),
		remove("delete-failed-remains", "0s", always, failed),
		remove("delete-failed-chain", "0s", faulty, failed),
		remove("delete-failed-grace", "a week", newWorld(), failed),
		with(remove("delete-failed-input", "", newWorld(), failed), empty),
		with(remove("delete-aborted", "1h", newWorld(), failed), aborted),
		with(remove("delete-aborted-export", "0s", exporting, failed), aborted),
		with(remove("delete-cancelled", "1h", newWorld(), cancelled), func(s *history.Scenario) { s.During = cancel }),
	})
}

// cancel lets a run get under way and cancels it.
func cancel(ctx context.Context, c client.Client, id string) error {
	time.Sleep(2 * time.Second)
	return c.CancelWorkflow(ctx, id, "")
}
