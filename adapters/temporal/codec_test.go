package temporal_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/common/v1"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
)

// secret is what must not be readable in Temporal.
const secret = "Casablanca"

// whisper takes a secret in every way there is, and tells it in every way.
func whisper(ctx workflow.Context, in string) (string, error) {
	told := ""
	if err := workflow.SetQueryHandler(ctx, "told", func() (string, error) { return told, nil }); err != nil {
		return "", err
	}
	if err := workflow.SetUpdateHandler(ctx, "update", func(_ workflow.Context, s string) (string, error) { return s + in, nil }); err != nil {
		return "", err
	}
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, &told)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second, RetryPolicy: &sdk.RetryPolicy{MaximumAttempts: 1},
	})
	err := workflow.ExecuteActivity(ctx, "fail", in).Get(ctx, nil)
	var app *sdk.ApplicationError
	if !errors.As(err, &app) {
		return "", errors.New("the activity told no reason")
	}
	return app.Message() + told, nil
}

func registerWhisper(w worker.Registry) {
	w.RegisterWorkflowWithOptions(whisper, workflow.RegisterOptions{Name: "whisper"})
	w.RegisterActivityWithOptions(func(_ context.Context, in string) error { return errors.New("no " + in) }, activity.RegisterOptions{Name: "fail"})
}

