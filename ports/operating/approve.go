package operating

import (
	"context"
	"errors"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Approve says yes, in the name of the caller, to what a run waits for. It takes
// [identity.RunOperations] and a person who signed in, which in production
// takes a second factor. It returns [operation.ErrSamePerson] for whoever
// asked, [ErrNotAwaiting] when nothing is asked, and [ErrAway] when the run
// does not answer.
//
// What is sent to the run is a statement of who says so, signed here: a run
// cannot know who typed something, and believes nothing else.
func (d *Dispatcher) Approve(ctx context.Context, id string) (Operation, error) {
	p, err := access.Allowed(ctx, identity.RunOperations)
	if err != nil {
		return Operation{}, err
	}
	if !operation.IsPerson(p.Subject) {
		return Operation{}, operation.ErrNoPerson
	}
	o, err := d.underWay(ctx, id)
	if err != nil {
		return Operation{}, err
	}
	if o.Person == p.Subject {
		return Operation{}, errors.Join(operation.ErrSamePerson, d.refuse(ctx, p, o))
	}
	if o.Seen.Awaiting == nil {
		return Operation{}, ErrNotAwaiting
	}
	signed, err := d.sign(p, o)
	if err != nil {
		return Operation{}, err
	}
	if err := d.Engine.Approve(ctx, o.ref(), signed); err != nil {
		return Operation{}, err
	}
	if seen, err := d.now(ctx, id); err == nil {
		return seen, nil
	}
	// It is approved, though it cannot be looked at: what was approved may be an
	// exchange of the very database that knows of the operation.
	o.Live = false
	return o, nil
}

// refuse records that somebody tried to approve his own request.
func (d *Dispatcher) refuse(ctx context.Context, p access.Principal, o Operation) error {
	return d.Unit.Within(ctx, chain(p), func(ctx context.Context) error {
		return d.record(ctx, p, o, actionRefused, "", auditing.Refused)
	})
}

func (d *Dispatcher) sign(p access.Principal, o Operation) (operation.Approval, error) {
	a := operation.Approval{Statement: operation.Statement{
		Operation: o.ID, WorkflowID: o.WorkflowID, RunID: o.RunID, Step: o.Seen.Awaiting.Step, Action: operation.Approve,
		Actor: p.Subject, TenantID: p.TenantID, Nonce: d.NewID(), At: d.Now().UTC(),
	}}
	var err error
	a.Signature, err = d.Signer.Sign(a.Text())
	return a, err
}

// underWay returns an operation whose run goes on, as it is now.
func (d *Dispatcher) underWay(ctx context.Context, id string) (Operation, error) {
	o, err := d.Store.Get(ctx, id)
	if err != nil {
		return Operation{}, err
	}
	if o, err = d.refresh(ctx, o); err != nil {
		return Operation{}, err
	}
	switch {
	case o.Seen.Status.Ended():
		return Operation{}, ErrEnded
	case o.RunID == "":
		return Operation{}, ErrNotBegun
	}
	return o, nil
}
