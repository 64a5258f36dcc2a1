package process

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/operating"
)

// What a run that waits for people answers to, and the step that judges an
// approval. Operators type the first two.
const (
	ApproveUpdate  = "approve"
	ApprovalQuery  = "approval"
	VerifyActivity = "Process.VerifyApproval"
)

// OperationsQueue is the task queue of what operators do with the system as a
// whole, the workflows that wait for people among it.
const OperationsQueue = "operations"

// NotApproved is the type of the error of a run that nobody approved in time.
const NotApproved = "process.not_approved"

// ApprovalRequest is the argument of the update approve: a statement of who
// approves, signed by the platform. A person cannot write one; it is made by
// POST operations/{id}/approve and by footballctl operations approve.
type ApprovalRequest struct {
	Operation  string    `json:"operation"`
	WorkflowID string    `json:"workflow_id"`
	RunID      string    `json:"run_id"`
	Step       string    `json:"step"`
	Action     string    `json:"action"`
	Actor      string    `json:"actor"`
	TenantID   string    `json:"tenant_id"`
	At         time.Time `json:"at"`
	Nonce      string    `json:"nonce"`
	Signature  []byte    `json:"signature"`
}

// ToApprovalRequest is an approval as a run takes it.
func ToApprovalRequest(a operation.Approval) ApprovalRequest {
	return ApprovalRequest{
		Operation: a.Operation, WorkflowID: a.WorkflowID, RunID: a.RunID, Step: a.Step, Action: a.Action, Actor: a.Actor,
		TenantID: a.TenantID, At: a.At, Nonce: a.Nonce, Signature: a.Signature,
	}
}

func (r ApprovalRequest) approval() operation.Approval {
	return operation.Approval{Signature: r.Signature, Statement: operation.Statement{
		Operation: r.Operation, WorkflowID: r.WorkflowID, RunID: r.RunID, Step: r.Step, Action: r.Action, Actor: r.Actor,
		TenantID: r.TenantID, At: r.At, Nonce: r.Nonce,
	}}
}

// Question is what a run asks people. Step names it and is what they approve;
// two questions of one run have different ones.
type Question struct {
	Step     string
	Text     string        // what will be done, as a whole sentence
	Patience time.Duration // how long it waits; a day when zero
}

// Approvals is the answer of the query approval. Step is empty while nothing is
// asked.
type Approvals struct {
	Step     string   `json:"step"`
	Question string   `json:"question"`
	Approved []string `json:"approved"`
	// Missing is how many more people must approve; zero while nobody has, since
	// it depends on who asked for the run, which the first approval finds out.
	Missing int `json:"missing"`
}

// AwaitApproval waits until enough people have approved: two stand behind what
// is done, the one who asked for the run and another, or two others when nobody
// knows who asked. It returns who approved. It fails with [NotApproved] when
// the patience ends, and with the cancellation when the run is aborted.
//
// A worker that serves the workflow's queue must have the activity, see
// [ApprovalActivities]. Use the context that [Begin] returned:
//
//	by, err := process.AwaitApproval(ctx, p, process.Question{Step: "swap", Text: "The restored database takes the live one's place."})
//	if err != nil {
//		return process.Fail("await approval", err)
//	}
func AwaitApproval(ctx workflow.Context, p *Process, q Question) ([]string, error) {
	if q.Patience <= 0 {
		q.Patience = 24 * time.Hour
	}
	a, err := p.asks(ctx, Approvals{Step: q.Step, Question: q.Text, Approved: []string{}})
	if err != nil {
		return nil, err
	}
	p.Step(ctx, q.Step, 0, q.Text+" This waits for an approval.")
	granted, err := workflow.AwaitWithTimeout(ctx, q.Patience, func() bool { return a.granted })
	by := a.asked.Approved
	a.asked = Approvals{}
	switch {
	case err != nil:
		return nil, err
	case !granted:
		return nil, temporal.NewNonRetryableApplicationError("nobody approved within "+q.Patience.String(), NotApproved, nil)
	}
	return by, nil
}

