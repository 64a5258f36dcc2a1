package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

// bridge is an office whose operators run things on a real Temporal. What they
// run are workflows of the test's own under our names: Ingest asks for an
// approval, RetrainModel works until it is aborted, SettleMatches ends at once.
type bridge struct {
	*office
	temporal client.Client
	keyring  *crypto.Keyring
	ada, bob string // access tokens of two operators
	adaID    string
	home     tenancy.Tenant
}

func newBridge(t *testing.T) *bridge {
	t.Helper()
	server := harness.Temporal(t)
	b := &bridge{office: newOfficeOn(t, harness.Postgres(t),
		"TEMPORAL_ADDRESS="+server.Address, "TEMPORAL_NAMESPACE="+server.Namespace, "TEMPORAL_UI_URL=http://ui.example")}
	b.staff()
	c, err := temporal.Open(temporal.Config{Address: server.Address, Namespace: server.Namespace}, zap.NewNop())
	must(t, err)
	t.Cleanup(c.Close)
	b.temporal = c
	b.keyring, err = core.Keyring(config.Config{SecretKey: "dev-secret-key-change-in-production"}, time.Now)
	must(t, err)
	b.work(ingestion.Queue)
	b.work(retraining.Queue)
	return b
}

func (b *bridge) staff() {
	b.t.Helper()
	b.home = b.platform()
	b.adaID = b.user(b.home, "ada@platform.com", identity.Operator).ID
	b.user(b.home, "bob@platform.com", identity.Operator)
	b.ada = b.signIn(tenancy.PlatformSlug, "ada@platform.com", goodPassword).access
	b.bob = b.signIn(tenancy.PlatformSlug, "bob@platform.com", goodPassword).access
}

