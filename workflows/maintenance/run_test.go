package maintenance_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
	"github.com/football-prediction/football-prediction/workflows/process"
)

func environment() *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(today)
	env.SetTestTimeout(time.Minute)
	return env
}

func run(t *testing.T, w *world, in maintenance.Input) (maintenance.Result, error) {
	t.Helper()
	env := environment()
	w.register(env)
	env.ExecuteWorkflow(maintenance.RunWorkflow, in)
	var result maintenance.Result
	if err := env.GetWorkflowError(); err != nil {
		return result, err
	}
	return result, env.GetWorkflowResult(&result)
}

// However a step ends, the others are taken, the report is kept and sent.
func TestStepsEndEachInItsOwnWay(t *testing.T) {
	broken := domain.Errorf(domain.Internal, "made.broken", "the disk is full")
	tests := map[string]struct {
		set     func(*world)
		in      maintenance.Input
		outcome operation.Verdict
		steps   string
	}{
		"all is well":          {func(*world) {}, healthy, operation.Fine, "health ok"},
		"something is away":    {func(w *world) { w.away = true }, healthy, operation.Attention, "health needs_attention"},
		"an attempt is lost":   {func(w *world) { w.lost = 3 }, weekly, operation.Fine, "logs skipped, updates ok"},
		"a step fails":         {func(w *world) { w.broken = broken }, weekly, operation.Failing, "logs skipped, updates failed"},
		"one that cannot pass": {func(w *world) { w.broken = domain.Errorf(domain.Invalid, "made.wrong", "no") }, weekly, operation.Failing, "logs skipped, updates failed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			test.set(w)
			got, err := run(t, w, test.in)
			if err != nil {
				t.Fatal(err)
			}
			var steps []string
			for _, s := range got.Steps {
				steps = append(steps, s.Step+" "+s.Verdict)
			}
			report := w.only()
			if all := strings.Join(steps, ", "); all != test.steps || got.Outcome != string(test.outcome) || report.Outcome != test.outcome {
				t.Errorf("outcome %s, kept %s, steps %s", got.Outcome, report.Outcome, all)
			}
			if len(report.Results) != len(got.Steps) || got.Sent != 2 || len(w.mails) != 2 || report.Sent != 2 {
				t.Errorf("%d results kept; sent to %d by %d mails", len(report.Results), got.Sent, len(w.mails))
			}
			if m := w.mails[0]; !strings.Contains(m.Body, "maintenance show report-1") || len(m.Attachments) != 1 || string(m.Attachments[0].Content) != "<html>report-1" {
				t.Errorf("the mail is %+v", m)
			}
		})
	}
}

func TestWithoutInputTheDailyPlanIsTaken(t *testing.T) {
	w := newWorld()
	env := environment()
	maintenance.Define(env)
	name := func(n string) activity.RegisterOptions { return activity.RegisterOptions{Name: n} }
	activities := w.activities()
	env.RegisterActivityWithOptions(activities.Begin, name(maintenance.BeginActivity))
	env.RegisterActivityWithOptions(activities.Conclude, name(maintenance.ConcludeActivity))
	env.RegisterActivityWithOptions(activities.Send, name(maintenance.SendActivity))
	var taken []string
	env.RegisterActivityWithOptions(func(_ context.Context, r maintenance.PerformRequest) (maintenance.Done, error) {
		taken = append(taken, r.Step)
		return maintenance.Done{Step: r.Step, Verdict: "ok"}, nil
	}, name(maintenance.PerformActivity))
	env.ExecuteWorkflow(maintenance.RunWorkflow, struct{}{})
	var want []string
	for _, s := range operation.Checklist(operation.Daily) {
		want = append(want, s.Name)
	}
	if err := env.GetWorkflowError(); err != nil || !slices.Equal(taken, want) {
		t.Errorf("it took %v, %v", taken, err)
	}
}

func TestRunFailsWithoutAPlan(t *testing.T) {
	tests := map[string]struct {
		in         maintenance.Input
		code, says string
	}{
		"no such plan":            {maintenance.Input{Plan: "hourly"}, "maintenance.plan", "daily, weekly or monthly"},
		"no such step":            {maintenance.Input{Steps: []string{"dance"}}, "maintenance.step", "health"},
		"a step of another plan":  {maintenance.Input{Plan: "monthly", Steps: []string{"health"}}, "maintenance.step", "reindex"},
		"reports cannot be begun": {healthy, "made.away", "begin"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			if test.code == "made.away" {
				w.unkept = domain.Errorf(domain.Invalid, "made.away", "away")
			}
			_, err := run(t, w, test.in)
			var app *temporal.ApplicationError
			if !errors.As(err, &app) || !app.NonRetryable() || app.Type() != test.code || !strings.Contains(app.Message(), test.says) {
				t.Errorf("error = %v", err)
			}
			if len(w.mails) > 0 {
				t.Error("something was sent")
			}
		})
	}
}

func TestWhoCannotBeReachedHoldsNothingUp(t *testing.T) {
	tests := map[string]func(*world){
		"the mail server is away": func(w *world) { w.unmailed = errors.New("connection refused") },
		"there is nobody":         func(w *world) { w.nobody = true },
	}
	for name, set := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			set(w)
			got, err := run(t, w, healthy)
			if err != nil || got.Outcome != "ok" || got.Sent != 0 || got.Unsent == "" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestAnAbortedRunEndsItsReport(t *testing.T) {
	w := newWorld()
	w.hold = make(chan struct{}) // never closed
	env := environment()
	w.register(env)
	var progress converter.EncodedValue
	env.RegisterDelayedCallback(func() {
		progress, _ = env.QueryWorkflow(process.ProgressQuery)
		env.UpdateWorkflow(process.AbortUpdate, "", &answer{}, process.AbortRequest{Reason: "not today"})
	}, time.Second)
	env.ExecuteWorkflow(maintenance.RunWorkflow, weekly)
	if err := env.GetWorkflowError(); !process.HasType(err, process.Aborted) {
		t.Errorf("error = %v", err)
	}
	var at process.Progress
	if err := progress.Get(&at); err != nil || at.Step != "steps" || at.Done != 1 || at.Total != 2 || at.Message != "System updates." {
		t.Errorf("progress %+v, %v", at, err)
	}
	report := w.only()
	if report.Ended.IsZero() || report.Outcome != operation.Failing || report.Aborted != "aborted: not today" || len(report.Results) != 1 {
		t.Errorf("the report is %+v", report)
	}
}
