package incident_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/workflows/incident"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// moment is something that happens at a time of the night.
type moment struct {
	at time.Duration
	do func(*world)
}

func hears(a responding.Alert) func(*world) {
	return func(w *world) { _, _, _ = w.store.Hear(context.Background(), a, w.id(), w.now()) }
}

func changes(change func(*operation.Incident)) func(*world) {
	return func(w *world) {
		open, _ := w.store.Open(context.Background(), "g")
		_, _ = w.store.Change(context.Background(), open[0].ID, func(i *operation.Incident) (operation.IncidentEvent, error) {
			change(i)
			return operation.IncidentEvent{At: w.now(), Kind: "note", Actor: "user:ada", Text: "on it"}, nil
		})
	}
}

func acknowledges(w *world) {
	changes(func(i *operation.Incident) { i.AcknowledgedAt, i.AcknowledgedBy = w.now(), "user:ada" })(w)
}

func resolves(w *world) {
	changes(func(i *operation.Incident) { i.ResolvedAt, i.ResolvedBy = w.now(), "user:ada" })(w)
}

// respond follows the group "g" in a night in which all of that happens, each
// told to the run.
func respond(t *testing.T, w *world, in incident.Input, all ...moment) (incident.Result, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(night)
	env.SetTestTimeout(time.Minute)
	env.SetWorkflowRunTimeout(7 * 24 * time.Hour)
	w.now = env.Now
	w.register(env)
	for _, m := range all {
		env.RegisterDelayedCallback(func() {
			m.do(w)
			env.SignalWorkflow(incident.ChangedSignal, incident.Changed{})
		}, m.at)
	}
	env.ExecuteWorkflow(incident.RespondWorkflow, in)
	var result incident.Result
	if err := env.GetWorkflowError(); err != nil {
		return result, err
	}
	return result, env.GetWorkflowResult(&result)
}

var follow = incident.Input{GroupKey: "g"}

// Contacts are told in their order, each when the time of the one before is
// over; within a second, on the clock of the run.
func TestEscalation(t *testing.T) {
	const p1, p2, p3 = operation.P1, operation.P2, operation.P3
	over := func(s operation.Severity) func(*world) { return hears(alert(s, false)) }
	tests := map[string]struct {
		severity operation.Severity
		during   []moment
		want     []string
	}{
		"nobody answers": {p1, []moment{{131 * time.Minute, over(p1)}}, []string{
			"0s ada [P1] Down", "5m0s bob [P1] Down", "10m0s eve [P1] Down", "1h10m0s eve [P1] Down", "2h10m0s eve [P1] Down", "2h16m0s ada [P1] over",
		}},
		"P2": {p2, []moment{{40 * time.Minute, over(p2)}}, []string{"0s ada [P2] Down", "15m0s bob [P2] Down", "30m0s eve [P2] Down", "45m0s ada [P2] over"}},
		"P3": {p3, []moment{{90 * time.Minute, over(p3)}}, []string{"0s ada [P3] Down", "1h0m0s bob [P3] Down", "1h35m0s ada [P3] over"}},
		"acknowledging stops it, and reminds once": {p1, []moment{{7 * time.Minute, acknowledges}, {3 * time.Hour, over(p1)}}, []string{
			"0s ada [P1] Down", "5m0s bob [P1] Down", "15m0s ada [P1] goes on for longer than 15m0s", "3h5m0s ada [P1] over",
		}},
		"acknowledged in time": {p1, []moment{{2 * time.Minute, acknowledges}, {8 * time.Minute, over(p1)}}, []string{"0s ada [P1] Down", "13m0s ada [P1] over"}},
		"it fires again while it is watched": {p1, []moment{
			{2 * time.Minute, acknowledges}, {4 * time.Minute, over(p1)}, {8 * time.Minute, hears(alert(p1, true))}, {10 * time.Minute, over(p1)},
		}, []string{"0s ada [P1] Down", "15m0s ada [P1] over"}},
		"called resolved while it goes on": {p1, []moment{{2 * time.Minute, acknowledges}, {3 * time.Minute, resolves}, {25 * time.Minute, over(p1)}}, []string{
			"0s ada [P1] Down", "18m0s ada [P1] goes on for longer than 15m0s", "30m0s ada [P1] over",
		}},
		"it gets worse": {p3, []moment{{10 * time.Minute, changes(func(i *operation.Incident) { i.Severity = p1 })}, {12 * time.Minute, over(p1)}}, []string{
			"0s ada [P3] Down", "10m0s bob [P1] Down", "10m0s eve [P1] Down", "17m0s ada [P1] over",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			hears(alert(tt.severity, true))(w)
			result, err := respond(t, w, follow, tt.during...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, w.mails); diff != "" {
				t.Error(diff)
			}
			if open, _ := w.store.Open(t.Context(), ""); len(open) > 0 || result.Incident != "incident-1" || len(w.store.Reports()) != 1 {
				t.Errorf("%d are open; %+v", len(open), result)
			}
		})
	}
}