// work serves a queue with the test's workflows and the real judge of approvals.
func (b *bridge) work(queue string) {
	b.t.Helper()
	db := connect(b.t, b.database.AppURL)
	chronicle := auditing.NewChronicle(postgres.NewAudit(db), b.keyring, b.keyring, zeros{}, postgres.NewID, time.Now)
	verifier := operating.NewVerifier(b.keyring, postgres.NewOperations(db), postgres.NewApprovals(db), postgres.NewUnit(db), chronicle, time.Now)
	w := worker.New(b.temporal, queue, worker.Options{})
	for name, definition := range map[string]any{
		ingestion.IngestWorkflow: asks, retraining.RetrainWorkflow: works, forecasting.SettleWorkflow: ends,
	} {
		w.RegisterWorkflowWithOptions(definition, workflow.RegisterOptions{Name: name})
	}
	process.NewApprovalActivities(verifier).Register(w)
	must(b.t, w.Start())
	b.t.Cleanup(w.Stop)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func asks(ctx workflow.Context, _ map[string]any) ([]string, error) {
	ctx, p, err := process.Begin(ctx, "Asking")
	if err != nil {
		return nil, err
	}
	by, err := process.AwaitApproval(ctx, p, process.Question{Step: "swap", Text: "Shall it swap?"})
	return by, p.End(err)
}

func works(ctx workflow.Context, _ map[string]any) error {
	ctx, p, err := process.Begin(ctx, "Working")
	if err != nil {
		return err
	}
	p.Step(ctx, "train", 7, "")
	p.Advance(ctx, 3, "Training.")
	return p.End(workflow.Sleep(ctx, time.Hour))
}

func ends(ctx workflow.Context, in map[string]any) (map[string]any, error) {
	_, _, err := process.Begin(ctx, "Ending")
	if in["without_champion_do_nothing"] == true {
		return nil, errors.New("unreachable")
	}
	return map[string]any{"forecasts": 3}, err
}

// told is an operation as the API tells it.
type told struct {
	ID, Status, Outcome string
	RequestedBy         string `json:"requested_by"`
	Live                bool
	Result              map[string]any
	Progress            *struct {
		Step        string
		Done, Total int
	}
	Awaiting *struct {
		Step     string
		Approved []string
		Missing  int
	}
	Approvals []struct{ Actor, Step string }
	History   struct {
		WorkflowID string `json:"workflow_id"`
		RunID      string `json:"run_id"`
		URL        string
	}
}

func (b *bridge) start(kind, token string, headers ...string) told {
	b.t.Helper()
	r := b.call("POST", "operations/"+kind, token, map[string]any{}, headers...).want(b.t, 202, "")
	o := read[told](b.t, r)
	if r.header.Get("Location") != "/api/v1/operations/"+o.ID {
		b.t.Errorf("Location %q of %s", r.header.Get("Location"), o.ID)
	}
	return o
}

func read[T any](t *testing.T, r reply) (value T) {
	t.Helper()
	must(t, json.Unmarshal([]byte(r.body), &value))
	return value
}

func (b *bridge) get(id string) told {
	b.t.Helper()
	return read[told](b.t, b.call("GET", "operations/"+id, b.ada, nil).want(b.t, 200, id))
}

// becomes waits until an operation is as it should be.
func (b *bridge) becomes(id, what string, is func(told) bool) (o told) {
	b.t.Helper()
	eventually(b.t, id+" "+what, func() bool { o = b.get(id); return is(o) })
	return o
}

func (b *bridge) waits(id string) told {
	b.t.Helper()
	return b.becomes(id, "waits for an approval", func(o told) bool { return o.Awaiting != nil })
}

func TestAnOperationRunsAndIsRecorded(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	o := b.start("settlements", b.ada)
	done := b.becomes(o.ID, "completes", func(o told) bool { return o.Status == "completed" })
	if done.Result["forecasts"] != 3.0 || !done.Live || done.RequestedBy != "user:"+b.adaID ||
		done.History.URL != "http://ui.example/namespaces/"+b.namespace()+"/workflows/settle/"+done.History.RunID+"/history" {
		t.Errorf("it tells %+v", done)
	}
	work := b.start("retrainings", b.ada, "Idempotency-Key", "one")
	if again := b.start("retrainings", b.ada, "Idempotency-Key", "one"); again.ID != work.ID {
		t.Errorf("the same key started %s after %s", again.ID, work.ID)
	}
	if again := b.start("retrainings", b.bob); again.ID != work.ID {
		t.Errorf("the same again started %s after %s", again.ID, work.ID)
	}
	b.becomes(work.ID, "progresses", func(o told) bool {
		return o.Progress != nil && o.Progress.Step == "train" && o.Progress.Done == 3 && o.Progress.Total == 7
	})
	b.call("POST", "operations/"+work.ID+"/approve", b.bob, nil).want(t, 409, "operation.nothing_to_approve")
	b.call("POST", "operations/"+work.ID+"/abort", b.bob, map[string]string{"reason": "the data are wrong"}).want(t, 200, work.ID)
	ended := b.becomes(work.ID, "is aborted", func(o told) bool { return o.Status == "aborted" })
	if !strings.Contains(ended.Outcome, "the data are wrong") {
		t.Errorf("it ended with %q", ended.Outcome)
	}
	b.call("POST", "operations/"+work.ID+"/abort", b.bob, map[string]string{"reason": "again"}).want(t, 409, "operation.ended")
	if next := b.start("retrainings", b.ada); next.ID == work.ID {
		t.Error("an operation that has ended was started again under its id")
	}
	b.call("GET", "operations?status=aborted&limit=1", b.ada, nil).want(t, 200, work.ID)
	b.call("GET", "operations?kind=experiments", b.ada, nil).want(t, 422, "operation.kind")
	b.sound(b.home, "operation.requested", "operation.abort_requested")
}

func (b *bridge) namespace() string {
	b.t.Helper()
	o := b.call("GET", "operations?limit=1", b.ada, nil)
	return strings.SplitN(strings.SplitN(o.body, `"namespace":"`, 2)[1], `"`, 2)[0]
}

func TestTwoPeopleStandBehindAnApproval(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	o := b.start("ingestions", b.ada)
	b.waits(o.ID)
	at := "operations/" + o.ID + "/approve"
	b.call("POST", at, b.ada, nil).want(t, 403, "approval.same_person")
	key := b.key()
	b.call("POST", at, "", nil, "X-API-Key", key).want(t, 403, "approval.no_person")
	b.call("POST", at, b.bob, nil).want(t, 200, "")
	done := b.becomes(o.ID, "completes", func(o told) bool { return o.Status == "completed" })
	if len(done.Approvals) != 1 || done.Approvals[0].Step != "swap" || done.Approvals[0].Actor == "user:"+b.adaID {
		t.Errorf("approved by %+v", done.Approvals)
	}
	b.sound(b.home, "operation.requested", "operation.approval_refused", "operation.approved")

	// What somebody asks for by a key is asked for by whoever made the key.
	byKey := read[told](t, b.call("POST", "operations/ingestions", "", map[string]any{}, "X-API-Key", key).want(t, 202, "api-key:"))
	b.waits(byKey.ID)
	b.call("POST", "operations/"+byKey.ID+"/approve", b.ada, nil).want(t, 403, "approval.same_person")
	b.call("POST", "operations/"+byKey.ID+"/approve", b.bob, nil).want(t, 200, "")
	b.becomes(byKey.ID, "completes", func(o told) bool { return o.Status == "completed" })
}

// key is an API key that may operate, made by ada.
func (b *bridge) key() string {
	b.t.Helper()
	admin := connect(b.t, b.database.AdminURL)
	_, err := admin.ExecContext(b.t.Context(), `UPDATE users SET role = 'platform_admin' WHERE id = ?`, b.adaID)
	must(b.t, err)
	var key string
	eventually(b.t, "ada may make keys", func() bool {
		r := b.call("POST", "api-keys", b.ada, map[string]any{"name": "k", "scopes": []string{"operate"}})
		key = ""
		if r.status == 201 {
			key = r.field(b.t, "key")
		}
		return key != ""
	})
	return key
}

// A run that somebody started in Temporal's own interface shows up by itself,
// and since nobody knows who that was, two others must approve it.
func TestARunThatNobodyKnownAskedFor(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	run, err := b.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "by-hand", TaskQueue: ingestion.Queue}, ingestion.IngestWorkflow, map[string]any{})
	must(t, err)
	var o told
	eventually(t, "the run is taken in", func() bool {
		for _, each := range read[struct{ Items []told }](t, b.call("GET", "operations", b.ada, nil).want(t, 200, "")).Items {
			if each.History.WorkflowID == "by-hand" {
				o = each
			}
		}
		return o.ID != ""
	})
	if o.RequestedBy != "temporal" || o.History.RunID != run.GetRunID() {
		t.Errorf("it is taken in as %+v", o)
	}
	b.waits(o.ID)
	one := read[told](t, b.call("POST", "operations/"+o.ID+"/approve", b.ada, nil).want(t, 200, ""))
	if one.Status != "running" || one.Awaiting == nil || one.Awaiting.Missing != 1 {
		t.Errorf("after one approval: %+v", one)
	}
	b.call("POST", "operations/"+o.ID+"/approve", b.ada, nil).want(t, 409, "approval.twice")
	b.call("POST", "operations/"+o.ID+"/approve", b.bob, nil).want(t, 200, "")
	b.becomes(o.ID, "completes", func(o told) bool { return o.Status == "completed" && len(o.Approvals) == 2 })

	// Asking for what goes on elsewhere under the same id is being told of it.
	_, err = b.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "ingest", TaskQueue: ingestion.Queue}, ingestion.IngestWorkflow, map[string]any{})
	must(t, err)
	if foreign := b.start("ingestions", b.ada); foreign.RequestedBy != "temporal" {
		t.Errorf("somebody else's run counts as asked for by %s", foreign.RequestedBy)
	}
}

