package restoring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
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

// Rebuild restores a backup into a fresh database beside the live one and
// compares it with what was there when the backup was taken. What differs is
// [ErrDiffers], and nothing is left of it.
func (r *Restorer) Rebuild(ctx context.Context, id string, b operation.Backup, report backingup.Progress) (took time.Duration, err error) {
	err = r.keeper.Open(ctx, b, report, func(m operation.Manifest, folder string) error {
		done, err := r.server.Rebuild(ctx, nextName(id), folder, report)
		if err != nil {
			return err
		}
		took = done.Took
		if faults := append(done.Faults, operation.Compare(m.Inventory, done.Inventory)...); len(faults) > 0 {
			return domain.Errorf(domain.Conflict, ErrDiffers.Code, "what was restored is not what was backed up: %s", strings.Join(faults, "; "))
		}
		return nil
	})
	if err != nil {
		err = errors.Join(fmt.Errorf("restore backup %s: %w", b.ID, err), r.Abandon(context.WithoutCancel(ctx), id))
	}
	return took, err
}

// Abandon drops what was restored and not put in place.
func (r *Restorer) Abandon(ctx context.Context, id string) error {
	return r.server.Drop(ctx, nextName(id))
}

// Exchange puts the restored database in the place of the live one.
func (r *Restorer) Exchange(ctx context.Context, id string) error {
	return r.server.Exchange(ctx, nextName(id), keptName(id))
}

// Settle tells the restored database what has happened since it was backed up:
// which backups there are. It answers how many it did not know of.
func (r *Restorer) Settle(ctx context.Context) (int, error) { return r.keeper.Rediscover(ctx) }

// Undo puts back the database that was live before a restore, and keeps the
// restored one under the name that it had.
func (r *Restorer) Undo(ctx context.Context, id string) error {
	if err := r.mustBeKept(ctx, id); err != nil {
		return err
	}
	return r.server.Exchange(ctx, keptName(id), nextName(id))
}

// Confirm drops the database that was live before a restore. It cannot be
// undone any more.
func (r *Restorer) Confirm(ctx context.Context, id string) error {
	if err := r.mustBeKept(ctx, id); err != nil {
		return err
	}
	return r.server.Drop(ctx, keptName(id))
}

func (r *Restorer) mustBeKept(ctx context.Context, id string) error {
	names, err := r.server.Names(ctx, keptName(id))
	if err == nil && len(names) != 1 {
		err = domain.Errorf(domain.NotFound, ErrNothing.Code, "the database before restore %s is not there: it was confirmed, undone, or never made", id)
	}
	return err
}
