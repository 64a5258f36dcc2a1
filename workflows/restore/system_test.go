package restore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/workflows/restore"
)

// runSystem restores the system, and does at the question what answer says.
func runSystem(t *testing.T, w *world, in restore.SystemInput, answer func(env *testsuite.TestWorkflowEnvironment)) (restore.SystemResult, error) {
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
	env.ExecuteWorkflow(restore.SystemWorkflow, in)
	var result restore.SystemResult
	if err := env.GetWorkflowError(); err != nil {
		return result, err
	}
	return result, env.GetWorkflowResult(&result)
}

var wholeSystem = restore.SystemInput{Backup: "latest", Reason: "an attacker"}

func TestTheWholeSystemIsRestored(t *testing.T) {
	w := newWorld(t)
	got, err := runSystem(t, w, wholeSystem, approve("exchange"))
	if err != nil {
		t.Fatal(err)
	}
	want := restore.SystemResult{
		Result: restore.Result{
			ID: "restore-i", Backup: "good", Moment: today.Add(-6 * time.Hour), ApprovedBy: []string{"user:ada"}, RestoreSeconds: 1,
			Lost: []restore.Run{{Workflow: "Ingest", ID: "ingest", EndedAt: today.Add(-time.Hour)}},
		},
		Parts: []restore.Part{{Kind: "redis", Backup: "good-redis", Safeguard: "restore-ii"}},
	}
	got.RestedSeconds = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int64{live: 3, "football_before_restorei": 5}, w.databases); diff != "" {
		t.Error(diff)
	}
	if w.cache != "then" || !w.rested || w.holder != "" {
		t.Errorf("Redis holds %q, rested %v, held by %q", w.cache, w.rested, w.holder)
	}
	if at, put := w.at("service"), w.at("exchange"); at < 0 || put < at {
		t.Errorf("the database was exchanged before the service rested: %v", w.deeds)
	}
	if w.at("void until 03:00:00") < 0 {
		t.Errorf("claims of the past are left in the restored database: %v", w.deeds)
	}
	if kept, put := w.at("capture redis"), w.at("exchange"); kept < 0 || put < kept {
		t.Errorf("the database was exchanged before the way back was kept: %v", w.deeds)
	}
}

// Whatever goes wrong, all parts are what they were, nothing is left, and the
// service goes on.
func TestASystemRestoreThatFailsLeavesAllAsItWas(t *testing.T) {
	wrong := domain.Errorf(domain.Conflict, "made.wrong", "it cannot be")
	at := today
	tests := map[string]struct {
		spoil  func(*world)
		in     restore.SystemInput
		answer func(*testsuite.TestWorkflowEnvironment)
		says   string
	}{
		"nothing is named":          {in: restore.SystemInput{}, says: "the input lacks the field backup (or at in its place)"},
		"two things are named":      {in: restore.SystemInput{Backup: "good", At: &at, Reason: "why"}, says: "more than one of backup and at"},
		"no reason":                 {in: restore.SystemInput{Backup: "good"}, says: "the input lacks the field reason"},
		"a part that there is not":  {in: restore.SystemInput{Backup: "good", Reason: "why", Parts: []string{"mail"}}, says: `"mail" cannot be put back here; say database, redis`},
		"a place is not ready":      {spoil: fails("ready", wrong), in: wholeSystem, says: "redis cannot be restored: made.wrong: it cannot be"},
		"what is restored differs":  {spoil: func(w *world) { w.loses = true }, in: wholeSystem, says: "rows has 2 rows and had 3"},
		"nobody approves":           {in: wholeSystem, says: "nobody approved"},
		"it is aborted":             {in: wholeSystem, answer: abort, says: "aborted: no need"},
		"the way back is not kept":  {spoil: fails("capture", wrong), in: wholeSystem, answer: approve("exchange"), says: "keep what redis holds now"},
		"exchanging fails":          {spoil: fails("exchange", wrong), in: wholeSystem, answer: approve("exchange"), says: "nothing was restored, the system is what it was: exchange: made.wrong: it cannot be"},
		"settling fails":            {spoil: fails("runs", wrong), in: wholeSystem, answer: approve("exchange"), says: "the system is what it was"},
		"putting back fails":        {spoil: fails("put", wrong), in: wholeSystem, answer: approve("exchange"), says: "the system is what it was: put back redis"},
		"the system does not work":  {spoil: func(w *world) { w.faults = []string{"no answer"} }, in: wholeSystem, answer: approve("exchange"), says: "the restored system does not work: no answer"},
		"somebody else works on it": {spoil: func(w *world) { w.holder = "another" }, in: wholeSystem, says: "in use by another"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if test.spoil != nil {
				test.spoil(w)
			}
			held := w.holder
			_, err := runSystem(t, w, test.in, test.answer)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(map[string]int64{live: 5}, w.databases); diff != "" {
				t.Error(diff)
			}
			if w.cache != "now" || w.holder != held || len(w.others) > 0 {
				t.Errorf("Redis holds %q, held by %q and %v", w.cache, w.holder, w.others)
			}
		})
	}
}

// fails lets one step fail.
func fails(step string, err error) func(*world) {
	return func(w *world) { w.failing[step] = err }
}
