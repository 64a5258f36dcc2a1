package operating

import (
	"context"
	"errors"
	"time"
)

const (
	// mostKept bounds one pass over what has not ended.
	mostKept = 200
	// mostFound bounds how many unknown runs a pass takes in.
	mostFound = 200
	// startingFor is how long whoever took a request may still be starting it.
	startingFor = 15 * time.Second
	// farthest is how far this process looks back until it has caught up with
	// what happened while it was away; lookBack is how far it does from then on,
	// since lists of runs are a little late.
	farthest = 30 * 24 * time.Hour
	lookBack = time.Hour
)

// Keep is to be called every few seconds. It starts what was asked for and is
// not started, because Temporal was away or a server died in between; keeps how
// runs ended, before Temporal forgets them; and takes in runs that schedules,
// other runs and Temporal's own interface started. Several servers may do it at
// once. While Temporal is away it does nothing, which is no error.
func (d *Dispatcher) Keep(ctx context.Context) error {
	open, err := d.Store.Unended(ctx, mostKept)
	if err != nil {
		return err
	}
	var wrong error
	for _, o := range open {
		switch err := d.keepOne(ctx, o); {
		case errors.Is(err, ErrAway):
			return wrong
		case err != nil:
			wrong = errors.Join(wrong, err)
		}
	}
	if err := d.takeIn(ctx); err != nil && !errors.Is(err, ErrAway) {
		wrong = errors.Join(wrong, err)
	}
	return wrong
}

func (d *Dispatcher) keepOne(ctx context.Context, o Operation) error {
	if o.RunID != "" {
		_, err := d.glance(ctx, o)
		return err
	}
	switch age := d.Now().Sub(o.RequestedAt); {
	case age < startingFor:
		return nil
	case age <= StartWithin:
		_, err := d.begin(ctx, o)
		return err
	}
	// It may have been started by a server that died before it could say so.
	seen, err := d.Engine.Look(ctx, Ref{WorkflowID: o.WorkflowID})
	if err == nil && seen.Operation == o.ID {
		o.RunID = seen.RunID
		_, err = d.glance(ctx, o)
		return err
	}
	if err != nil && !errors.Is(err, ErrNoRun) {
		return err
	}
	return d.Store.See(ctx, o.ID, Sight{
		Status: NotStarted, EndedAt: d.Now(), Outcome: "Temporal was away for too long after it was asked for; ask again",
	}, d.Now())
}

// takeIn keeps runs that were not asked for here.
func (d *Dispatcher) takeIn(ctx context.Context) error {
	after := d.Now().Add(-farthest)
	if d.caughtUp.Load() {
		after = d.Now().Add(-lookBack)
	}
	workflows := make([]string, len(d.Kinds))
	for i, k := range d.Kinds {
		workflows[i] = k.Workflow
	}
	var failed error
	found, err := d.Finder.Since(ctx, workflows, after, mostFound, func(runIDs []string) map[string]bool {
		known, err := d.Store.Known(ctx, runIDs)
		failed = err
		return known
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	for _, r := range found {
		if ours, err := d.Store.Get(ctx, r.Operation); err == nil && ours.RunID == "" {
			continue // the next pass starts what is not started, and finds this run
		}
		adopted, err := d.adopt(ctx, r)
		if err == nil && adopted.RunID == r.RunID {
			_, err = d.glance(ctx, adopted)
		}
		if err != nil {
			return err
		}
	}
	d.caughtUp.Store(len(found) < mostFound)
	return nil
}