// Whoever can reach Temporal can send any update. None but a statement that the
// platform has signed for this very run is worth anything.
func TestStatementsThatAreWorthNothing(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	o := b.waits(b.start("ingestions", b.ada).ID)
	bob := "user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05"
	statement := func() operation.Statement {
		return operation.Statement{
			Operation: o.ID, WorkflowID: o.History.WorkflowID, RunID: o.History.RunID, Step: "swap", Action: operation.Approve,
			Actor: bob, TenantID: b.home.ID, Nonce: postgres.NewID(), At: time.Now().UTC(),
		}
	}
	other, err := crypto.Derive("another secret", time.Now)
	must(t, err)
	signed := func(by *crypto.Keyring, change func(*operation.Statement)) process.ApprovalRequest {
		s := statement()
		change(&s)
		signature, err := by.Sign(s.Text())
		must(t, err)
		return process.ToApprovalRequest(operation.Approval{Statement: s, Signature: signature})
	}
	as := func(*operation.Statement) {}
	tampered := signed(b.keyring, as)
	tampered.Actor = "user:somebody-else"
	for name, c := range map[string]struct {
		argument any
		want     string
	}{
		"bare":                  {map[string]any{}, "approval.bare"},
		"a name typed by hand":  {map[string]any{"actor": bob, "reason": "go on"}, "approval.bare"},
		"signed by another key": {signed(other, as), "approval.forged"},
		"tampered with":         {tampered, "approval.forged"},
		"of long ago":           {signed(b.keyring, func(s *operation.Statement) { s.At = s.At.Add(-time.Hour) }), "approval.expired"},
		"of another run":        {signed(b.keyring, func(s *operation.Statement) { s.RunID = postgres.NewID() }), "approval.elsewhere"},
		"of another workflow":   {signed(b.keyring, func(s *operation.Statement) { s.WorkflowID = "retrain" }), "approval.elsewhere"},
		"of another operation":  {signed(b.keyring, func(s *operation.Statement) { s.Operation = postgres.NewID() }), "approval.elsewhere"},
		"of another step":       {signed(b.keyring, func(s *operation.Statement) { s.Step = "stop" }), "approval.elsewhere"},
		"of the one who asked":  {signed(b.keyring, func(s *operation.Statement) { s.Actor = "user:" + b.adaID }), "approval.same_person"},
		"of a machine":          {signed(b.keyring, func(s *operation.Statement) { s.Actor = "api-key:k" }), "approval.no_person"},
	} {
		if got := b.send(o.History.WorkflowID, c.argument); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if o := b.get(o.ID); o.Status != "running" || len(o.Approvals) != 0 {
		t.Errorf("after all that it is %+v", o)
	}
	refused, err := b.reader.Of(t.Context(), auditing.Platform, auditing.Filter{Action: "operation.approval_refused"}, 0, 50)
	must(t, err)
	if len(refused) < 6 {
		t.Errorf("%d refusals are recorded", len(refused))
	}
	good := signed(b.keyring, as)
	if got := b.send(o.History.WorkflowID, good); got != "" {
		t.Errorf("a good one: %q", got)
	}
	b.becomes(o.ID, "completes", func(o told) bool { return o.Status == "completed" })
	// The same statement for the next run of the same operation's kind.
	next := b.waits(b.start("ingestions", b.ada).ID)
	if got := b.send(next.History.WorkflowID, good); got != "approval.elsewhere" {
		t.Errorf("replayed on the next run: %q", got)
	}
	// The same nonce in another statement.
	if got := b.send(next.History.WorkflowID, signed(b.keyring, func(s *operation.Statement) {
		s.Operation, s.RunID, s.Nonce = next.ID, next.History.RunID, good.Nonce
	})); got != "approval.used" {
		t.Errorf("a nonce that was used: %q", got)
	}
	b.sound(b.home)
}

// send sends the update approve as Temporal's interface would, and returns the
// type of the refusal.
func (b *bridge) send(id string, argument any) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	handle, err := b.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: process.ApproveUpdate, Args: []any{argument}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	var app *sdk.ApplicationError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &app):
		return app.Type()
	}
	return err.Error()
}

