package tenancy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

var departure = tenancy.DeleteInput{Tenant: "acme", Confirm: "acme", Reason: "the contract ended", By: "root"}

var (
	sweep          = []string{tenancy.RemoveActivity, tenancy.ForgetActivity, tenancy.EraseActivity, tenancy.ProveActivity}
	departureSteps = slices.Concat([]string{tenancy.BeginActivity, tenancy.ExportActivity, tenancy.CondemnActivity}, sweep, []string{tenancy.RecordActivity})
)

func remove(w *world, in tenancy.DeleteInput) *testsuite.TestWorkflowEnvironment {
	env := environment(w)
	env.ExecuteWorkflow(tenancy.DeleteWorkflow, in)
	return env
}

func TestDeleteWaitsExportsRemovesAndProves(t *testing.T) {
	for text, grace := range map[string]time.Duration{"": 7 * 24 * time.Hour, "36h": 36 * time.Hour, "0s": 0} {
		w, in := newWorld(), departure
		in.Grace = text
		env := remove(w, in)
		got := result[tenancy.Deleted](t, env)
		if diff := cmp.Diff(departureSteps, w.did); diff != "" {
			t.Error(diff)
		}
		if waited := got.DeletedAt.Sub(today); waited < grace || waited > grace+time.Minute || !w.due.Equal(today.Add(grace)) {
			t.Errorf("grace %q: it waited for %s", text, waited)
		}
		if got.TenantID != tenantID || got.Slug != "acme" || got.Rows != 3 || got.Removed["users"] != 2 || got.Erased != 7 || got.CacheKeys != 4 ||
			got.Export.SHA256 != "abc" || !got.Proof.Gone || !got.Proof.ChainSound {
			t.Errorf("result %+v", got)
		}
		if kept := got.BackupsUntil.Sub(got.DeletedAt); kept != 30*24*time.Hour || !strings.Contains(strings.Join(got.Notes, " "), got.BackupsUntil.Format(time.DateOnly)) {
			t.Errorf("backups for %s, notes %q", kept, got.Notes)
		}
		if r := w.recorded; r.Reason != departure.Reason || r.By != "root" || !cmp.Equal(r.Result.Removed, got.Removed) || r.Result.Export != got.Export {
			t.Errorf("recorded %+v", r)
		}
	}
}

func TestDeleteRefusesItsInput(t *testing.T) {
	for says, in := range map[string]any{
		"the input lacks the fields tenant, confirm, reason": map[string]any{},
		"the input lacks the field confirm":                  tenancy.DeleteInput{Tenant: "acme", Reason: "why"},
		`grace "a week" is no length of time`:                tenancy.DeleteInput{Tenant: "acme", Confirm: "acme", Reason: "why", Grace: "a week"},
		`grace "-1h" is no length of time`:                   tenancy.DeleteInput{Tenant: "acme", Confirm: "acme", Reason: "why", Grace: "-1h"},
	} {
		w := newWorld()
		env := environment(w)
		env.ExecuteWorkflow(tenancy.DeleteWorkflow, in)
		if err := env.GetWorkflowError(); err == nil || !strings.HasPrefix(process.Cause(err), says) || w.did != nil {
			t.Errorf("error = %v, want %s; it did %v", err, says, w.did)
		}
	}
}

func TestADeletionIsAbortedWhileItWaits(t *testing.T) {
	w := newWorld()
	env := environment(w)
	var without, with answer
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "1", &without, process.AbortRequest{})
		env.UpdateWorkflow(process.AbortUpdate, "2", &with, process.AbortRequest{Reason: "they signed again"})
	}, 5*24*time.Hour)
	env.ExecuteWorkflow(tenancy.DeleteWorkflow, departure)
	if err := env.GetWorkflowError(); !process.HasType(err, process.Aborted) || process.Cause(err) != "aborted: they signed again" {
		t.Errorf("error = %v", err)
	}
	if without.rejected == nil || with.rejected != nil {
		t.Errorf("without a reason %v, with one %v", without.rejected, with.rejected)
	}
	if diff := cmp.Diff([]string{tenancy.BeginActivity, tenancy.RestoreActivity}, w.did); diff != "" || w.reason != "they signed again" {
		t.Errorf("because of %q: %s", w.reason, diff)
	}
}

