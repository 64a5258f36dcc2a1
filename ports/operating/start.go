package operating

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// Request asks for an operation.
type Request struct {
	Kind  string
	Input json.RawMessage // empty for all that the kind does by default
}

// StartWithin is how long a request waits for Temporal to come back. One that
// was forgotten meanwhile must not begin by surprise.
const StartWithin = 15 * time.Minute

// Start starts an operation, or returns the one that does the same and goes on.
// It takes what the kind needs, [identity.RunOperations] as a rule.
//
// The request is kept before Temporal is asked: when Temporal is away it
// returns [ErrWaiting], and [Dispatcher.Keep] starts it once Temporal is back.
func (d *Dispatcher) Start(ctx context.Context, r Request) (Operation, error) {
	k, err := find(d.Kinds, r.Kind)
	if err != nil {
		return Operation{}, err
	}
	p, err := access.Allowed(ctx, k.needs())
	if err != nil {
		return Operation{}, err
	}
	input, why, err := k.read(r.Input)
	if err != nil {
		return Operation{}, err
	}
	person, err := d.person(ctx, p)
	if err != nil {
		return Operation{}, err
	}
	asked := Operation{
		Kind: k.Name, Workflow: k.Workflow, WorkflowID: k.runID(input), Input: input, Reason: why,
		RequestedBy: p.Subject, Person: person, Seen: Sight{Status: Requested},
	}
	for {
		kept, opened, err := d.open(ctx, p, asked)
		if err != nil {
			return Operation{}, err
		}
		started, err := d.launch(ctx, kept)
		// One that was kept before may have ended unseen; then it makes room.
		if err != nil || opened || !started.Seen.Status.Ended() {
			return started, err
		}
	}
}

// open keeps the request and the record of it together, or neither.
func (d *Dispatcher) open(ctx context.Context, p access.Principal, asked Operation) (kept Operation, opened bool, err error) {
	asked.ID, asked.RequestedAt = d.NewID(), d.Now()
	asked.SeenAt = asked.RequestedAt
	err = d.Unit.Within(ctx, chain(p), func(ctx context.Context) error {
		kept, opened, err = d.Store.Open(ctx, asked)
		if err != nil || !opened {
			return err
		}
		return d.record(ctx, p, kept, actionRequested, asked.Reason, auditing.Done)
	})
	return kept, opened, err
}

// launch starts what is kept and not started, and looks at what is.
func (d *Dispatcher) launch(ctx context.Context, o Operation) (Operation, error) {
	if o.RunID != "" {
		return d.refresh(ctx, o)
	}
	started, err := d.begin(ctx, o)
	if errors.Is(err, ErrAway) {
		return o, domain.Errorf(domain.Unavailable, ErrWaiting.Code,
			"Temporal cannot be reached; the request is kept as operation %s and begins when Temporal is back within %s", o.ID, StartWithin).After(retryAfter)
	}
	return started, err
}

// begin starts the run of an operation. A run of the same id that somebody
// started elsewhere takes its place: it is kept as what it is, an operation
// that nobody known asked for.
func (d *Dispatcher) begin(ctx context.Context, o Operation) (Operation, error) {
	k, _ := ofWorkflow(d.Kinds, o.Workflow)
	begun, err := d.Engine.Start(ctx, Order{
		Operation: o.ID, Workflow: o.Workflow, WorkflowID: o.WorkflowID, Input: o.Input, Summary: k.Summary + ", asked for by " + o.RequestedBy,
	})
	if err != nil {
		return o, err
	}
	if begun.Foreign {
		return d.giveWay(ctx, o, begun.RunID)
	}
	o.RunID = begun.RunID
	return d.refresh(ctx, o)
}

func (d *Dispatcher) giveWay(ctx context.Context, o Operation, runID string) (Operation, error) {
	now := d.Now()
	gone := Sight{Status: NotStarted, EndedAt: now, Outcome: "a run of the same id that was started elsewhere goes on"}
	if err := d.Store.See(ctx, o.ID, gone, now); err != nil {
		return o, err
	}
	seen, err := d.Engine.Look(ctx, Ref{WorkflowID: o.WorkflowID, RunID: runID})
	if err != nil {
		return o, err
	}
	adopted, err := d.adopt(ctx, Run{Workflow: o.Workflow, WorkflowID: o.WorkflowID, RunID: runID, From: FromTemporal, StartedAt: seen.StartedAt})
	if err != nil {
		return o, err
	}
	return d.refresh(ctx, adopted)
}