// sealedRoom is a room whose client seals with the keys in a file.
func sealedRoom(t *testing.T, server harness.TemporalServer, keys string) room {
	t.Helper()
	// Each look at this clock is two seconds later, so that the file is read anew.
	var looks atomic.Int64
	began := time.Now()
	cipher, err := crypto.OpenPayloads(keys, func() time.Time { return began.Add(time.Duration(looks.Add(2)) * time.Second) })
	if err != nil {
		t.Fatal(err)
	}
	config := temporal.Config{Address: server.Address, Namespace: server.Namespace, Cipher: cipher}
	c, err := temporal.Open(config, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return room{config: config, client: c, http: server.HTTPURL}
}

func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "payloads.json")
	if err := crypto.GeneratePayloads(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func begin(t *testing.T, c client.Client, id string) client.WorkflowRun {
	t.Helper()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: id, TaskQueue: "whispers", StaticSummary: secret, Memo: map[string]any{"memo": secret},
	}, "whisper", secret)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func history(t *testing.T, c client.Client, id string) string {
	t.Helper()
	var all strings.Builder
	events := c.GetWorkflowHistory(t.Context(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(event.String())
	}
	return all.String()
}

// Nothing that a run is given, tells, or fails with can be read in Temporal
// without the keys, and with them everything works as before. The key is
// exchanged on the way, and a run that began in the clear goes on.
func TestTemporalCannotReadWhatItCarries(t *testing.T) {
	t.Parallel()
	server, keys := harness.Temporal(t), keyFile(t)
	plain, sealed := connect(t, server), sealedRoom(t, server, keys)
	old := begin(t, plain.client, "from before")
	sealed.work(t, &tally{}, "whispers", registerWhisper)
	fresh := begin(t, sealed.client, "sealed")
	if _, err := crypto.RotatePayloads(keys); err != nil {
		t.Fatal(err)
	}
	rotated := begin(t, sealedRoom(t, server, keys).client, "rotated")
	for _, run := range []client.WorkflowRun{old, fresh, rotated} {
		c, id := sealed.client, run.GetID()
		update, err := c.UpdateWorkflow(t.Context(), client.UpdateWorkflowOptions{
			WorkflowID: id, UpdateName: "update", Args: []any{secret}, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		var got string
		if err != nil || update.Get(t.Context(), &got) != nil || got != secret+secret {
			t.Errorf("%s: the update answers %q, %v", id, got, err)
		}
		if err := c.SignalWorkflow(t.Context(), id, "", "go", secret); err != nil {
			t.Fatal(err)
		}
		if err := c.GetWorkflow(t.Context(), id, "").Get(t.Context(), &got); err != nil || got != "no "+secret+secret {
			t.Errorf("%s: the run ends with %q, %v", id, got, err)
		}
		told, err := c.QueryWorkflow(t.Context(), id, "", "told")
		if err != nil || told.Get(&got) != nil || got != secret {
			t.Errorf("%s: the query answers %q, %v", id, got, err)
		}
		if !strings.Contains(history(t, c, id), secret) {
			t.Errorf("%s: the secret cannot be read with the keys", id)
		}
	}
	for _, id := range []string{"sealed", "rotated"} {
		if text := history(t, plain.client, id); strings.Contains(text, secret) {
			t.Errorf("the history of %s tells the secret:\n%s", id, text)
		}
		d, err := plain.client.DescribeWorkflowExecution(t.Context(), id, "")
		if err != nil || strings.Contains(d.String(), secret) {
			t.Errorf("the description of %s tells the secret, %v:\n%s", id, err, d)
		}
	}
}

// A worker without the key fails no run: the task waits for one that has it.
func TestAWorkerWithoutTheKeyFailsNoRun(t *testing.T) {
	t.Parallel()
	server := harness.Temporal(t)
	right, wrong := sealedRoom(t, server, keyFile(t)), sealedRoom(t, server, keyFile(t))
	stranger := wrong.work(t, &tally{}, "whispers", registerWhisper)
	run := begin(t, right.client, "waits")
	time.Sleep(2 * time.Second) // so that the stranger has been offered it
	d, err := right.client.DescribeWorkflowExecution(t.Context(), "waits", "")
	if err != nil || d.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Fatalf("the run is %s, %v", d.GetWorkflowExecutionInfo().GetStatus(), err)
	}
	if err := stranger.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	right.work(t, &tally{}, "whispers", registerWhisper)
	if err := right.client.SignalWorkflow(t.Context(), "waits", "", "go", secret); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := run.Get(t.Context(), &got); err != nil || got != "no "+secret+secret {
		t.Errorf("the run ends with %q, %v", got, err)
	}
}

func TestTheCodecServerOpensForThoseItKnows(t *testing.T) {
	t.Parallel()
	server, keys := harness.Temporal(t), keyFile(t)
	plain, sealed := connect(t, server), sealedRoom(t, server, keys)
	begin(t, sealed.client, "shown")
	events := plain.client.GetWorkflowHistory(t.Context(), "shown", "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	first, err := events.Next()
	if err != nil {
		t.Fatal(err)
	}
	body, err := protojson.Marshal(first.GetWorkflowExecutionStartedEventAttributes().GetInput())
	if err != nil {
		t.Fatal(err)
	}
	const page = "https://temporal.example.com"
	codec := temporal.CodecServer{Cipher: sealed.config.Cipher, Token: "token", Origins: []string{page}}.Handler()
	tests := map[string]struct {
		method, origin, bearer, password string
		want                             int
	}{
		"a bearer":               {"POST", page, "token", "", http.StatusOK},
		"a browser":              {"POST", page, "", "token", http.StatusOK},
		"a program":              {"POST", "", "token", "", http.StatusOK},
		"nobody":                 {"POST", page, "", "", http.StatusUnauthorized},
		"a wrong token":          {"POST", page, "tokem", "", http.StatusUnauthorized},
		"a page of somebody":     {"POST", "https://evil.example.com", "", "token", http.StatusForbidden},
		"a preflight":            {"OPTIONS", page, "", "", http.StatusNoContent},
		"a preflight of another": {"OPTIONS", "https://evil.example.com", "", "", http.StatusForbidden},
	}
	for name, test := range tests {
		r := httptest.NewRequestWithContext(t.Context(), test.method, "/decode", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		if test.bearer != "" {
			r.Header.Set("Authorization", "Bearer "+test.bearer)
		}
		if test.password != "" {
			r.SetBasicAuth("anybody", test.password)
		}
		w := httptest.NewRecorder()
		codec.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, test.want)
		}
		var opened common.Payloads
		if w.Code == http.StatusOK && (protojson.Unmarshal(w.Body.Bytes(), &opened) != nil || string(opened.GetPayloads()[0].GetData()) != `"`+secret+`"`) {
			t.Errorf("%s: it opens %s", name, w.Body)
		}
	}
	if w := httptest.NewRecorder(); true {
		temporal.CodecServer{Cipher: sealed.config.Cipher}.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if w.Code != http.StatusUnauthorized {
			t.Errorf("without a token set, it answers %d", w.Code)
		}
	}
}
