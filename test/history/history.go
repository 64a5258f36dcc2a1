// Package history keeps what workflows have done and holds their definitions
// to it: a definition that can no longer replay a recorded run would break the
// runs that are under way when it is deployed.
//
// A package of workflows lists the ways its runs end as [Scenario]s and calls
// [Test]. The histories lie in its testdata folder. When a definition is
// changed in a way that Temporal's versioning covers, the old files stay and
// new ones are recorded beside them:
//
//	RECORD=1 go test ./workflows/... -run Histories
package history

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Scenario is one way in which a workflow ends.
type Scenario struct {
	Name     string // of the file and the run
	Workflow string
	Queue    string
	Input    any
	Ends     enums.EventType // the last event
	// Register adds the real definitions with activities over fakes.
	Register func(worker.Registry)
	// During, when not nil, acts on the run while it goes on.
	During func(ctx context.Context, c client.Client, id string) error
}

func (s Scenario) file() string { return filepath.Join("testdata", s.Name+".json") }

// Test replays the history of every scenario with the definitions at hand, and
// sees each fail with others. With RECORD=1 in the environment it records them
// first.
func Test(t *testing.T, define func(worker.WorkflowRegistry), scenarios []Scenario) {
	if os.Getenv("RECORD") != "" {
		recording := newRecorder(t)
		for _, s := range scenarios {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			if err := recording.record(ctx, s); err != nil {
				t.Errorf("record %s: %v", s.Name, err)
			}
			cancel()
		}
	}
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) { replay(t, define, s) })
	}
	known := make(map[string]bool)
	for _, s := range scenarios {
		known[s.file()] = true
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if known[file] {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			if err := replayFile(define, file); err != nil {
				t.Error(err)
			}
		})
	}
}

func replay(t *testing.T, define func(worker.WorkflowRegistry), s Scenario) {
	t.Helper()
	recorded, err := read(s.file())
	if err != nil {
		t.Fatal(err)
	}
	if got := end(recorded); got != s.Ends {
		t.Errorf("the recorded run ended with %s, want %s", got, s.Ends)
	}
	if err := replayFile(define, s.file()); err != nil {
		t.Errorf("the definition at hand cannot replay %s: %v", s.file(), err)
	}
	changed := func(r worker.WorkflowRegistry) {
		r.RegisterWorkflowWithOptions(sleepFirst, workflow.RegisterOptions{Name: s.Workflow})
	}
	if err := replayFile(changed, s.file()); err == nil || !strings.Contains(err.Error(), nondeterministic) {
		t.Errorf("%s with another definition: %v; it shows nothing", s.file(), err)
	}
}

// nondeterministic is Temporal's code for a definition that does not fit.
const nondeterministic = "TMPRL1100"

// sleepFirst is no definition of ours.
func sleepFirst(ctx workflow.Context, _ map[string]any) error {
	return workflow.Sleep(ctx, time.Hour)
}

func replayFile(define func(worker.WorkflowRegistry), file string) error {
	recorded, err := read(file)
	if err != nil {
		return err
	}
	replayer := worker.NewWorkflowReplayer()
	define(replayer)
	// Children are named after their parent, so the replay needs its id.
	id := strings.TrimSuffix(filepath.Base(file), ".json")
	return replayer.ReplayWorkflowHistoryWithOptions(silent{}, recorded, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: id},
	})
}

func read(file string) (*history.History, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%w; record it with RECORD=1", err)
	}
	defer func() { _ = opened.Close() }()
	return client.HistoryFromJSON(opened, client.HistoryJSONOptions{})
}

func end(h *history.History) enums.EventType {
	return h.GetEvents()[len(h.GetEvents())-1].GetEventType()
}
