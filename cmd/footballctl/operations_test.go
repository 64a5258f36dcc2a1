package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/fx"
	"go.uber.org/fx/fxtest"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/cutover"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// approvers serves workflows of the test's own under our names: Ingest and
// BlueGreenCutover ask for an approval.
func approvers(t *testing.T, environ []string) {
	t.Helper()
	c, err := config.Load(environ, config.ForWorker)
	if err != nil {
		t.Fatal(err)
	}
	asks := func(ctx workflow.Context, _ map[string]any) (map[string]any, error) {
		ctx, p, err := process.Begin(ctx, "Asking")
		if err != nil {
			return nil, err
		}
		by, err := process.AwaitApproval(ctx, p, process.Question{Step: "swap", Text: "Shall it swap?"})
		return map[string]any{"by": len(by)}, p.End(err)
	}
	app := fxtest.New(t, fx.NopLogger,
		core.Pieces("worker", c), postgres.Module, temporal.Module, temporal.WorkerModule, core.Auditing(),
		fx.Provide(
			zap.NewNop, operating.NewVerifier, process.NewApprovalActivities,
			func(log *zap.Logger) temporal.WorkerOptions {
				return temporal.WorkerOptions{BuildID: "test", Logger: log}
			},
			func(a *process.ApprovalActivities) []temporal.Assignment {
				var all []temporal.Assignment
				for queue, name := range map[string]string{ingestion.Queue: ingestion.IngestWorkflow, cutover.Queue: cutover.CutoverWorkflow} {
					all = append(all, temporal.Assignment{Queue: queue, Register: func(r worker.Registry) {
						a.Register(r)
						r.RegisterWorkflowWithOptions(asks, workflow.RegisterOptions{Name: name})
					}})
				}
				return all
			},
		),
		fx.Invoke(temporal.Host),
	)
	app.RequireStart()
	t.Cleanup(app.RequireStop)
}

// bridge is a system whose operators are ada, bob and cyd; as adds one of them to
// a command line.
func bridge(t *testing.T) (environ []string, as func(name string, args ...string) []string) {
	t.Helper()
	db, server := harness.Postgres(t), harness.Temporal(t)
	environ = []string{"DATABASE_URL=" + db.AppURL, "TEMPORAL_ADDRESS=" + server.Address, "TEMPORAL_NAMESPACE=" + server.Namespace}
	approvers(t, environ)
	dir := t.TempDir()
	write(t, dir, "pw", "a sturdy bridge over water\n")
	password := filepath.Join(dir, "pw")
	for _, name := range []string{"ada", "bob", "cyd"} {
		succeed(t, environ, "admin", "create", "--email", name+"@example.com", "--role", "operator", "--password-file", password)
	}
	return environ, func(name string, args ...string) []string {
		return append(args, "--as", name+"@example.com", "--password-file", password)
	}
}

