package history

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

// suggestAfter is the length of a history, in events, from which the recording
// server suggests continuing as new; servers in use wait for thousands.
const suggestAfter = 60

// recorder runs scenarios on a server of its own.
type recorder struct{ client client.Client }

// record runs s and writes its history. The history must end as s says.
func (r recorder) record(ctx context.Context, s Scenario) error {
	w := worker.New(r.client, s.Queue, worker.Options{Identity: "recorder"})
	s.Register(w)
	if err := w.Start(); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	defer w.Stop()
	run, err := r.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: s.Name, TaskQueue: s.Queue}, s.Workflow, s.Input)
	if err != nil {
		return fmt.Errorf("start %s: %w", s.Workflow, err)
	}
	if s.During != nil {
		if err := s.During(ctx, r.client, run.GetID()); err != nil {
			return fmt.Errorf("during the run: %w", err)
		}
	}
	var ended history.History
	events := r.client.GetWorkflowHistory(ctx, run.GetID(), run.GetRunID(), true, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return fmt.Errorf("read history: %w", err)
		}
		ended.Events = append(ended.Events, event)
	}
	if got := end(&ended); got != s.Ends {
		return fmt.Errorf("the run ended with %s, want %s", got, s.Ends)
	}
	encoded, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(&ended)
	if err != nil {
		return err
	}
	return os.WriteFile(s.file(), append(withoutHost(encoded), '\n'), 0o600)
}

// withoutHost takes out the name of this machine, which the SDK's sticky queues
// begin with.
func withoutHost(history []byte) []byte {
	host, err := os.Hostname()
	if err != nil {
		return history
	}
	return bytes.ReplaceAll(history, []byte(`"`+host+`:`), []byte(`"recorder:`))
}

// newRecorder starts a server and stops it with the test.
func newRecorder(t *testing.T) recorder {
	t.Helper()
	address := startServer(t, fmt.Sprintf("limit.historyCount.suggestContinueAsNew=%d", suggestAfter))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		c, err := client.DialContext(ctx, client.Options{HostPort: address, Identity: "recorder", Logger: silent{}})
		if err == nil {
			t.Cleanup(c.Close)
			if err := os.MkdirAll(filepath.Dir(Scenario{}.file()), 0o750); err != nil {
				t.Fatal(err)
			}
			return recorder{client: c}
		}
		if ctx.Err() != nil {
			t.Fatal("the server for recording does not answer:", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
