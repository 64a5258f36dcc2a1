package operating

import (
	"context"
	"errors"
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Verifier tells a run whether an approval is worth anything. It believes no
// one but the platform's signature.
type Verifier struct {
	signer    auditing.Signer
	store     Store
	approvals Approvals
	unit      transacting.Unit
	recorder  auditing.Recorder
	now       domain.Clock
}

// NewVerifier returns a Verifier.
func NewVerifier(signer auditing.Signer, store Store, approvals Approvals, unit transacting.Unit, recorder auditing.Recorder, now domain.Clock) *Verifier {
	return &Verifier{signer: signer, store: store, approvals: approvals, unit: unit, recorder: recorder, now: now}
}

// Gate is where a run waits.
type Gate struct {
	WorkflowID string
	RunID      string // the first of the chain
	Step       string
}

// Verdict is what an approval brought.
type Verdict struct {
	Approvers []string
	Missing   int // how many more people must approve
}

// Verify uses an approval at a gate, once, and says how many more are needed.
// Verifying the same again changes nothing. An approval that is worth nothing
// is refused with an error of package [operation], and the refusal recorded.
func (v *Verifier) Verify(ctx context.Context, a operation.Approval, g Gate) (Verdict, error) {
	o, err := v.judge(ctx, a, g)
	if err == nil {
		err = v.use(ctx, a, o)
	}
	if err != nil {
		return Verdict{}, v.refused(ctx, a, g, err)
	}
	approvers, err := v.approvals.Approvers(ctx, o.ID, g.Step)
	if err != nil {
		return Verdict{}, err
	}
	return Verdict{Approvers: approvers, Missing: max(0, operation.ApprovalsNeeded(o.Person)-len(approvers))}, nil
}

// judge finds what is wrong with an approval, and the operation it is of. The
// signature comes first: before it, nothing in the statement means anything.
func (v *Verifier) judge(ctx context.Context, a operation.Approval, g Gate) (Operation, error) {
	if err := a.Check(); err != nil {
		return Operation{}, err
	}
	if v.signer.Verify(a.Signature, a.Text()) != nil {
		return Operation{}, operation.ErrForged
	}
	if a.WorkflowID != g.WorkflowID || a.RunID != g.RunID || a.Step != g.Step {
		return Operation{}, operation.ErrElsewhere
	}
	if err := a.Fresh(v.now()); err != nil {
		return Operation{}, err
	}
	o, err := v.store.Get(ctx, a.Operation)
	switch {
	case errors.Is(err, ErrUnknown):
		return Operation{}, operation.ErrElsewhere
	case err != nil:
		return Operation{}, err
	case o.WorkflowID != g.WorkflowID || o.RunID != g.RunID:
		return Operation{}, operation.ErrElsewhere
	case o.Person == a.Actor:
		return Operation{}, operation.ErrSamePerson
	}
	return o, nil
}

// use keeps the approval and the record of it together, or neither.
func (v *Verifier) use(ctx context.Context, a operation.Approval, o Operation) error {
	ctx = access.With(ctx, access.Principal{Subject: a.Actor, TenantID: a.TenantID})
	return v.unit.Within(ctx, a.TenantID, func(ctx context.Context) error {
		fresh, err := v.approvals.Use(ctx, a)
		if err != nil || !fresh {
			return err
		}
		return v.recorder.Record(ctx, auditing.Event{
			TenantID: a.TenantID, Action: actionApproved, Target: "operation:" + o.ID, Outcome: auditing.Done,
			Details: map[string]string{"kind": o.Kind, "workflow_id": o.WorkflowID, "step": a.Step},
		})
	})
}

// refused records what was refused, in no tenant's chain: whose it says it is
// may be a lie. What could not be looked at is no refusal.
func (v *Verifier) refused(ctx context.Context, a operation.Approval, g Gate, why error) error {
	var known *domain.Error
	if !errors.As(why, &known) || known.Kind == domain.Unavailable || known.Kind == domain.Internal {
		return why
	}
	err := v.recorder.Record(ctx, auditing.Event{
		TenantID: auditing.Platform, Action: actionRefused, Target: "workflow:" + cut(g.WorkflowID), Outcome: auditing.Refused,
		Details: map[string]string{"why": known.Code, "step": cut(g.Step), "claims": cut(a.Actor)},
	})
	if err != nil {
		return fmt.Errorf("%w; and the refusal was not recorded: %w", why, err)
	}
	return why
}

// cut bounds what somebody else wrote.
func cut(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most]
	}
	return text
}
