package restore_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/restore"
)

var errNone = errors.New("no answer")

func approval(step, signature string) process.ApprovalRequest {
	return process.ApprovalRequest{
		Operation: "o", WorkflowID: "w", RunID: "r", Step: step, Action: operation.Approve, Actor: "user:ada", TenantID: "t",
		At: today, Nonce: "n" + signature, Signature: []byte(signature),
	}
}

// verdict takes what becomes of an update.
type verdict struct{ err *error }

func (v verdict) Accept()                 {}
func (v verdict) Reject(err error)        { *v.err = err }
func (v verdict) Complete(_ any, e error) { *v.err = e }

// run restores, and does at the first question what answer says.
func run(t *testing.T, w *world, in restore.Input, answer func(env *testsuite.TestWorkflowEnvironment)) (restore.Result, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(today)
	env.SetTestTimeout(time.Minute)
	w.register(env)
	if answer != nil {
		env.RegisterDelayedCallback(func() { answer(env) }, 10*time.Minute)
	}
	env.ExecuteWorkflow(restore.RestoreWorkflow, in)
	var result restore.Result
	if err := env.GetWorkflowError(); err != nil {
		return result, err
	}
	return result, env.GetWorkflowResult(&result)
}

func approve(step string) func(*testsuite.TestWorkflowEnvironment) {
	return func(env *testsuite.TestWorkflowEnvironment) {
		var ignored error
		env.UpdateWorkflow(process.ApproveUpdate, "approve", verdict{&ignored}, approval(step, "good"))
	}
}

