package ingestion_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/process"
)

func environment(w *world) *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(start)
	env.SetTestTimeout(time.Minute)
	w.register(env)
	return env
}

// ingest runs Ingest to its end in w.
func ingest(t *testing.T, w *world, in ingestion.Input) ingestion.Result {
	t.Helper()
	env := environment(w)
	env.ExecuteWorkflow(ingestion.IngestWorkflow, in)
	return resultOf(t, env)
}

func resultOf(t *testing.T, env *testsuite.TestWorkflowEnvironment) ingestion.Result {
	t.Helper()
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	var result ingestion.Result
	if err := env.GetWorkflowResult(&result); err != nil {
		t.Fatal(err)
	}
	return result
}

func TestIngestTakesEverythingIn(t *testing.T) {
	w := newWorld(20)
	got := ingest(t, w, ingestion.Input{})
	want := ingestion.Result{
		Counts: ingestion.Counts{Rows: 200, Inserted: 200}, Editions: 20,
		Quality: []ingestion.Quality{{Competition: "serie-a", Score: 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	slices.Sort(w.left)
	if diff := cmp.Diff([]string{forecasting.PublishWorkflow, forecasting.SettleWorkflow}, w.left); diff != "" {
		t.Errorf("errands after changes: %s", diff)
	}
	if w.most > 8 {
		t.Errorf("%d editions were read at once, want at most 8", w.most)
	}
}

func TestIngestAgainChangesNothingAndSaysSo(t *testing.T) {
	w := newWorld(3)
	ingest(t, w, ingestion.Input{})
	w.left = nil
	got := ingest(t, w, ingestion.Input{})
	if got.Skipped != 3 || got.Editions != 0 || got.Inserted != 0 {
		t.Errorf("second run: %+v", got)
	}
	if w.left != nil {
		t.Errorf("nothing changed, and yet it started %v", w.left)
	}
}

func TestIngestLeavesForecastsToACallerWhoWantsThat(t *testing.T) {
	w := newWorld(1)
	ingest(t, w, ingestion.Input{SkipForecasts: true})
	if w.left != nil {
		t.Errorf("it started %v", w.left)
	}
}

func TestIngestTakesInOnlyWhatIsAskedFor(t *testing.T) {
	w := newWorld(4)
	for i := range 2 {
		w.editions[i].Competition.Code = "serie-b"
	}
	got := ingest(t, w, ingestion.Input{Competitions: []string{"serie-b"}})
	if got.Editions != 2 || len(w.loaded) != 2 {
		t.Errorf("%d editions taken in, loaded %v", got.Editions, w.loaded)
	}
}

func TestOneBadEditionStopsNoOther(t *testing.T) {
	tests := map[string]struct {
		err   error
		reads int // of the bad edition
		why   string
	}{
		"away for good":      {fmt.Errorf("dial: %w", ingesting.ErrUnavailable), 14, "cannot be reached"},
		"nobody foresaw":     {errors.New("index out of range"), 14, "index out of range"},
		"cannot be read":     {fmt.Errorf("line 3: %w", ingesting.ErrUnreadable), 1, "no row of it could be read"},
		"a text without end": {errors.New(strings.Repeat("ä", 5000)), 14, "ä…"},
		"forbidden for ever": {errInvalid, 1, "not for us"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(5)
			bad := w.editions[2].Locator
			w.broken[bad] = test.err
			got := ingest(t, w, ingestion.Input{})
			if got.Editions != 4 || got.Failed != 1 || len(got.Failures) != 1 {
				t.Fatalf("result %+v", got)
			}
			f := got.Failures[0]
			if !strings.Contains(f.What, bad) || !strings.Contains(f.Reason, test.why) || len(f.Reason) > 600 {
				t.Errorf("failure %q: %q", f.What, f.Reason)
			}
			if w.reads[bad] != test.reads {
				t.Errorf("the bad edition was read %d times, want %d", w.reads[bad], test.reads)
			}
		})
	}
}

func TestIngestFailsWhenNothingCouldBeTakenIn(t *testing.T) {
	w := newWorld(2)
	for _, e := range w.editions {
		w.broken[e.Locator] = errInvalid
	}
	env := environment(w)
	env.ExecuteWorkflow(ingestion.IngestWorkflow, ingestion.Input{})
	err := env.GetWorkflowError()
	if !process.HasType(err, "ingestion.nothing") || !strings.Contains(process.Cause(err), "not for us") {
		t.Errorf("error = %v", err)
	}
}

func TestIngestFailsWhenNoSourceCanBeListed(t *testing.T) {
	w := newWorld(2)
	w.away = ingesting.ErrUnavailable
	env := environment(w)
	env.ExecuteWorkflow(ingestion.IngestWorkflow, ingestion.Input{})
	if err := env.GetWorkflowError(); !strings.Contains(process.Cause(err), "cannot be reached") {
		t.Errorf("error = %v", err)
	}
}

// The server suggests from the start; each run must get on all the same, and
// together they take everything in once.
func TestIngestContinuesAsNew(t *testing.T) {
	w := newWorld(5)
	in, runs := ingestion.Input{}, 0
	for {
		env := environment(w)
		env.SetContinueAsNewSuggested(true)
		env.ExecuteWorkflow(ingestion.IngestWorkflow, in)
		runs++
		next := new(workflow.ContinueAsNewError)
		if !errors.As(env.GetWorkflowError(), &next) {
			got := resultOf(t, env)
			if got.Editions != 5 || got.Inserted != 50 || got.Skipped != 0 {
				t.Errorf("result of the last run %+v", got)
			}
			break
		}
		in = ingestion.Input{}
		if err := decode(next, &in); err != nil || in.Resumed == nil {
			t.Fatal(err, in)
		}
	}
	if runs != 5 {
		t.Errorf("%d runs, want one for each edition", runs)
	}
	for locator, n := range w.reads {
		if n != 1 {
			t.Errorf("%s was read %d times", locator, n)
		}
	}
}

func TestAbortStopsARunAndKeepsWhatItHas(t *testing.T) {
	w := newWorld(20)
	w.hold = make(chan struct{}) // never closed: the first eight wait
	env := environment(w)
	var refused, accepted error
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "", &answer{rejected: &refused}, process.AbortRequest{})
		env.UpdateWorkflow(process.AbortUpdate, "", &answer{rejected: &accepted}, process.AbortRequest{Reason: "wrong folder"})
	}, time.Second)
	env.ExecuteWorkflow(ingestion.IngestWorkflow, ingestion.Input{})
	err := env.GetWorkflowError()
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != process.Aborted || app.Message() != "aborted: wrong folder" {
		t.Errorf("error = %v", err)
	}
	if refused == nil || accepted != nil {
		t.Errorf("abort without a reason: %v; with one: %v", refused, accepted)
	}
	if begun := w.begun(); begun > 8 {
		t.Errorf("%d editions were begun, want none after the abort", begun)
	}
}

