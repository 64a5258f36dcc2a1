package restoring

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/pausing"
)

// Place is where a kind of data lives that is put back as files, beside the
// database.
type Place interface {
	Kind() operation.Kind
	// Ready returns an error when nothing could be put here, before anything is.
	Ready(ctx context.Context) error
	// Put replaces what is here by the files of a backup in folder. Repeating it
	// after it broke off ends the same.
	Put(ctx context.Context, folder string, report backingup.Progress) error
}

// ErrUnhealthy is about a restored system that does not work.
var ErrUnhealthy = &domain.Error{Kind: domain.Conflict, Code: "restore.unhealthy"}

// Companion is what another part of the system is put back from.
type Companion struct {
	Kind      operation.Kind
	Backup    operation.Backup // the one taken nearest to the database's moment
	Safeguard string           // the id of the backup to make of what is there now
}

// Companions are the backups of the parts that go with a target, all parts that
// have a place here when none is named. Each place is asked whether it is ready.
func (r *Restorer) Companions(ctx context.Context, t Target, parts []string, newID func() string) ([]Companion, error) {
	chosen, err := r.choosePlaces(parts)
	if err != nil {
		return nil, err
	}
	all := make([]Companion, 0, len(chosen))
	for _, place := range chosen {
		if err := place.Ready(ctx); err != nil {
			return nil, fmt.Errorf("%s cannot be restored: %w", place.Kind(), err)
		}
		b, err := r.nearest(ctx, place.Kind(), t.Moment())
		if err != nil {
			return nil, err
		}
		all = append(all, Companion{Kind: place.Kind(), Backup: b, Safeguard: newID()})
	}
	return all, nil
}

func (r *Restorer) choosePlaces(parts []string) ([]Place, error) {
	if len(parts) == 0 {
		return r.Places, nil
	}
	var chosen []Place
	for _, name := range parts {
		i := slices.IndexFunc(r.Places, func(p Place) bool { return string(p.Kind()) == name })
		switch {
		case name == string(operation.Database):
		case i < 0:
			return nil, domain.Errorf(domain.Invalid, ErrUnusable.Code, "%q cannot be put back here; say %s", name, r.placeNames()).In("parts")
		default:
			chosen = append(chosen, r.Places[i])
		}
	}
	return chosen, nil
}

func (r *Restorer) placeNames() string {
	names := []string{string(operation.Database)}
	for _, p := range r.Places {
		names = append(names, string(p.Kind()))
	}
	return strings.Join(names, ", ")
}

// nearest is the verified backup of a kind whose moment is nearest to another.
func (r *Restorer) nearest(ctx context.Context, kind operation.Kind, moment time.Time) (operation.Backup, error) {
	all, err := r.Keeper.Records.List(ctx, kind)
	if err != nil {
		return operation.Backup{}, err
	}
	all = slices.DeleteFunc(all, func(b operation.Backup) bool { return b.Kind != kind || b.Status != operation.Verified })
	if len(all) == 0 {
		return operation.Backup{}, domain.Errorf(domain.NotFound, ErrNothing.Code,
			"no backup of %s is verified; name the parts to restore without it, or make one", kind)
	}
	return slices.MinFunc(all, func(x, y operation.Backup) int {
		return cmp.Compare(x.TakenAt.Sub(moment).Abs(), y.TakenAt.Sub(moment).Abs())
	}), nil
}

// Settling returns when whoever was at work when the service began to rest has
// ended it, or has had the time to.
func (r *Restorer) Settling(ctx context.Context) error {
	timer := time.NewTimer(2*pausing.Interval + r.Drain)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Safeguard makes a verified backup of what a place holds now: the way back.
// Repeating it makes it anew.
func (r *Restorer) Safeguard(ctx context.Context, c Companion, run string, report backingup.Progress) error {
	if _, err := r.Keeper.Make(ctx, backingup.Order{ID: c.Safeguard, Kind: c.Kind, Run: run}, report); err != nil {
		return err
	}
	b, err := r.Keeper.Verify(ctx, c.Safeguard, report)
	if err == nil && b.Status != operation.Verified {
		err = domain.Errorf(domain.Conflict, ErrDiffers.Code, "what %s holds now cannot be kept for the way back: %s", c.Kind, b.Fault)
	}
	return err
}

// Put puts the backup of an id into the place of its kind.
func (r *Restorer) Put(ctx context.Context, kind operation.Kind, id string, report backingup.Progress) error {
	i := slices.IndexFunc(r.Places, func(p Place) bool { return p.Kind() == kind })
	if i < 0 {
		return domain.Errorf(domain.Conflict, ErrUnusable.Code, "this process knows no place for %s", kind)
	}
	b, err := r.Keeper.Records.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("backup %s of %s: %w", id, kind, err)
	}
	return r.Keeper.Open(ctx, b, report, func(_ operation.Manifest, folder string) error {
		return r.Places[i].Put(ctx, folder, report)
	})
}

// Check looks at the system as a whole. What is wrong with it is
// [ErrUnhealthy].
func (r *Restorer) Check(ctx context.Context) error {
	if faults := r.Faults(ctx); len(faults) > 0 {
		return domain.Errorf(domain.Conflict, ErrUnhealthy.Code, "the restored system does not work: %s", strings.Join(faults, "; "))
	}
	return nil
}

// BackOut puts back the database that was live before a restore, and drops the
// restored one. It may be repeated, also where nothing was exchanged yet.
func (r *Restorer) BackOut(ctx context.Context, d Deed, why string) error {
	kept, err := r.Server.Names(ctx, keptName(d.ID))
	if err != nil {
		return err
	}
	if len(kept) > 0 {
		if err := r.Server.Exchange(ctx, keptName(d.ID), nextName(d.ID)); err != nil {
			return err
		}
	}
	r.Changed(ctx)
	return errors.Join(r.Server.Drop(ctx, nextName(d.ID)), r.Audit.Record(ctx, auditing.Event{
		Action: "system.restore_backed_out", Target: "restore:" + d.ID, Outcome: auditing.Done,
		Details:  map[string]string{"moment": d.Moment.UTC().Format(time.RFC3339), "approved_by": strings.Join(d.By, ", ")},
		Personal: map[string]string{"reason": d.Reason, "why": why},
	}))
}
