package forecasting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/process"
)

func environment(w *world) *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(today)
	env.SetTestTimeout(time.Minute)
	w.register(env)
	return env
}

func run[Out any](t *testing.T, w *world, workflow string, in any) (out Out, err error) {
	t.Helper()
	env := environment(w)
	env.ExecuteWorkflow(workflow, in)
	if err := env.GetWorkflowError(); err != nil {
		return out, err
	}
	return out, env.GetWorkflowResult(&out)
}

func TestPublishForecastsWhatIsComing(t *testing.T) {
	w := newWorld(3)
	for _, want := range []forecasting.Publication{
		{Model: "v1", Fixtures: 3, Changed: 3},
		{Model: "v1", Fixtures: 3}, // the second time nothing is new
	} {
		got, err := run[forecasting.Publication](t, w, forecasting.PublishWorkflow, forecasting.PublishInput{})
		if err != nil {
			t.Fatal(err)
		}
		got.Picks = 0 // whether the untrained model picks is not this test's business
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestPublishWithoutAChampion(t *testing.T) {
	w := newWorld(1)
	w.champion = nil
	_, err := run[forecasting.Publication](t, w, forecasting.PublishWorkflow, forecasting.PublishInput{})
	if !process.HasType(err, modelling.ErrNoChampion.Code) || !strings.Contains(process.Cause(err), "train one first") {
		t.Errorf("error = %v", err)
	}
	got, err := run[forecasting.Publication](t, w, forecasting.PublishWorkflow,
		forecasting.PublishInput{WithoutChampionDoNothing: true})
	if err != nil || got != (forecasting.Publication{}) {
		t.Errorf("told to do nothing it gave %+v, %v", got, err)
	}
}

func TestSettleWhatIsOver(t *testing.T) {
	w := newWorld(2500)
	got, err := run[forecasting.Settled](t, w, forecasting.SettleWorkflow, forecasting.SettleInput{})
	if err != nil || got.Forecasts != 2500 || w.settled != 2500 {
		t.Errorf("settled %+v, %d kept, %v", got, w.settled, err)
	}
}

func TestForecastingOutlivesAnOutage(t *testing.T) {
	tests := map[string]any{forecasting.PublishWorkflow: forecasting.PublishInput{}, forecasting.SettleWorkflow: forecasting.SettleInput{}}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(1)
			w.away = 3
			if _, err := run[any](t, w, name, in); err != nil {
				t.Error(err)
			}
			w.away = 1000
			if _, err := run[any](t, w, name, in); err == nil || !strings.Contains(process.Cause(err), "starting up") {
				t.Errorf("an outage without end gave %v", err)
			}
		})
	}
}

func TestForecastingIsAborted(t *testing.T) {
	tests := map[string]any{forecasting.PublishWorkflow: forecasting.PublishInput{}, forecasting.SettleWorkflow: forecasting.SettleInput{}}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(1)
			w.hold = make(chan struct{}) // never closed
			env := environment(w)
			env.RegisterDelayedCallback(func() {
				env.UpdateWorkflow(process.AbortUpdate, "", answer{}, process.AbortRequest{Reason: "not now"})
			}, time.Second)
			env.ExecuteWorkflow(name, in)
			if err := env.GetWorkflowError(); !process.HasType(err, process.Aborted) {
				t.Errorf("error = %v", err)
			}
			if len(w.published) > 0 || w.settled > 0 {
				t.Error("it went on after the abort")
			}
		})
	}
}
