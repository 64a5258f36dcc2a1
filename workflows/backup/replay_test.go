package backup_test

import (
	"testing"

	enums "go.temporal.io/api/enums/v1"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/backup"
)

func TestHistories(t *testing.T) {
	both := func() *world { return newWorld(t, operation.Database, operation.Application) }
	broken := both()
	broken.engines[0].loses = true
	failing := both()
	failing.engines[0].failing, failing.engines[0].failure = "capture", domain.Errorf(domain.Forbidden, "made.wrong", "no")
	waiting := both()
	waiting.engines[0].hold = make(chan struct{})
	scenario := func(name string, w *world, in backup.Input, ends enums.EventType) history.Scenario {
		return history.Scenario{Name: name, Workflow: backup.BackupWorkflow, Queue: backup.Queue, Input: in, Ends: ends, Register: w.register}
	}
	aborted := scenario("backup-aborted", waiting, backup.Input{}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
	aborted.During = history.Abort
	history.Test(t, backup.Define, []history.Scenario{
		scenario("backup-completed", both(), backup.Input{}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		scenario("backup-broken", broken, backup.Input{}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		scenario("backup-failed", failing, backup.Input{}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		scenario("backup-failed-input", both(), backup.Input{Kinds: []string{"disk"}}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		aborted,
	})
}