// asks puts a question. It is there before anybody can answer: an update that
// came with the run's first task is handled as soon as there is a handler.
func (p *Process) asks(ctx workflow.Context, question Approvals) (*approvals, error) {
	if p.approvals != nil {
		p.approvals.asked, p.approvals.granted = question, false
		return p.approvals, nil
	}
	p.approvals = &approvals{process: p, asked: question, used: map[string]bool{}}
	return p.approvals, p.approvals.register(ctx)
}

// approvals is what a run asks at the moment.
type approvals struct {
	process *Process
	asked   Approvals
	granted bool
	used    map[string]bool // nonces
}

func (a *approvals) register(ctx workflow.Context) error {
	err := workflow.SetQueryHandlerWithOptions(ctx, ApprovalQuery, func() (Approvals, error) { return a.asked, nil }, workflow.QueryHandlerOptions{
		Description: "What the run waits for people to approve.",
	})
	if err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, ApproveUpdate, a.approve, workflow.UpdateHandlerOptions{
		Validator:   a.mayApprove,
		Description: "Takes a signed statement of who approves, as the API and footballctl attach one. Typed by hand it is refused.",
	})
}

// mayApprove refuses at once what can be seen to be worth nothing. It touches
// no key; the activity does.
func (a *approvals) mayApprove(_ workflow.Context, r ApprovalRequest) error {
	approval := r.approval()
	if err := approval.Check(); err != nil {
		return Classify(err)
	}
	switch {
	case a.asked.Step == "" || a.granted:
		return Classify(operating.ErrNotAwaiting)
	case r.Step != a.asked.Step:
		return Classify(operation.ErrElsewhere)
	case a.used[r.Nonce]:
		return Classify(operation.ErrUsed)
	}
	return nil
}

func (a *approvals) approve(ctx workflow.Context, r ApprovalRequest) (Approvals, error) {
	a.used[r.Nonce] = true
	info := workflow.GetInfo(ctx)
	verdict, err := verifyActivity.Call(ctx, "Who approves?", Verification{
		Approval: r, WorkflowID: info.WorkflowExecution.ID, RunID: info.FirstRunID, Step: r.Step,
	})
	if err != nil {
		return Approvals{}, temporal.NewNonRetryableApplicationError(Cause(err), kindOf(err), nil)
	}
	if r.Step != a.asked.Step { // the run has stopped waiting meanwhile
		return Approvals{}, Classify(operating.ErrNotAwaiting)
	}
	a.asked.Approved, a.asked.Missing = verdict.Approvers, verdict.Missing
	a.granted = verdict.Missing == 0
	if !a.granted {
		a.process.Advance(ctx, len(verdict.Approvers), a.asked.Question+" This waits for the approval of another person.")
	}
	return a.asked, nil
}

var verifyActivity = Activity[Verification, Verdict]{Name: VerifyActivity, Attempt: 30 * time.Second}

// Verification asks whether an approval is worth anything where a run waits.
type Verification struct {
	Approval   ApprovalRequest `json:"approval"`
	WorkflowID string          `json:"workflow_id"`
	RunID      string          `json:"run_id"` // the first of the chain
	Step       string          `json:"step"`
}

// Verdict is what it brought.
type Verdict struct {
	Approvers []string `json:"approvers"`
	Missing   int      `json:"missing"`
}

// ApprovalActivities are the steps of [AwaitApproval] that touch the world. A
// worker registers them once on each queue whose workflows wait for people.
type ApprovalActivities struct{ verifier *operating.Verifier }

// NewApprovalActivities returns the activities.
func NewApprovalActivities(v *operating.Verifier) *ApprovalActivities {
	return &ApprovalActivities{verifier: v}
}

// Register adds the activities to a worker or a test environment.
func (a *ApprovalActivities) Register(r worker.ActivityRegistry) {
	verifyActivity.Register(r, a.Verify)
}

// Verify judges an approval and uses it.
func (a *ApprovalActivities) Verify(ctx context.Context, v Verification) (Verdict, error) {
	return Work(ctx, func(ctx context.Context, _ func(Progress)) (Verdict, error) {
		verdict, err := a.verifier.Verify(ctx, v.Approval.approval(), operating.Gate{WorkflowID: v.WorkflowID, RunID: v.RunID, Step: v.Step})
		slices.Sort(verdict.Approvers)
		return Verdict{Approvers: verdict.Approvers, Missing: verdict.Missing}, err
	})
}