func TestADeletionIsAbortedDuringTheExport(t *testing.T) {
	w := newWorld()
	w.hold[tenancy.ExportActivity] = make(chan bool)
	in := departure
	in.Grace = "1h"
	env := environment(w)
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "", &answer{}, process.AbortRequest{Reason: "wait"})
	}, time.Hour+time.Second)
	env.ExecuteWorkflow(tenancy.DeleteWorkflow, in)
	if err := env.GetWorkflowError(); !process.HasType(err, process.Aborted) || !slices.Contains(w.did, tenancy.RestoreActivity) {
		t.Errorf("error = %v; it did %v", err, w.did)
	}
}

// From the point of no return on nothing ends a run but its end.
func TestRemovalCannotBeStopped(t *testing.T) {
	w := failing(tenancy.RemoveActivity, errBroken, 20) // more than the attempts of one activity
	env := environment(w)
	var rejected answer
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "", &rejected, process.AbortRequest{Reason: "too late"})
		env.CancelWorkflow()
	}, 7*24*time.Hour+time.Minute)
	env.ExecuteWorkflow(tenancy.DeleteWorkflow, departure)
	result[tenancy.Deleted](t, env)
	if rejected.rejected == nil || !strings.Contains(rejected.rejected.Error(), "rows of the tenant are being removed") {
		t.Errorf("the abort is answered with %v", rejected.rejected)
	}
	if diff := cmp.Diff(departureSteps, w.did); diff != "" {
		t.Error(diff)
	}
}

func TestCancellingWhileItWaitsRestores(t *testing.T) {
	w := newWorld()
	env := environment(w)
	env.RegisterDelayedCallback(env.CancelWorkflow, time.Hour)
	env.ExecuteWorkflow(tenancy.DeleteWorkflow, departure)
	var cancelled *temporal.CanceledError
	if err := env.GetWorkflowError(); !errors.As(err, &cancelled) {
		t.Errorf("error = %v", err)
	}
	if diff := cmp.Diff([]string{tenancy.BeginActivity, tenancy.RestoreActivity}, w.did); diff != "" {
		t.Error(diff)
	}
}