func TestProgressIsThereToRead(t *testing.T) {
	w := newWorld(12)
	w.hold = make(chan struct{})
	env := environment(w)
	var got process.Progress
	env.RegisterDelayedCallback(func() {
		value, err := env.QueryWorkflow(process.ProgressQuery)
		if err == nil {
			err = value.Get(&got)
		}
		if err != nil {
			t.Error(err)
		}
		close(w.hold)
	}, time.Second)
	env.ExecuteWorkflow(ingestion.IngestWorkflow, ingestion.Input{})
	if got.Step != "ingest" || got.Total != 12 || got.Done != 0 {
		t.Errorf("progress while the first are read: %+v", got)
	}
	resultOf(t, env)
}

func TestSeasonsThatAreNotThereAreCountedApart(t *testing.T) {
	w := newWorld(3)
	w.broken[w.editions[1].Locator] = ingesting.ErrNoEdition
	got := ingest(t, w, ingestion.Input{})
	if got.Editions != 2 || got.Missing != 1 || got.Failed != 0 {
		t.Errorf("result %+v", got)
	}
}

func TestASourceWithNothingAtAllIsNoSuccess(t *testing.T) {
	w := newWorld(3)
	for _, e := range w.editions {
		w.broken[e.Locator] = ingesting.ErrNoEdition
	}
	env := environment(w)
	env.ExecuteWorkflow(ingestion.IngestWorkflow, ingestion.Input{})
	if err := env.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), "none of the 3 seasons asked for is there") {
		t.Errorf("error = %v", err)
	}
}
