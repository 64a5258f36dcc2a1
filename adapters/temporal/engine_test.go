package temporal_test

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// continues goes on as a new run twice, if told to.
func continues(ctx workflow.Context, left int) (map[string]any, error) {
	ctx, p, err := process.Begin(ctx, "Continuing")
	if err != nil {
		return nil, err
	}
	if left > 0 {
		return nil, workflow.NewContinueAsNewError(ctx, ingestion.IngestWorkflow, left-1)
	}
	p.Step(ctx, "last", 1, "")
	return map[string]any{"left": left}, p.End(workflow.Sleep(ctx, time.Second))
}

func engine(t *testing.T) (*temporal.Engine, room) {
	t.Helper()
	r := newRoom(t)
	r.work(t, &tally{}, ingestion.Queue, func(w worker.Registry) {
		w.RegisterWorkflowWithOptions(continues, workflow.RegisterOptions{Name: ingestion.IngestWorkflow})
	})
	return temporal.NewEngine(r.client, r.config), r
}

// ends looks at a run until it has ended.
func ends(t *testing.T, e *temporal.Engine, r operating.Ref) operating.Sight {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		seen, err := e.Look(t.Context(), r)
		if err != nil && !errors.Is(err, operating.ErrAway) {
			t.Fatal(err)
		}
		if err == nil && seen.Status.Ended() {
			return seen
		}
	}
	t.Fatal("it never ends")
	return operating.Sight{}
}

// Whoever starts a run again for the same operation gets that run, also when it
// has ended; for another operation it is another run.
func TestAnOperationHasOneRun(t *testing.T) {
	e, _ := engine(t)
	order := operating.Order{Operation: "op-1", Workflow: ingestion.IngestWorkflow, WorkflowID: "w", Input: []byte(`0`)}
	begun, err := e.Start(t.Context(), order)
	if err != nil || begun.Foreign {
		t.Fatal(begun, err)
	}
	other := order
	other.Operation = "op-2"
	if foreign, err := e.Start(t.Context(), other); err != nil || !foreign.Foreign || foreign.RunID != begun.RunID {
		t.Errorf("while it goes on, for another: %+v, %v", foreign, err)
	}
	if seen := ends(t, e, operating.Ref{WorkflowID: "w", RunID: begun.RunID}); seen.Operation != "op-1" || string(seen.Result) != `{"left":0}` {
		t.Errorf("it ended as %+v", seen)
	}
	if again, err := e.Start(t.Context(), order); err != nil || again.RunID != begun.RunID || again.Foreign {
		t.Errorf("again after its end: %+v, %v", again, err)
	}
	if next, err := e.Start(t.Context(), other); err != nil || next.RunID == begun.RunID || next.Foreign {
		t.Errorf("for another after its end: %+v, %v", next, err)
	}
	// The id belongs to the next by now, and the first is still what it was.
	if seen, err := e.Look(t.Context(), operating.Ref{WorkflowID: "w", RunID: begun.RunID}); err != nil || seen.Status != operating.Completed {
		t.Errorf("the first is %+v, %v", seen, err)
	}
	if _, err := e.Look(t.Context(), operating.Ref{WorkflowID: "nobody"}); !errors.Is(err, operating.ErrNoRun) {
		t.Errorf("no run: %v", err)
	}
}

// A chain of runs that continue as new is one operation.
func TestAChainIsOneOperation(t *testing.T) {
	e, r := engine(t)
	begun, err := e.Start(t.Context(), operating.Order{Operation: "op", Workflow: ingestion.IngestWorkflow, WorkflowID: "chain", Input: []byte(`2`)})
	if err != nil {
		t.Fatal(err)
	}
	seen := ends(t, e, operating.Ref{WorkflowID: "chain", RunID: begun.RunID})
	if seen.RunID != begun.RunID || seen.LatestRun == begun.RunID || seen.Status != operating.Completed {
		t.Errorf("a chain of three ended as %+v", seen)
	}
	// Somebody takes the id; the chain is found from its first run.
	taken, err := r.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "chain", TaskQueue: ingestion.Queue}, ingestion.IngestWorkflow, 0)
	if err != nil {
		t.Fatal(err)
	}
	again, err := e.Look(t.Context(), operating.Ref{WorkflowID: "chain", RunID: begun.RunID})
	if err != nil || again.LatestRun != seen.LatestRun || again.Status != operating.Completed {
		t.Errorf("afterwards it is %+v, %v", again, err)
	}
	var found []operating.Run
	for end := time.Now().Add(time.Minute); len(found) < 2 && time.Now().Before(end); {
		if found, err = e.Since(t.Context(), []string{ingestion.IngestWorkflow}, time.Now().Add(-time.Hour), 10, nobody); err != nil {
			t.Fatal(err)
		}
	}
	if len(found) != 2 || found[0].RunID != begun.RunID || found[0].Operation != "op" || found[1].RunID != taken.GetRunID() || found[1].From != operating.FromTemporal {
		t.Errorf("found are %+v", found)
	}
	known := func([]string) map[string]bool { return map[string]bool{begun.RunID: true} }
	if found, err = e.Since(t.Context(), []string{ingestion.IngestWorkflow}, time.Now().Add(-time.Hour), 10, known); err != nil || len(found) != 1 {
		t.Errorf("but for what is known: %+v, %v", found, err)
	}
}

func nobody([]string) map[string]bool { return nil }

// Runs of a schedule say so.
func TestARunOfASchedule(t *testing.T) {
	e, r := engine(t)
	handle, err := r.client.ScheduleClient().Create(t.Context(), client.ScheduleOptions{
		ID: "nightly", TriggerImmediately: true,
		Action: &client.ScheduleWorkflowAction{ID: "nightly", Workflow: ingestion.IngestWorkflow, TaskQueue: ingestion.Queue, Args: []any{0}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = handle.Delete(t.Context()) })
	var found []operating.Run
	for end := time.Now().Add(time.Minute); len(found) == 0 && time.Now().Before(end); {
		if found, err = e.Since(t.Context(), []string{ingestion.IngestWorkflow}, time.Now().Add(-time.Hour), 10, nobody); err != nil {
			t.Fatal(err)
		}
	}
	if len(found) != 1 || found[0].From != "schedule:nightly" {
		t.Errorf("found are %+v", found)
	}
}