// Before the point of no return a failure gives the tenant back; what a rule
// refused has changed nothing.
func TestWhatFailsBeforeRowsAreRemovedIsTakenBack(t *testing.T) {
	const begin, export, condemn, restore = tenancy.BeginActivity, tenancy.ExportActivity, tenancy.CondemnActivity, tenancy.RestoreActivity
	tests := map[string]struct {
		step string
		err  error
		did  []string
		kind string
	}{
		"shutting out is refused": {begin, errRefused, nil, "made.refused"},
		"shutting out breaks":     {begin, errBroken, []string{restore}, "internal"},
		"the export is refused":   {export, errRefused, []string{begin, restore}, "made.refused"},
		"the export breaks":       {export, errBroken, []string{begin, restore}, "internal"},
		"the removal is refused":  {condemn, errRefused, []string{begin, export, restore}, "made.refused"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := failing(test.step, test.err, forever)
			env := remove(w, departure)
			if err := env.GetWorkflowError(); !process.HasType(err, test.kind) {
				t.Errorf("error = %v", err)
			}
			if diff := cmp.Diff(test.did, w.did); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A step that must not be given up is tried for as long as it takes, also when
// what stands in the way looks final.
func TestWhatFailsLaterIsTriedUntilItSucceeds(t *testing.T) {
	for _, step := range []string{tenancy.CondemnActivity, tenancy.RemoveActivity, tenancy.EraseActivity, tenancy.ProveActivity, tenancy.RecordActivity} {
		for name, f := range map[string]failure{"broken": {errBroken, 30}, "refused": {errRefused, 3}} {
			if step == tenancy.CondemnActivity && name == "refused" {
				continue // which is before any row is removed
			}
			t.Run(name+" "+step, func(t *testing.T) {
				w := failing(step, f.err, f.times)
				got := result[tenancy.Deleted](t, remove(w, departure))
				if diff := cmp.Diff(departureSteps, w.did); diff != "" || w.tries[step] != f.times+1 || !got.Proof.Gone {
					t.Errorf("%d tries: %s", w.tries[step], diff)
				}
			})
		}
	}
	t.Run("restoring", func(t *testing.T) {
		w := failing(tenancy.RestoreActivity, errBroken, 30)
		w.fails[tenancy.ExportActivity] = failure{errRefused, forever}
		env := remove(w, departure)
		if err := env.GetWorkflowError(); !process.HasType(err, "made.refused") || w.tries[tenancy.RestoreActivity] != 31 {
			t.Errorf("error = %v after %d tries", err, w.tries[tenancy.RestoreActivity])
		}
	})
}

// Redis may be lost at any time, so it holds nothing up.
func TestARedisThatIsAwayIsNotedAndLeft(t *testing.T) {
	w := failing(tenancy.ForgetActivity, errBroken, forever)
	got := result[tenancy.Deleted](t, remove(w, departure))
	if text := strings.Join(got.Notes, "\n"); !strings.Contains(text, "Redis: ") || !strings.Contains(text, "expires by itself") {
		t.Errorf("notes %q", got.Notes)
	}
}

func TestWhatIsLeftIsRemovedAgain(t *testing.T) {
	w := newWorld()
	w.remains = 2
	got := result[tenancy.Deleted](t, remove(w, departure))
	want := slices.Concat(departureSteps[:3], sweep, sweep, sweep, departureSteps[7:])
	if diff := cmp.Diff(want, w.did); diff != "" || !got.Proof.Gone {
		t.Errorf("%+v: %s", got.Proof, diff)
	}
}

func TestADeletionThatCannotBeProvenSaysSoAndIsRecorded(t *testing.T) {
	for kind, change := range map[string]func(*world){
		"tenant.remains": func(w *world) { w.remains = forever },
		"tenant.chain":   func(w *world) { w.faulty = true },
	} {
		w := newWorld()
		change(w)
		env := remove(w, departure)
		if err := env.GetWorkflowError(); !process.HasType(err, kind) {
			t.Errorf("error = %v, want %s", err, kind)
		}
		if w.did[len(w.did)-1] != tenancy.RecordActivity {
			t.Errorf("%s: it did %v", kind, w.did)
		}
	}
}

// A run that was ended by force while rows were removed is followed by one that
// does not wait, and cannot go back.
func TestADeletionGoesOnWhereAnotherEnded(t *testing.T) {
	w := failing(tenancy.ExportActivity, errBroken, 20)
	w.removing = true
	got := result[tenancy.Deleted](t, remove(w, departure))
	if diff := cmp.Diff(departureSteps, w.did); diff != "" || got.Export.SHA256 != "abc" {
		t.Errorf("result %+v: %s", got, diff)
	}
	if got.DeletedAt.Sub(today) > time.Hour {
		t.Errorf("it waited until %s", got.DeletedAt)
	}
}

func TestProgressSaysHowToTakeItBack(t *testing.T) {
	w := newWorld()
	env := environment(w)
	var at process.Progress
	env.RegisterDelayedCallback(func() {
		value, err := env.QueryWorkflow(process.ProgressQuery)
		if err != nil || value.Get(&at) != nil {
			t.Error(err)
		}
	}, time.Hour)
	env.ExecuteWorkflow(tenancy.DeleteWorkflow, departure)
	if at.Step != "wait" || !strings.Contains(at.Message, "2026-08-21T12:00:00Z") || !strings.Contains(at.Message, "abort") {
		t.Errorf("progress %+v", at)
	}
}
