package process_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/test/history"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// asking asks people twice, as a run that does two dangerous things would.
func asking(ctx workflow.Context, patience time.Duration) (all [][]string, err error) {
	ctx, p, err := process.Begin(ctx, "Asking")
	if err != nil {
		return nil, err
	}
	for _, step := range []string{"stop", "swap"} {
		by, err := process.AwaitApproval(ctx, p, process.Question{Step: step, Text: "Shall it " + step + "?", Patience: patience})
		if err != nil {
			return nil, p.End(process.Fail("await approval", err))
		}
		all = append(all, by)
	}
	p.Step(ctx, "done", 0, "")
	return all, nil
}

const askingWorkflow = "Asking"

func defineAsking(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(asking, workflow.RegisterOptions{Name: askingWorkflow})
}

// believe stands for the platform: it takes every signature but "forged", and
// wants two people for the step "swap".
func believe(_ context.Context, v process.Verification) (process.Verdict, error) {
	if string(v.Approval.Signature) == "forged" {
		return process.Verdict{}, process.Classify(operation.ErrForged)
	}
	if v.Step == "swap" && v.Approval.Actor == "user:ada" {
		return process.Verdict{Approvers: []string{"user:ada"}, Missing: 1}, nil
	}
	return process.Verdict{Approvers: []string{v.Approval.Actor}}, nil
}

func registerAsking(r worker.Registry) {
	defineAsking(r)
	r.RegisterActivityWithOptions(believe, activity.RegisterOptions{Name: process.VerifyActivity})
}

func statement(step, actor, nonce string) process.ApprovalRequest {
	return process.ApprovalRequest{
		Operation: "o", WorkflowID: "w", RunID: "r", Step: step, Action: operation.Approve, Actor: actor, TenantID: "t",
		At: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC), Nonce: nonce, Signature: []byte("good"),
	}
}

// verdicts collects what became of updates, by their id.
type verdicts map[string]string

type verdictOf struct {
	all verdicts
	id  string
}

func (v verdictOf) Accept()          {}
func (v verdictOf) Reject(err error) { v.all[v.id] = kindOf(err) }
func (v verdictOf) Complete(_ any, err error) {
	v.all[v.id] = "ok"
	if err != nil {
		v.all[v.id] = kindOf(err)
	}
}

func kindOf(err error) string {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return app.Type()
	}
	return err.Error()
}

func askingEnvironment() *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	registerAsking(env)
	return env
}

func TestARunWaitsForSignedApprovals(t *testing.T) {
	env, got := askingEnvironment(), verdicts{}
	forged := statement("stop", "user:ada", "n3")
	forged.Signature = []byte("forged")
	steps := []struct {
		id       string
		argument any
		want     string
	}{
		{"bare", map[string]any{}, "approval.bare"},
		{"named by hand", map[string]any{"actor": "user:ada", "step": "stop"}, "approval.bare"},
		{"of a machine", statement("stop", "api-key:k", "n0"), "approval.no_person"},
		{"of another step", statement("swap", "user:ada", "n1"), "approval.elsewhere"},
		{"forged", forged, "approval.forged"},
		{"good", statement("stop", "user:ada", "n4"), "ok"},
		{"late for the first step", statement("stop", "user:bob", "n5"), "approval.elsewhere"},
		{"replayed", statement("swap", "user:bob", "n4"), "approval.used"},
		{"one of two", statement("swap", "user:ada", "n6"), "ok"},
		{"the other of two", statement("swap", "user:bob", "n7"), "ok"},
	}
	want := verdicts{}
	for i, s := range steps {
		want[s.id] = s.want
		env.RegisterDelayedCallback(func() {
			if s.id == "the other of two" {
				var asked process.Approvals
				value, err := env.QueryWorkflow(process.ApprovalQuery)
				if err != nil || value.Get(&asked) != nil || asked.Step != "swap" || asked.Missing != 1 || len(asked.Approved) != 1 {
					t.Errorf("after one of two it asks %+v, %v", asked, err)
				}
			}
			env.UpdateWorkflow(process.ApproveUpdate, s.id, verdictOf{got, s.id}, s.argument)
		}, time.Duration(i+1)*time.Second)
	}
	env.ExecuteWorkflow(askingWorkflow, time.Hour)
	var all [][]string
	if err := errors.Join(env.GetWorkflowError(), env.GetWorkflowResult(&all)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"user:ada"}, {"user:bob"}}, all); diff != "" {
		t.Error(diff)
	}
}

func TestNobodyApproves(t *testing.T) {
	env := askingEnvironment()
	env.ExecuteWorkflow(askingWorkflow, time.Hour)
	err := env.GetWorkflowError()
	if !process.HasType(err, process.NotApproved) || !strings.Contains(process.Cause(err), "within 1h0m0s") {
		t.Errorf("error = %v", err)
	}
}

func TestARunThatWaitsIsAborted(t *testing.T) {
	env, got := askingEnvironment(), verdicts{}
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow(process.AbortUpdate, "a", verdictOf{got, "a"}, process.AbortRequest{Reason: "not now", By: "user:ada"})
	}, time.Second)
	env.ExecuteWorkflow(askingWorkflow, time.Hour)
	err := env.GetWorkflowError()
	if !process.HasType(err, process.Aborted) || process.Cause(err) != "aborted: not now (user:ada)" || got["a"] != "ok" {
		t.Errorf("error = %v, update %v", err, got)
	}
}

func TestApprovalHistories(t *testing.T) {
	approve := func(all ...process.ApprovalRequest) func(context.Context, client.Client, string) error {
		return func(ctx context.Context, c client.Client, id string) error {
			for _, r := range all {
				if err := send(ctx, c, id, r); err != nil {
					return err
				}
			}
			return nil
		}
	}
	scenario := func(name string, patience time.Duration, ends enums.EventType, during func(context.Context, client.Client, string) error) history.Scenario {
		return history.Scenario{
			Name: name, Workflow: askingWorkflow, Queue: "asking", Input: patience, Ends: ends, Register: registerAsking, During: during,
		}
	}
	history.Test(t, defineAsking, []history.Scenario{
		scenario("approval-granted", time.Hour, enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, approve(
			statement("stop", "user:ada", "n1"), statement("swap", "user:ada", "n2"), statement("swap", "user:bob", "n3"))),
		scenario("approval-refused-in-time", 5*time.Second, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, func(ctx context.Context, c client.Client, id string) error {
			forged := statement("stop", "user:ada", "n1")
			forged.Signature = []byte("forged")
			if err := send(ctx, c, id, forged); kindOf(err) != operation.ErrForged.Code {
				return errors.Join(errors.New("a forged approval was taken"), err)
			}
			return nil
		}),
		scenario("approval-aborted", time.Hour, enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, history.Abort),
	})
}

// send approves a step once the run asks for it.
func send(ctx context.Context, c client.Client, id string, r process.ApprovalRequest) error {
	for asked := (process.Approvals{}); asked.Step != r.Step; {
		if value, err := c.QueryWorkflow(ctx, id, "", process.ApprovalQuery); err == nil {
			_ = value.Get(&asked)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: process.ApproveUpdate, Args: []any{r}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	return handle.Get(ctx, nil)
}
