package forecasting_test

import (
	"testing"

	enums "go.temporal.io/api/enums/v1"

	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

func TestHistories(t *testing.T) {
	without := newWorld(1)
	without.champion = nil
	waiting := newWorld(1)
	waiting.hold = make(chan struct{})
	broken := newWorld(1)
	broken.unsettled = nil
	broken.wrong = true

	publish := func(name string, w *world, in forecasting.PublishInput, ends enums.EventType) history.Scenario {
		return history.Scenario{
			Name: name, Workflow: forecasting.PublishWorkflow, Queue: forecasting.Queue, Input: in, Ends: ends, Register: w.register,
		}
	}
	settle := func(name string, w *world, ends enums.EventType) history.Scenario {
		return history.Scenario{
			Name: name, Workflow: forecasting.SettleWorkflow, Queue: forecasting.Queue,
			Input: forecasting.SettleInput{}, Ends: ends, Register: w.register,
		}
	}
	aborted := func(s history.Scenario) history.Scenario {
		s.During = history.Abort
		return s
	}
	quiet := forecasting.PublishInput{WithoutChampionDoNothing: true}
	history.Test(t, forecasting.Define, []history.Scenario{
		publish("publish-completed", newWorld(3), forecasting.PublishInput{}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		publish("publish-completed-without-champion", without, quiet, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		publish("publish-failed", without, forecasting.PublishInput{}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		aborted(publish("publish-aborted", waiting, forecasting.PublishInput{}, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)),
		settle("settle-completed", newWorld(3), enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
		settle("settle-failed", broken, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
		aborted(settle("settle-aborted", waiting, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)),
	})
}