// Without Temporal nothing can start, and nothing is lost: the request is kept,
// the list says so, and it begins when Temporal is back.
func TestTemporalIsAway(t *testing.T) {
	t.Parallel()
	server, process := harness.PrivateTemporal(t)
	database := harness.Postgres(t)
	b := &bridge{office: newOfficeOn(t, database, "TEMPORAL_ADDRESS="+server.Address, "TEMPORAL_NAMESPACE="+server.Namespace)}
	b.staff()
	work := b.start("retrainings", b.ada) // which no worker serves
	must(t, process.Stop(context.Background()))
	b.call("POST", "operations/settlements", b.ada, map[string]any{}).want(t, 503, "operation.waiting")
	all := read[struct{ Items []told }](t, b.call("GET", "operations", b.ada, nil).want(t, 200, "")).Items
	if len(all) != 2 || all[0].Status != "requested" || all[0].Live || all[1].Status != "running" || all[1].Live {
		t.Errorf("the list tells %+v", all)
	}
	b.call("POST", "operations/"+work.ID+"/abort", b.ada, map[string]string{"reason": "stop it"}).want(t, 503, "")
	b.call("POST", "operations/settlements", b.ada, map[string]any{}).want(t, 503, all[0].ID)
	must(t, process.Start(context.Background()))
	// A server asks again some seconds after a request; the test does not wait
	// for that, but asks the same again itself.
	eventually(t, "it begins", func() bool {
		r := b.call("POST", "operations/settlements", b.ada, map[string]any{})
		return r.status == 202 && strings.Contains(r.body, all[0].ID) && strings.Contains(r.body, `"running"`)
	})
}
