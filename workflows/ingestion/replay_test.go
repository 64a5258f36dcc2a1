package ingestion_test

import (
	"testing"

	enums "go.temporal.io/api/enums/v1"

	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

func TestHistories(t *testing.T) {
	quiet := newWorld(3)
	for _, e := range quiet.editions {
		quiet.loaded[e.Locator] = e.Fingerprint
	}
	partly := newWorld(4)
	partly.broken[partly.editions[1].Locator] = errInvalid
	failing := newWorld(2)
	for _, e := range failing.editions {
		failing.broken[e.Locator] = errInvalid
	}
	waiting := newWorld(10)
	waiting.hold = make(chan struct{})
	season := ingestion.Edition{Source: "made", Competition: "serie-a", Season: "2021-22", Locator: "x.csv"}

	parent := func(name string, w *world, ends enums.EventType) history.Scenario {
		return history.Scenario{
			Name: name, Workflow: ingestion.IngestWorkflow, Queue: ingestion.Queue, Input: ingestion.Input{},
			Ends: ends, Register: w.register,
		}
	}
	child := func(name string, in ingestion.Edition, w *world, ends enums.EventType) history.Scenario {
		return history.Scenario{
			Name: name, Workflow: ingestion.IngestSeasonWorkflow, Queue: ingestion.Queue, Input: in,
			Ends: ends, Register: w.register,
		}
	}
	aborted := func(s history.Scenario) history.Scenario {
		s.During = history.Abort
		return s
	}
	history.Test(t, ingestion.Define, []history.Scenario{
		parent("ingest-completed", newWorld(3), enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		parent("ingest-completed-unchanged", quiet, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		parent("ingest-completed-partly", partly, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		parent("ingest-failed", failing, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		parent("ingest-continued-as-new", newWorld(16), enums.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW),
		aborted(parent("ingest-aborted", waiting, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)),
		child("season-completed", season, newWorld(0), enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		child("season-failed", ingestion.Edition{Source: "other", Competition: "serie-a", Season: "2021-22", Locator: "x"},
			newWorld(0), enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		child("season-failed-input", ingestion.Edition{}, newWorld(0), enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		aborted(child("season-aborted", season, waiting, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)),
	})
}
