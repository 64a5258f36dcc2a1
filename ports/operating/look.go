package operating

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Get returns an operation as it is now, or, while Temporal is away, as it was
// last seen; Live tells which. It takes [identity.RunOperations].
func (d *Dispatcher) Get(ctx context.Context, id string) (Operation, error) {
	if _, err := access.Allowed(ctx, identity.RunOperations); err != nil {
		return Operation{}, err
	}
	return d.now(ctx, id)
}

func (d *Dispatcher) now(ctx context.Context, id string) (Operation, error) {
	o, err := d.Store.Get(ctx, id)
	if err != nil {
		return Operation{}, err
	}
	seen, err := d.refresh(ctx, o)
	if errors.Is(err, ErrAway) {
		return o, nil
	}
	return seen, err
}

// List returns operations, the newest first, each as [Dispatcher.Get] does but
// without its progress. It takes [identity.RunOperations].
func (d *Dispatcher) List(ctx context.Context, f Filter, p catalogue.Page) ([]Operation, error) {
	if _, err := access.Allowed(ctx, identity.RunOperations); err != nil {
		return nil, err
	}
	if f.Kind != "" {
		if _, err := find(d.Kinds, f.Kind); err != nil {
			return nil, err
		}
	}
	all, err := d.Store.List(ctx, f, p)
	if err != nil {
		return nil, err
	}
	return all, d.refreshSome(ctx, all)
}

const (
	// mostLooked bounds how many runs a list asks about: few go on at a time, and
	// what was not asked about says so.
	mostLooked = 20
	// lookLimit bounds how long a list waits for Temporal.
	lookLimit = 2 * time.Second
)

// refreshSome looks at those of all that go on, side by side.
func (d *Dispatcher) refreshSome(ctx context.Context, all []Operation) error {
	limited, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	var (
		wait   sync.WaitGroup
		mu     sync.Mutex
		wrong  error
		looked int
	)
	for i := range all {
		if all[i].Seen.Status.Ended() {
			all[i].Live = true // it changes no more
			continue
		}
		if looked++; looked > mostLooked || all[i].RunID == "" {
			continue
		}
		wait.Go(func() {
			seen, err := d.glance(limited, all[i])
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				all[i] = seen
			case errors.Is(err, ErrAway), limited.Err() != nil:
			default:
				wrong = errors.Join(wrong, err)
			}
		})
	}
	wait.Wait()
	return wrong
}

// refresh looks at the run of an operation and keeps what it sees. What is not
// started yet, and what has ended, is as it is known.
func (d *Dispatcher) refresh(ctx context.Context, o Operation) (Operation, error) {
	return d.see(ctx, o, Ref{WorkflowID: o.WorkflowID, RunID: o.RunID})
}

// glance is refresh without progress, which only a worker can tell.
func (d *Dispatcher) glance(ctx context.Context, o Operation) (Operation, error) {
	return d.see(ctx, o, Ref{WorkflowID: o.WorkflowID, RunID: o.RunID, Brief: true})
}

func (d *Dispatcher) see(ctx context.Context, o Operation, r Ref) (Operation, error) {
	if o.Seen.Status.Ended() {
		o.Live = true
		return o, nil
	}
	if o.RunID == "" {
		return o, nil
	}
	seen, err := d.Engine.Look(ctx, r)
	now := d.Now()
	if errors.Is(err, ErrNoRun) {
		// It ended and was forgotten while nobody looked.
		seen, err = Sight{RunID: o.RunID, Status: Terminated, StartedAt: o.Seen.StartedAt, EndedAt: now, Outcome: "Temporal knows the run no more; how it ended is unknown"}, nil
	}
	if err != nil {
		return o, err
	}
	seen.RunID = o.RunID
	if err := d.Store.See(ctx, o.ID, seen, now); err != nil {
		return o, err
	}
	o.Seen, o.SeenAt, o.Live = seen, now, true
	return o, nil
}

// adopt keeps a run that was not asked for here.
func (d *Dispatcher) adopt(ctx context.Context, r Run) (Operation, error) {
	k, ok := ofWorkflow(d.Kinds, r.Workflow)
	if !ok {
		return Operation{}, domain.Errorf(domain.Internal, "operation.kind", "no kind of operation is done by %s", r.Workflow)
	}
	kept, opened, err := d.Store.Open(ctx, Operation{
		ID: d.NewID(), Kind: k.Name, Workflow: r.Workflow, WorkflowID: r.WorkflowID, RunID: r.RunID, Input: []byte(`{}`),
		RequestedBy: r.From, RequestedAt: r.StartedAt, SeenAt: d.Now(),
		Seen: Sight{RunID: r.RunID, LatestRun: r.RunID, Status: Running, StartedAt: r.StartedAt},
	})
	if err == nil && !opened && kept.RunID != r.RunID {
		// The one before it is not known to have ended; the next look tells.
		return kept, nil
	}
	return kept, err
}