func TestRestoreWaitsForApprovalAndCanBeUndone(t *testing.T) {
	w := newWorld(t)
	bare, forged := errNone, errNone
	got, err := run(t, w, restore.Input{Backup: "latest", Reason: "a faulty import"}, func(env *testsuite.TestWorkflowEnvironment) {
		if w.exchanged > 0 {
			t.Error("it did not wait")
		}
		env.UpdateWorkflow(process.ApproveUpdate, "bare", verdict{&bare}, map[string]any{})
		env.UpdateWorkflow(process.ApproveUpdate, "forged", verdict{&forged}, approval("exchange", "forged"))
		env.RegisterDelayedCallback(func() { approve("exchange")(env) }, time.Minute)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, refused := range []error{bare, forged} {
		if refused == nil || errors.Is(refused, errNone) {
			t.Errorf("a worthless approval was answered with %v", refused)
		}
	}
	want := restore.Result{
		ID: "restore-i", Backup: "good", Moment: today.Add(-6 * time.Hour), ApprovedBy: []string{"user:ada"}, RestoreSeconds: 1,
		Lost: []restore.Run{{Workflow: "Ingest", ID: "ingest", EndedAt: today.Add(-time.Hour)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int64{live: 3, "football_before_restorei": 5}, w.databases); diff != "" {
		t.Error(diff)
	}
	if w.holder != "" || w.events[len(w.events)-1] != "database.restored" {
		t.Errorf("held by %q, recorded %v", w.holder, w.events)
	}

	if _, err := run(t, w, restore.Input{Undo: "restore-i"}, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{live: 5, "football_restored_restorei": 3}, w.databases); diff != "" {
		t.Error(diff)
	}
	if w.at("void until 09:00:00") < 0 {
		t.Errorf("the claim of the first restore is left in the former database: %v", w.deeds)
	}
	if _, err := run(t, w, restore.Input{Undo: "restore-i"}, nil); err == nil || !strings.Contains(err.Error(), "confirmed, undone, or never made") {
		t.Errorf("undoing twice: %v", err)
	}
}

func TestConfirmingTakesTwo(t *testing.T) {
	w := newWorld(t)
	if _, err := run(t, w, restore.Input{Backup: "good", Reason: "a faulty import"}, approve("exchange")); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, w, restore.Input{Confirm: "restore-i"}, nil); err == nil || !strings.Contains(err.Error(), "nobody approved") {
		t.Errorf("without an approval: %v", err)
	}
	if len(w.names()) != 2 {
		t.Errorf("there are %v", w.names())
	}
	if _, err := run(t, w, restore.Input{Confirm: "restore-i"}, approve("confirm")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{live}, w.names()); diff != "" {
		t.Error(diff)
	}
}

// Whatever goes wrong before the exchange changes nothing and leaves nothing.
func TestNothingIsLeftOfARestoreThatFails(t *testing.T) {
	wrong := domain.Errorf(domain.Conflict, "made.wrong", "it cannot be")
	at := today.Add(-time.Hour)
	tests := map[string]struct {
		spoil  func(*world)
		in     restore.Input
		answer func(*testsuite.TestWorkflowEnvironment)
		says   string
	}{
		"nothing is named":                 {in: restore.Input{}, says: "the input lacks the field backup (or at, undo or confirm in its place)"},
		"two things are named":             {in: restore.Input{Backup: "good", Undo: "x"}, says: "more than one of backup, at, undo and confirm"},
		"no reason":                        {in: restore.Input{Backup: "good"}, says: "the input lacks the field reason"},
		"a backup that there is not":       {in: restore.Input{Backup: "bad", Reason: "why"}, says: "there is no backup of that id"},
		"a moment where there are none":    {in: restore.Input{At: &at, Reason: "why"}, says: "only the moments of backups"},
		"what is restored differs":         {spoil: func(w *world) { w.loses = true }, in: restore.Input{Backup: "good", Reason: "why"}, says: "rows has 2 rows and had 3"},
		"restoring fails":                  {spoil: func(w *world) { w.failing["rebuild"] = wrong }, in: restore.Input{Backup: "good", Reason: "why"}, says: "it cannot be"},
		"nobody approves":                  {in: restore.Input{Backup: "good", Reason: "why"}, says: "nobody approved"},
		"exchanging fails":                 {spoil: func(w *world) { w.failing["exchange"] = wrong }, in: restore.Input{Backup: "good", Reason: "why"}, answer: approve("exchange"), says: "exchange: "},
		"somebody else works on it":        {spoil: func(w *world) { w.holder = "another" }, in: restore.Input{Backup: "good", Reason: "why"}, says: "in use by another"},
		"it is aborted while it waits":     {in: restore.Input{Backup: "good", Reason: "why"}, answer: abort, says: "aborted: no need"},
		"a restore that there is not":      {in: restore.Input{Undo: "restore-x"}, says: "is not there"},
		"confirming one that there is not": {in: restore.Input{Confirm: "restore-x"}, answer: approve("confirm"), says: "is not there"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if test.spoil != nil {
				test.spoil(w)
			}
			held := w.holder
			_, err := run(t, w, test.in, test.answer)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(map[string]int64{live: 5}, w.databases); diff != "" {
				t.Error(diff)
			}
			if w.holder != held {
				t.Errorf("held by %q", w.holder)
			}
		})
	}
}

func abort(env *testsuite.TestWorkflowEnvironment) {
	var ignored error
	env.UpdateWorkflow(process.AbortUpdate, "abort", verdict{&ignored}, process.AbortRequest{Reason: "no need"})
}

// A run whose settling fails says that the restored database is in place.
func TestSettlingFails(t *testing.T) {
	w := newWorld(t)
	w.failing["runs"] = domain.Errorf(domain.Conflict, "made.wrong", "it cannot be")
	_, err := run(t, w, restore.Input{Backup: "good", Reason: "why"}, approve("exchange"))
	if err == nil || !strings.Contains(err.Error(), "the restored database is in place, but settling") {
		t.Errorf("error %v", err)
	}
	if w.databases[live] != 3 {
		t.Errorf("there are %v", w.databases)
	}
}

// A worker that is killed while exchanging leaves the database closed, and with
// it the claims that the next attempt needs.
func TestAnExchangeThatWasKilledIsTakenUp(t *testing.T) {
	for name, do := range map[string]func(*world) error{
		"the database": func(w *world) error {
			_, err := run(t, w, restore.Input{Backup: "good", Reason: "why"}, approve("exchange"))
			return err
		},
		"the system": func(w *world) error {
			_, err := runSystem(t, w, wholeSystem, approve("exchange"))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.kills = true
			if err := do(w); err != nil {
				t.Fatal(err)
			}
			if w.databases[live] != 3 || w.closed || w.holder != "" {
				t.Errorf("there are %v, closed %v, held by %q", w.databases, w.closed, w.holder)
			}
		})
	}
}
