package incident_test

import (
	"context"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/incident"
)

// later hears of an alert's end, so long ago that it has stayed quiet since.
func later(w *world, s operation.Severity) func(context.Context, client.Client, string) error {
	return func(ctx context.Context, c client.Client, id string) error {
		time.Sleep(2 * time.Second)
		if _, _, err := w.store.Hear(ctx, alert(s, false), "", night.Add(-time.Hour)); err != nil {
			return err
		}
		return c.SignalWorkflow(ctx, id, "", incident.ChangedSignal, incident.Changed{})
	}
}

func TestHistories(t *testing.T) {
	const completed, failed = enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED
	scenario := func(name string, w *world, in incident.Input, ends enums.EventType, during func(context.Context, client.Client, string) error) history.Scenario {
		return history.Scenario{Name: name, Workflow: incident.RespondWorkflow, Queue: incident.Queue, Input: in, Ends: ends, Register: w.register, During: during}
	}
	told, waiting, aborted := newWorld(), newWorld(), newWorld()
	for _, w := range []*world{told, aborted} {
		hears(alert(operation.P1, true))(w)
	}
	hears(alert(operation.P2, true))(waiting)
	acknowledges(waiting)
	changes(func(i *operation.Incident) { i.Told, i.Reminded = 1, night })(waiting)
	history.Test(t, incident.Define, []history.Scenario{
		scenario("incident-told-and-over", told, follow, completed, later(told, operation.P1)),
		scenario("incident-waited-for-people", waiting, follow, completed, later(waiting, operation.P2)),
		scenario("incident-none", newWorld(), follow, completed, nil),
		scenario("incident-failed-input", newWorld(), incident.Input{}, failed, nil),
		scenario("incident-aborted", aborted, follow, failed, history.Abort),
	})
}
