package retraining_test

import (
	"testing"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

func TestHistories(t *testing.T) {
	empty := newWorld()
	empty.reports = nil
	untrainable := newWorld()
	untrainable.results = nil
	waiting := newWorld()
	waiting.reading = make(chan struct{})
	standing := newWorld()
	unbeaten := modelOf(t, standing)
	repeated := newWorld()
	repeated.failing[forecast.Default] = 1

	scenario := func(name string, w *world, ends enums.EventType) history.Scenario {
		return history.Scenario{
			Name: name, Workflow: retraining.RetrainWorkflow, Queue: retraining.Queue, Input: retraining.Input{},
			Ends: ends, Register: func(r worker.Registry) { w.register(r) },
		}
	}
	aborted := scenario("retrain-aborted", waiting, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
	aborted.During = history.Abort
	kept := scenario("retrain-completed-champion-stays", unbeaten, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
	kept.Input = retraining.Input{Models: []string{forecast.BaseRates}}
	history.Test(t, retraining.Define, []history.Scenario{
		scenario("retrain-completed", newWorld(), enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		scenario("retrain-completed-after-retry", repeated, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		kept,
		scenario("retrain-failed-gate", empty, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		scenario("retrain-failed-training", untrainable, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		aborted,
	})
}

// modelOf gives w a champion that base rates do not beat.
func modelOf(t *testing.T, w *world) *world {
	t.Helper()
	if _, err := retrain(t, w, retraining.Input{Models: []string{forecast.Default}}); err != nil {
		t.Fatal(err)
	}
	return w
}
