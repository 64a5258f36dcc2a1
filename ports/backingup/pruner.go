package backingup

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Prune deletes what retention lets go, and returns it. Killed midway, the next
// one finds what is left.
func (k *Keeper) Prune(ctx context.Context, kind operation.Kind) ([]operation.Backup, error) {
	all, err := k.Records.List(ctx, kind)
	if err != nil {
		return nil, err
	}
	expired := operation.Kept.Expired(all, k.Now())
	for i, b := range expired {
		if err := k.remove(ctx, prefixOf(b.Kind, b.ID)); err != nil {
			return expired[:i], fmt.Errorf("delete backup %s: %w", b.ID, err)
		}
		b.Status, b.DeletedAt = operation.Deleted, k.Now().UTC()
		if err := k.keep(ctx, b, actionDeleted); err != nil {
			return expired[:i], err
		}
		expired[i] = b
	}
	return expired, nil
}

// Fail writes down why there is no backup, and takes away what there is of it.
func (k *Keeper) Fail(ctx context.Context, o Order, reason string) error {
	b, err := k.Records.Get(ctx, o.ID)
	if err != nil {
		return err
	}
	if b.Status == operation.Verified || b.Status == operation.Deleted {
		return nil
	}
	b.Fault = reason
	if b.Status == operation.Making {
		if err := k.remove(ctx, prefixOf(b.Kind, b.ID)); err != nil {
			return err
		}
		b.Status = operation.Broken
	}
	return k.keep(ctx, b, actionBroken)
}

// Sweep removes the scratches of runs that died: those of the kind's engine,
// and the folders of any kind.
func (k *Keeper) Sweep(ctx context.Context, kind operation.Kind, keep func(id string) bool) (int, error) {
	engine, err := k.engine(kind)
	if err != nil {
		return 0, err
	}
	folders, err := sweepScratch(k.scratchParent())
	if err != nil {
		return folders, err
	}
	removed, err := engine.Sweep(ctx, keep)
	return folders + removed, err
}