// Nothing closes while whoever raised the alert still has it.
func TestTheEffectIsVerified(t *testing.T) {
	w := newWorld()
	hears(alert(operation.P1, true))(w)
	w.firing = true
	if _, err := respond(t, w, follow, moment{time.Minute, hears(alert(operation.P1, false))}, moment{20 * time.Minute, func(w *world) {
		if open, _ := w.store.Open(t.Context(), ""); len(open) != 1 || open[0].Status() != "open" {
			t.Errorf("after twenty minutes: %+v", open)
		}
		w.firing = false
		hears(alert(operation.P1, false))(w)
	}}); err != nil {
		t.Fatal(err)
	}
	events, _ := w.store.Timeline(t.Context(), "incident-1")
	if last := events[len(events)-1]; last.Kind != "closed" || last.At.Before(night.Add(25*time.Minute)) {
		t.Errorf("%+v", last)
	}
}

// While nobody can be told the incident goes on to the next contact, and says so.
func TestNobodyCanBeTold(t *testing.T) {
	w := newWorld()
	hears(alert(operation.P1, true))(w)
	w.deaf = true
	if _, err := respond(t, w, follow, moment{time.Hour, hears(alert(operation.P1, false))}); err != nil {
		t.Fatal(err)
	}
	events, _ := w.store.Timeline(t.Context(), "incident-1")
	told := 0
	for _, e := range events {
		if strings.HasPrefix(e.Text, "could not tell ") {
			told++
		}
	}
	if told < 3 || len(w.mails) > 0 {
		t.Errorf("told %d in vain, mails %v", told, w.mails)
	}
}

// While the store is away an alert is kept in the run, and nothing is lost.
func TestTheStoreIsAway(t *testing.T) {
	w := newWorld()
	w.store.SetAway(true)
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(night)
	env.SetTestTimeout(time.Minute)
	w.now = env.Now
	w.register(env)
	firing, over := alert(operation.P1, true), alert(operation.P1, false)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(incident.ChangedSignal, incident.Changed{Alert: &firing}) }, 0)
	env.RegisterDelayedCallback(func() { w.store.SetAway(false) }, 40*time.Minute)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(incident.ChangedSignal, incident.Changed{Alert: &over}) }, 60*time.Minute)
	env.ExecuteWorkflow(incident.RespondWorkflow, follow)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if len(w.store.Reports()) != 1 || len(w.mails) == 0 {
		t.Errorf("reports %v, mails %v", w.store.Reports(), w.mails)
	}
}

func TestWhatThereIsNot(t *testing.T) {
	if _, err := respond(t, newWorld(), incident.Input{}); err == nil || !strings.Contains(err.Error(), "the input lacks the field group_key") {
		t.Errorf("error %v", err)
	}
	if result, err := respond(t, newWorld(), follow); err != nil || result.Incident != "" {
		t.Errorf("%+v, %v", result, err)
	}
	w := newWorld()
	hears(alert(operation.P2, true))(w)
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(night)
	w.now = env.Now
	w.register(env)
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "abort", answer{}, process.AbortRequest{Reason: "by mistake"})
	}, time.Minute)
	env.ExecuteWorkflow(incident.RespondWorkflow, follow)
	if err := env.GetWorkflowError(); !process.HasType(err, process.Aborted) {
		t.Errorf("error %v", err)
	}
}

// answer takes what becomes of an update.
type answer struct{}

func (answer) Accept()             {}
func (answer) Reject(error)        {}
func (answer) Complete(any, error) {}

// The next incident of the group begins when the first is over and its run is
// not: the run goes on as a new one.
func TestTheNextIncidentOfAGroup(t *testing.T) {
	w := newWorld()
	hears(alert(operation.P1, true))(w)
	_, err := respond(t, w, follow, moment{time.Minute, hears(alert(operation.P1, false))}, moment{6*time.Minute - time.Millisecond, func(w *world) {
		open, _ := w.store.Open(t.Context(), "g")
		if len(open) == 1 { // as if it were closed in this instant
			_, _ = w.store.Change(t.Context(), open[0].ID, func(i *operation.Incident) (operation.IncidentEvent, error) {
				i.ClosedAt = w.now()
				return operation.IncidentEvent{}, nil
			})
		}
		hears(alert(operation.P1, true))(w)
	}})
	var on *workflow.ContinueAsNewError
	if !errors.As(err, &on) || on.WorkflowType.Name != incident.RespondWorkflow {
		t.Errorf("error %v", err)
	}
}
