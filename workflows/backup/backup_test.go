package backup_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/workflows/backup"
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

func backUp(w *world, in backup.Input) (backup.Result, error) {
	env := environment(w)
	env.ExecuteWorkflow(backup.BackupWorkflow, in)
	var result backup.Result
	if err := env.GetWorkflowError(); err != nil {
		var app *temporal.ApplicationError
		if errors.As(err, &app) && app.HasDetails() {
			_ = app.Details(&result)
		}
		return result, err
	}
	return result, env.GetWorkflowResult(&result)
}

func TestEverythingIsBackedUpAndVerified(t *testing.T) {
	w := newWorld(t, operation.Application, operation.Database)
	old := operation.Backup{ID: "old", Kind: operation.Database, Status: operation.Verified, TakenAt: today.AddDate(0, 0, -40), Location: "file:///kept/football/database/old/"}
	w.records[old.ID] = old
	got, err := backUp(w, backup.Input{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"application verified", "database deleted", "database verified"}, w.statuses()); diff != "" {
		t.Error(diff)
	}
	if first := got.Backups[0]; first.Kind != "database" || !first.Verified || first.Rows != 3 || first.Parts != 1 || first.Deleted != 1 {
		t.Errorf("the result says %+v", got)
	}
	if diff := cmp.Diff([]string{"backup.verified database", "backup.deleted database", "backup.verified application"}, w.events); diff != "" {
		t.Error(diff)
	}
	w.leavesNothing(t)
}

// Whatever goes wrong with one kind is named, and the other is backed up.
func TestOneKindFails(t *testing.T) {
	away := domain.Errorf(domain.Unavailable, "made.away", "the disk is full")
	wrong := domain.Errorf(domain.Forbidden, "made.wrong", "the bucket says no")
	tests := map[string]struct {
		engine engine
		want   []string
		says   string
	}{
		"capturing fails for good":     {engine{failing: "capture", failure: wrong}, []string{"application verified", "database broken"}, "database: back up database: made.wrong: the bucket says no"},
		"capturing never gets better":  {engine{failing: "capture", failure: away}, []string{"application verified", "database broken"}, "made.away: the disk is full"},
		"capturing fails for a while":  {engine{failing: "capture", failure: away, times: 3}, []string{"application verified", "database verified"}, ""},
		"restoring fails for good":     {engine{failing: "rehearse", failure: wrong}, []string{"application verified", "database made"}, "made.wrong: the bucket says no"},
		"restoring fails for a while":  {engine{failing: "rehearse", failure: away, times: 3}, []string{"application verified", "database verified"}, ""},
		"what is restored lacks a row": {engine{loses: true}, []string{"application verified", "database broken"}, "database: rows has 2 rows and had 3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, operation.Database, operation.Application)
			e := w.engines[0]
			e.failing, e.failure, e.times, e.loses = test.engine.failing, test.engine.failure, test.engine.times, test.engine.loses
			_, err := backUp(w, backup.Input{})
			if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(test.want, w.statuses()); diff != "" {
				t.Error(diff)
			}
			w.leavesNothing(t)
		})
	}
}

func TestWhatCannotBeBackedUpIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		kinds []operation.Kind
		in    backup.Input
		want  string
	}{
		"a kind that there is not":  {[]operation.Kind{operation.Database}, backup.Input{Kinds: []string{"disk"}}, "say one of database, redis, application"},
		"a kind that is not set up": {[]operation.Kind{operation.Database}, backup.Input{Kinds: []string{"redis"}}, "not set up to back up redis"},
		"a process without any":     {nil, backup.Input{}, "it needs BACKUP_DATABASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.kinds...)
			if _, err := backUp(w, test.in); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v", err)
			}
			w.leavesNothing(t)
		})
	}
}

// A run that finds the data in use waits, and then says by whom.
func TestTwoRunsNeverOverlap(t *testing.T) {
	w := newWorld(t, operation.Database)
	w.holders["database"] = "another"
	_, err := backUp(w, backup.Input{})
	if err == nil || !strings.Contains(err.Error(), "the database is in use by another") {
		t.Errorf("error %v", err)
	}
	if w.holders["database"] != "another" {
		t.Error("it took the claim of another")
	}
}

func TestAbortCleansUp(t *testing.T) {
	w := newWorld(t, operation.Database)
	w.engines[0].hold = make(chan struct{})
	env := environment(w)
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "abort", answer{}, process.AbortRequest{Reason: "no time"})
	}, time.Second)
	env.ExecuteWorkflow(backup.BackupWorkflow, backup.Input{})
	if err := env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "aborted: no time") {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff([]string{"database broken"}, w.statuses()); diff != "" {
		t.Error(diff)
	}
	// The test environment lets the cancelled activity hang; it ends with the test.
	w.isFree(t)
	close(w.engines[0].hold)
	w.awaitScratch(t)
}

// answer takes what becomes of an update.
type answer struct{}

func (answer) Accept()             {}
func (answer) Reject(error)        {}
func (answer) Complete(any, error) {}
