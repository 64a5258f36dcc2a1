package cutover_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/workflows/cutover"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// fast is a cutover whose steps are watched for a moment.
var fast = cutover.Input{Release: "v2", StepSeconds: -1, BakeSeconds: -1}

func run(t *testing.T, w *world, in cutover.Input, during func(env *testsuite.TestWorkflowEnvironment)) (cutover.Result, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	w.register(env)
	if during != nil {
		env.RegisterDelayedCallback(func() { during(env) }, 10*time.Minute)
	}
	env.ExecuteWorkflow(cutover.CutoverWorkflow, in)
	var result cutover.Result
	if err := env.GetWorkflowError(); err != nil {
		return result, err
	}
	return result, env.GetWorkflowResult(&result)
}

// moves are the deeds that move requests or start and stop colours.
func (w *world) moves() (all []string) {
	for _, d := range w.deeds {
		if d != "ready" && d != "smoke" && d != "workers ready" {
			all = append(all, d)
		}
	}
	return all
}

func TestAReleaseTakesOver(t *testing.T) {
	w := newWorld()
	w.goOn["v1"] = 2
	got, err := run(t, w, fast, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cutover.Result{Release: "v2", Colour: "green", From: "blue", Canary: "100 requests, 0 failed, p99 1ms"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"migrate", "start green", "1 to green", "5 to green", "10 to green", "20 to green", "runs to v2", "hand over v1", "stop blue"}, w.moves()); diff != "" {
		t.Error(diff)
	}
	if w.holder != "" || w.kept[0].Status != operation.Live || w.goOn["v2"] != 2 {
		t.Errorf("held by %q, recorded %+v", w.holder, w.kept)
	}
	// One step back, at once.
	w.deeds = nil
	if got, err := run(t, w, cutover.Input{Release: "previous", AtOnce: true, BakeSeconds: -1}, nil); err != nil || got.Release != "v1" || got.Colour != "blue" {
		t.Errorf("%+v, %v", got, err)
	}
	if diff := cmp.Diff([]string{"migrate", "start blue", "20 to blue", "runs to v1", "hand over v2", "stop green"}, w.moves()); diff != "" {
		t.Error(diff)
	}
}

func TestTheFirstReleaseHasAllAtOnce(t *testing.T) {
	w := newWorld()
	w.slots, w.runs, w.kept, w.leads = nil, map[operation.Colour]string{}, nil, ""
	if _, err := run(t, w, fast, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"migrate", "start blue", "20 to blue", "runs to v2"}, w.moves()); diff != "" {
		t.Error(diff)
	}
}

// Whatever goes wrong, all requests go to what ran before, first of all.
func TestItIsTakenBack(t *testing.T) {
	wrong := domain.Errorf(domain.Conflict, "made.wrong", "it cannot be")
	fails := func(step string) func(*world) { return func(w *world) { w.failing[step] = wrong } }
	abort := func(env *testsuite.TestWorkflowEnvironment) {
		env.UpdateWorkflow(process.AbortUpdate, "abort", answer{}, process.AbortRequest{Reason: "no need"})
	}
	approved := fast
	approved.Approve = true
	tests := map[string]struct {
		spoil  func(*world)
		in     cutover.Input
		during func(*testsuite.TestWorkflowEnvironment)
		says   string
		moves  []string // after which blue has all
	}{
		"no release is named":        {in: cutover.Input{}, says: "the input lacks the field release"},
		"a name that is none":        {in: cutover.Input{Release: "../v2"}, says: "is no name of a release"},
		"somebody else releases":     {spoil: func(w *world) { w.holder = "another" }, in: fast, says: "in use by another"},
		"the migration fails":        {spoil: fails("migrate"), in: fast, says: "migrate: made.wrong", moves: []string{"20 to blue", "stop green"}},
		"it does not start":          {spoil: fails("start green"), in: fast, says: "start v2 as green", moves: []string{"migrate", "20 to blue", "stop green"}},
		"it never becomes ready":     {spoil: fails("ready"), in: fast, says: "was not ready within", moves: []string{"migrate", "start green", "20 to blue", "stop green"}},
		"it has no workers":          {spoil: fails("workers ready"), in: fast, says: "was not ready within", moves: []string{"migrate", "start green", "20 to blue", "stop green"}},
		"it answers what is wrong":   {spoil: fails("smoke"), in: fast, says: "does not answer as it should", moves: []string{"migrate", "start green", "20 to blue", "stop green"}},
		"nobody approves":            {in: approved, says: "nobody approved", moves: []string{"migrate", "start green", "20 to blue", "stop green"}},
		"aborted while it waits":     {in: approved, during: abort, says: "aborted: no need", moves: []string{"migrate", "start green", "20 to blue", "stop green"}},
		"clients see failures":       {spoil: func(w *world) { w.ill = 5 }, in: fast, says: "with 5 of 20 slots, 10 of 100 requests failed", moves: []string{"migrate", "start green", "1 to green", "5 to green", "20 to blue", "stop green"}},
		"clients wait":               {spoil: func(w *world) { w.canary.P99 = time.Second }, in: fast, says: "the 99th percentile is 1s", moves: []string{"migrate", "start green", "1 to green", "20 to blue", "stop green"}},
		"slots cannot be moved":      {spoil: fails("10 to green"), in: fast, says: "move requests: made.wrong", moves: []string{"migrate", "start green", "1 to green", "5 to green", "20 to blue", "stop green"}},
		"its workers take no runs":   {spoil: fails("runs to v2"), in: fast, says: "have new runs go to v2: made.wrong", moves: []string{"migrate", "start green", "1 to green", "5 to green", "10 to green", "20 to green", "20 to blue", "stop green"}},
		"it fails with all requests": {spoil: func(w *world) { w.ill = 20 }, in: fast, says: "with 20 of 20 slots", moves: []string{"migrate", "start green", "1 to green", "5 to green", "10 to green", "20 to green", "runs to v2", "20 to blue", "runs to v1", "stop green"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			if tt.spoil != nil {
				tt.spoil(w)
			}
			held := w.holder
			_, err := run(t, w, tt.in, tt.during)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(tt.moves, w.moves()); diff != "" {
				t.Error(diff)
			}
			if w.slots[operation.Blue] != 20 || w.holder != held || w.runs[operation.Green] != "" {
				t.Errorf("slots %v, held by %q, %v run", w.slots, w.holder, w.runs)
			}
			if len(w.kept) > 1 && w.kept[0].Status != operation.RolledBack {
				t.Errorf("recorded %+v", w.kept)
			}
		})
	}
}

// What could not be stopped is told, and nothing is taken back: users are served.
func TestTheOldCannotBeStopped(t *testing.T) {
	w := newWorld()
	w.failing["stop blue"] = domain.Errorf(domain.Conflict, "made.wrong", "it cannot be")
	if _, err := run(t, w, fast, nil); err != nil || w.slots[operation.Green] != 20 {
		t.Errorf("%v, %v", err, w.slots)
	}
}
