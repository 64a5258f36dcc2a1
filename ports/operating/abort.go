package operating

import (
	"context"
	"errors"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Abort asks a run to stop. What it has kept stays kept. It takes
// [identity.RunOperations] and a reason for the record. It returns [ErrEnded]
// for what has ended and [ErrAway] when the run does not answer.
//
// That it was asked for is recorded first: what is not recorded must not be
// done.
func (d *Dispatcher) Abort(ctx context.Context, id, why string) (Operation, error) {
	p, err := access.Allowed(ctx, identity.RunOperations)
	if err != nil {
		return Operation{}, err
	}
	if err := reason(why); err != nil {
		return Operation{}, err
	}
	o, err := d.underWay(ctx, id)
	if errors.Is(err, ErrNotBegun) {
		return d.drop(ctx, p, id, why)
	}
	if err != nil {
		return Operation{}, err
	}
	if err := d.recordAbort(ctx, p, o, why); err != nil {
		return Operation{}, err
	}
	if err := d.Engine.Abort(ctx, o.ref(), p.Subject, why); err != nil {
		return Operation{}, err
	}
	return d.now(ctx, id)
}

func (d *Dispatcher) recordAbort(ctx context.Context, p access.Principal, o Operation, why string) error {
	return d.Unit.Within(ctx, chain(p), func(ctx context.Context) error {
		return d.record(ctx, p, o, actionAbort, why, auditing.Done)
	})
}

// drop ends a request that has not begun. Temporal must say so: a server may
// have started it and died before it could write that down.
func (d *Dispatcher) drop(ctx context.Context, p access.Principal, id, why string) (Operation, error) {
	o, err := d.Store.Get(ctx, id)
	if err != nil {
		return Operation{}, err
	}
	seen, err := d.Engine.Look(ctx, Ref{WorkflowID: o.WorkflowID})
	if err != nil && !errors.Is(err, ErrNoRun) {
		return Operation{}, err
	}
	if err == nil && seen.Operation == o.ID {
		o.RunID = seen.RunID
		if _, err := d.refresh(ctx, o); err != nil {
			return Operation{}, err
		}
		return d.Abort(ctx, id, why)
	}
	if err := d.recordAbort(ctx, p, o, why); err != nil {
		return Operation{}, err
	}
	gone := Sight{Status: NotStarted, EndedAt: d.Now(), Outcome: "aborted before it began"}
	if err := d.Store.See(ctx, o.ID, gone, d.Now()); err != nil {
		return Operation{}, err
	}
	return d.now(ctx, id)
}
