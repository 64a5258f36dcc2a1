package restoring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// The databases of a restore are named by its id. The first is being filled,
// the second is the one that was live before.
const (
	nextPrefix = "football_restored_"
	keptPrefix = "football_before_"
)

func nextName(id string) string { return nextPrefix + strings.ReplaceAll(id, "-", "") }
func keptName(id string) string { return keptPrefix + strings.ReplaceAll(id, "-", "") }

// Rebuild restores into a fresh database beside the live one and compares it
// with what was there at the target's moment. What differs is [ErrDiffers], and
// nothing is left of it.
func (r *Restorer) Rebuild(ctx context.Context, id string, t Target, report backingup.Progress) (took time.Duration, err error) {
	fill := func(was operation.Inventory, folder string) error {
		done, err := r.Server.Rebuild(ctx, nextName(id), folder, report)
		if err != nil {
			return err
		}
		took = done.Took
		if faults := append(done.Faults, operation.Compare(was, done.Inventory)...); len(faults) > 0 {
			return domain.Errorf(domain.Conflict, ErrDiffers.Code, "what was restored is not what was there: %s", strings.Join(faults, "; "))
		}
		return nil
	}
	if t.At.IsZero() {
		err = r.Keeper.Open(ctx, t.Backup, report, func(m operation.Manifest, folder string) error { return fill(m.Inventory, folder) })
	} else {
		err = r.Keeper.Lend(func(folder string) error {
			there, err := r.Timeline.Inspect(ctx, id, backingup.Target{Time: t.At}, folder, report)
			if err != nil {
				return err
			}
			return fill(there.Inventory, folder)
		})
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("restore the database as of %s: %w", t.Moment().Format(time.RFC3339), err), r.Abandon(context.WithoutCancel(ctx), id))
	}
	return took, err
}

// Abandon drops what was restored and not put in place.
func (r *Restorer) Abandon(ctx context.Context, id string) error {
	return r.Server.Drop(ctx, nextName(id))
}

// Exchange puts the restored database in the place of the live one.
func (r *Restorer) Exchange(ctx context.Context, id string) error {
	return r.Server.Exchange(ctx, nextName(id), keptName(id))
}

// Reopen makes the claim on the database reachable, which is kept in it: an
// exchange that was killed leaves it closed.
func (r *Restorer) Reopen(ctx context.Context) error { return r.Server.Reopen(ctx) }

// Deed is a restore as it is recorded.
type Deed struct {
	ID     string
	Moment time.Time
	Reason string
	By     []string // who approved
}

// Settled is what a restored database was told.
type Settled struct {
	Backups int   // that it did not know of
	Lost    []Run // that ended after its moment: what they did is gone
}

// Settle tells the restored database what has happened since its moment: that
// it was restored, and which backups there are. It returns the runs whose
// effects are gone, for somebody to decide which to do again.
func (r *Restorer) Settle(ctx context.Context, d Deed) (s Settled, err error) {
	r.Changed(ctx)
	if s.Backups, err = r.Keeper.Rediscover(ctx); err != nil {
		return s, err
	}
	if s.Lost, err = r.Runs.EndedSince(ctx, d.Moment); err != nil {
		return s, err
	}
	return s, r.Audit.Record(ctx, auditing.Event{
		Action: "database.restored", Target: "restore:" + d.ID, Outcome: auditing.Done,
		Details:  map[string]string{"moment": d.Moment.UTC().Format(time.RFC3339), "approved_by": strings.Join(d.By, ", "), "runs_lost": fmt.Sprint(len(s.Lost))},
		Personal: map[string]string{"reason": d.Reason},
	})
}

// Undo puts back the database that was live before a restore, and keeps the
// restored one under the name that it had.
func (r *Restorer) Undo(ctx context.Context, id string) error {
	if err := r.mustBeKept(ctx, id); err != nil {
		return err
	}
	err := r.Server.Exchange(ctx, keptName(id), nextName(id))
	r.Changed(ctx)
	return err
}

// Confirm drops the database that was live before a restore. It cannot be
// undone any more.
func (r *Restorer) Confirm(ctx context.Context, id string) error {
	if err := r.mustBeKept(ctx, id); err != nil {
		return err
	}
	return r.Server.Drop(ctx, keptName(id))
}

func (r *Restorer) mustBeKept(ctx context.Context, id string) error {
	names, err := r.Server.Names(ctx, keptName(id))
	if err == nil && len(names) != 1 {
		err = domain.Errorf(domain.NotFound, ErrNothing.Code, "the database before restore %s is not there: it was confirmed, undone, or never made", id)
	}
	return err
}
