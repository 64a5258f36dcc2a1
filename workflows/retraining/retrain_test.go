package retraining_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

func environment() *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(today)
	env.SetTestTimeout(time.Minute)
	return env
}

func retrain(t *testing.T, w *world, in retraining.Input) (retraining.Result, error) {
	t.Helper()
	env := environment()
	w.register(env)
	env.ExecuteWorkflow(retraining.RetrainWorkflow, in)
	var result retraining.Result
	if err := env.GetWorkflowError(); err != nil {
		return result, err
	}
	return result, env.GetWorkflowResult(&result)
}

func TestRetrainFindsTheFirstChampion(t *testing.T) {
	w := newWorld()
	got, err := retrain(t, w, retraining.Input{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Models) != 2 || got.Models[0].Model != forecast.Default {
		t.Fatalf("trained %+v, want every model but the yardstick, the recommended first", got.Models)
	}
	best := got.Models[0]
	if got.Models[1].Evaluation.RPS < best.Evaluation.RPS {
		best = got.Models[1]
	}
	if !best.Promoted || got.Promoted != best.Version || w.champion != best.Version {
		t.Errorf("champion %q of %+v", w.champion, got.Models)
	}
	if diff := cmp.Diff([]string{best.Version}, w.promoted); diff != "" {
		t.Errorf("promotions in one run: %s", diff)
	}
	if diff := cmp.Diff([]string{"serie-b 0.500"}, got.Unfit); diff != "" {
		t.Error(diff)
	}
	if len(w.left) != 1 {
		t.Errorf("errands after a promotion: %v", w.left)
	}
	if best.Evaluation.Matches == 0 || best.Evaluation.RPS >= best.Evaluation.BaselineRPS {
		t.Errorf("evaluation %+v", best.Evaluation)
	}
}

func TestRetrainRepeatsAnAttemptWithoutASecondModel(t *testing.T) {
	w := newWorld()
	w.failing[forecast.Default] = 2
	got, err := retrain(t, w, retraining.Input{Models: []string{forecast.Default}, SkipForecasts: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.models) != 1 || len(got.Models) != 1 {
		t.Errorf("%d models in the registry, result %+v", len(w.models), got)
	}
	if w.left != nil {
		t.Errorf("it started %v", w.left)
	}
}

func TestRetrainRefuses(t *testing.T) {
	half := map[quality.Rule]int{quality.UnreadableRow: 50}
	tests := map[string]struct {
		in      retraining.Input
		reports []quality.Report
		results bool
		code    string
		says    string
	}{
		"data of poor quality":       {reports: []quality.Report{{Competition: "serie-a", Rows: 100, Broken: half}}, results: true, code: "quality.gate", says: "serie-a 0.500"},
		"no data":                    {reports: nil, code: "quality.gate", says: "ingest first"},
		"an unfit competition":       {in: retraining.Input{Competitions: []string{"serie-b"}}, reports: newWorld().reports, results: true, code: "quality.gate", says: "serie-b"},
		"a competition without data": {in: retraining.Input{Competitions: []string{"serie-a", "moon-league"}}, reports: newWorld().reports, results: true, code: "football.competition", says: "moon-league"},
		"an unknown model":           {in: retraining.Input{Models: []string{"crystal-ball"}}, reports: newWorld().reports, results: true, code: "forecast.model", says: "score-driven"},
		"no results":                 {reports: newWorld().reports[:1], code: "retraining.nothing", says: "no results to train on"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.reports = test.reports
			if !test.results {
				w.results = nil
			}
			_, err := retrain(t, w, test.in)
			var app *temporal.ApplicationError
			if !errors.As(err, &app) || !app.NonRetryable() || app.Type() != test.code || !strings.Contains(app.Message(), test.says) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// made are activities whose evaluations a test decides.
type made struct {
	rps      map[string]float64 // by model; a model without one cannot be trained
	decided  []string
	decision retraining.Decision
}

func (m *made) run(t *testing.T, in retraining.Input) (retraining.Result, error) {
	t.Helper()
	env := environment()
	w := newWorld()
	retraining.Define(env)
	w.registerErrand(env)
	name := func(n string) activity.RegisterOptions { return activity.RegisterOptions{Name: n} }
	env.RegisterActivityWithOptions(w.activities().Gate, name(retraining.GateActivity))
	env.RegisterActivityWithOptions(func(_ context.Context, r retraining.TrainRequest) (retraining.Trained, error) {
		if _, ok := m.rps[r.Model]; !ok {
			return retraining.Trained{}, process.Classify(modelling.ErrNoResults)
		}
		return retraining.Trained{Version: r.Model}, nil
	}, name(retraining.TrainActivity))
	env.RegisterActivityWithOptions(func(_ context.Context, r retraining.EvaluateRequest) (retraining.Evaluation, error) {
		return retraining.Evaluation{Matches: 10, RPS: m.rps[r.Version]}, nil
	}, name(retraining.EvaluateActivity))
	env.RegisterActivityWithOptions(func(_ context.Context, r retraining.DecideRequest) (retraining.Decision, error) {
		m.decided = append(m.decided, r.Version)
		return m.decision, nil
	}, name(retraining.DecideActivity))
	env.ExecuteWorkflow(retraining.RetrainWorkflow, in)
	var result retraining.Result
	if err := env.GetWorkflowError(); err != nil {
		return result, err
	}
	return result, env.GetWorkflowResult(&result)
}

func TestOnlyTheBestCandidateIsPutToTheDecision(t *testing.T) {
	tests := map[string]struct {
		rps  map[string]float64
		want string
	}{
		"the recommended is better": {map[string]float64{"score-driven": 0.19, "dixon-coles": 0.20}, "score-driven"},
		"the challenger is better":  {map[string]float64{"score-driven": 0.20, "dixon-coles": 0.19}, "dixon-coles"},
		"equals":                    {map[string]float64{"score-driven": 0.20, "dixon-coles": 0.20}, "score-driven"},
		"one cannot be trained":     {map[string]float64{"dixon-coles": 0.20}, "dixon-coles"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := &made{rps: test.rps, decision: retraining.Decision{Promoted: true, Reason: "Better."}}
			got, err := m.run(t, retraining.Input{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{test.want}, m.decided); diff != "" {
				t.Errorf("decided on: %s", diff)
			}
			if got.Promoted != test.want || len(got.Models)+len(got.Failures) != 2 {
				t.Errorf("result %+v", got)
			}
		})
	}
}

func TestAChampionMayStay(t *testing.T) {
	m := &made{rps: map[string]float64{"score-driven": 0.2, "dixon-coles": 0.3}, decision: retraining.Decision{Reason: "Worse."}}
	got, err := m.run(t, retraining.Input{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Promoted != "" || got.Models[0].Reason != "Worse." || got.Models[1].Reason == "" {
		t.Errorf("result %+v", got)
	}
}

func TestRetrainIsAborted(t *testing.T) {
	w := newWorld()
	w.reading = make(chan struct{}) // never closed: training waits for its data
	env := environment()
	w.register(env)
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "", &answer{}, process.AbortRequest{Reason: "not today"})
	}, time.Second)
	env.ExecuteWorkflow(retraining.RetrainWorkflow, retraining.Input{})
	if err := env.GetWorkflowError(); !process.HasType(err, process.Aborted) || process.Cause(err) != "aborted: not today" {
		t.Errorf("error = %v", err)
	}
	if len(w.models) > 0 {
		t.Errorf("models after an abort: %v", w.models)
	}
}