// Four eyes hold at the command line as at the API: who approves signs in, and
// is another than who asked.
func TestOperations(t *testing.T) {
	environ, by := bridge(t)
	as := func(name string, args ...string) []string {
		return by(name, append([]string{"operations"}, args...)...)
	}
	o := decode[runOperationJSON](t, succeed(t, environ, append(as("ada", "start", "ingestions"), "--json")...))
	if o.Status != operating.Running || !strings.HasPrefix(o.RequestedBy, "user:") {
		t.Fatalf("it started %+v", o)
	}
	waits := func(id string) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); decode[runOperationJSON](t, succeed(t, environ, "operations", "get", id, "--json")).Awaiting != "swap"; {
			if time.Now().After(end) {
				t.Fatal("it never asks")
			}
		}
	}
	waits(o.ID)
	for name, a := range map[string]struct {
		args []string
		says string
	}{
		"the one who asked": {as("ada", "approve", o.ID), "another person must"},
		"nobody":            {[]string{"operations", "approve", o.ID}, "as"},
		"a wrong password":  {[]string{"operations", "approve", o.ID, "--as", "bob@example.com", "--password-file", "/dev/null"}, "wrong"},
		"no terminal":       {[]string{"operations", "approve", o.ID, "--as", "bob@example.com"}, "--password-file"},
	} {
		if got := ctl(t, environ, a.args...); got.code == 0 || !strings.Contains(got.err, a.says) {
			t.Errorf("%s: code %d, %q", name, got.code, got.err)
		}
	}
	succeed(t, environ, as("bob", "approve", o.ID)...)
	done := ctl(t, environ, "operations", "get", o.ID, "--follow")
	if done.code != 0 || !strings.Contains(done.out, "completed") || !strings.Contains(done.out, "swap approved by user:") {
		t.Errorf("followed: code %d, %q %q", done.code, done.out, done.err)
	}

	// Who has the database at hand is nobody that could be told from another.
	o = decode[runOperationJSON](t, succeed(t, environ, "operations", "start", "ingestions", "--input", `{"competitions":["premier-league"]}`, "--json"))
	waits(o.ID)
	succeed(t, environ, as("ada", "approve", o.ID)...)
	if now := decode[runOperationJSON](t, succeed(t, environ, "operations", "get", o.ID, "--json")); now.Status != operating.Running || len(now.Approvals) != 1 {
		t.Errorf("after one approval: %+v", now)
	}
	succeed(t, environ, "operations", "abort", o.ID, "--reason", "enough shown")
	if a := ctl(t, environ, "operations", "get", o.ID, "--follow", "--json"); a.code != exitFailure || !strings.Contains(a.out, "enough shown") {
		t.Errorf("an aborted one: code %d, %q", a.code, a.out)
	}
	if all := decode[[]runOperationJSON](t, succeed(t, environ, "operations", "list", "--kind", "ingestions", "--json")); len(all) != 2 || all[0].ID != o.ID {
		t.Errorf("it lists %+v", all)
	}
	if a := ctl(t, environ, "operations", "start", "experiments"); a.code != exitFailure || !strings.Contains(a.err, "ingestions") {
		t.Errorf("an unknown kind: code %d, %q", a.code, a.err)
	}
	if out := succeed(t, environ, "operations", "list"); !strings.Contains(out, "aborted") {
		t.Errorf("the list prints %q", out)
	}
}

// A cutover is watched, approved and taken back without naming it.
func TestCutovers(t *testing.T) {
	environ, as := bridge(t)
	if a := ctl(t, environ, "cutover", "status"); a.code != exitFailure || !strings.Contains(a.err, "footballctl cutover start RELEASE") {
		t.Errorf("before the first: code %d, %q", a.code, a.err)
	}
	o := decode[runOperationJSON](t, succeed(t, environ, "operations", "start", "cutovers", "--input", `{"release":"v1.4.0"}`, "--json"))
	if now := decode[runOperationJSON](t, succeed(t, environ, "cutover", "status", "--json")); now.ID != o.ID || now.Status != operating.Running {
		t.Errorf("status is %+v, want that of %s", now, o.ID)
	}
	for end := time.Now().Add(30 * time.Second); decode[runOperationJSON](t, succeed(t, environ, "cutover", "status", "--json")).Awaiting == ""; {
		if time.Now().After(end) {
			t.Fatal("it never asks")
		}
	}
	succeed(t, environ, as("ada", "cutover", "approve")...)
	if now := decode[runOperationJSON](t, succeed(t, environ, "cutover", "status", "--json")); len(now.Approvals) != 1 {
		t.Errorf("after an approval: %+v", now)
	}
	succeed(t, environ, "cutover", "abort", "--reason", "the wrong one")
	if a := ctl(t, environ, "cutover", "status", o.ID, "--follow"); a.code != exitFailure || !strings.Contains(a.out+a.err, "the wrong one") {
		t.Errorf("aborted: code %d, %q %q", a.code, a.out, a.err)
	}
}
