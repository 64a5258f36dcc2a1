package temporal

import (
	"cmp"
	"slices"
	"strings"

	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/cutover"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/incident"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
	"github.com/football-prediction/football-prediction/workflows/restore"
	"github.com/football-prediction/football-prediction/workflows/retraining"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

// queues leads from each workflow type to the task queue it runs on.
var queues = map[string]string{
	ingestion.IngestWorkflow:       ingestion.Queue,
	ingestion.IngestSeasonWorkflow: ingestion.Queue,
	retraining.RetrainWorkflow:     retraining.Queue,
	forecasting.PublishWorkflow:    forecasting.Queue,
	forecasting.SettleWorkflow:     forecasting.Queue,
	tenancy.OnboardWorkflow:        tenancy.Queue,
	tenancy.DeleteWorkflow:         tenancy.Queue,
	backup.BackupWorkflow:          backup.Queue,
	restore.RestoreWorkflow:        restore.Queue,
	restore.SystemWorkflow:         restore.Queue,
	maintenance.RunWorkflow:        maintenance.Queue,
	incident.RespondWorkflow:       incident.Queue,
	cutover.CutoverWorkflow:        cutover.Queue,
}

// Define adds every workflow to a worker or a replayer, without activities.
func Define(r worker.WorkflowRegistry) {
	ingestion.Define(r)
	retraining.Define(r)
	forecasting.Define(r)
	tenancy.Define(r)
	backup.Define(r)
	restore.Define(r)
	maintenance.Define(r)
	incident.Define(r)
	cutover.Define(r)
}

// Types lists the workflow types in order of their queue and name.
func Types() []string {
	types := make([]string, 0, len(queues))
	for name := range queues {
		types = append(types, name)
	}
	slices.SortFunc(types, func(a, b string) int {
		return cmp.Or(cmp.Compare(queues[a], queues[b]), cmp.Compare(a, b))
	})
	return types
}

// Queues lists the task queues in order.
func Queues() []string {
	var names []string
	for _, name := range queues {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// QueueOf is the task queue that a workflow type runs on.
func QueueOf(workflow string) (string, error) {
	queue, ok := queues[workflow]
	if !ok {
		return "", domain.Errorf(domain.Invalid, "temporal.workflow",
			"no workflow is called %q; there are %s", workflow, strings.Join(Types(), ", "))
	}
	return queue, nil
}

// Serves reports whether this build has a workflow.
func Serves(workflow string) bool {
	_, ok := queues[workflow]
	return ok
}
