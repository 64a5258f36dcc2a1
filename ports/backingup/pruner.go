package backingup

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Prune deletes what retention lets go, and returns it. Killed midway, the next
// one finds what is left. What a repository still needs for another backup stays
// until that one goes.
func (k *Keeper) Prune(ctx context.Context, kind operation.Kind) ([]operation.Backup, error) {
	all, err := k.Records.List(ctx, kind)
	if err != nil {
		return nil, err
	}
	gone, discarding := k.discard(ctx, operation.Kept.Expired(all, k.Now()))
	for i, b := range gone {
		b.Status, b.DeletedAt = operation.Deleted, k.Now().UTC()
		if err := k.keep(ctx, b, actionDeleted); err != nil {
			return gone[:i], err
		}
		gone[i] = b
	}
	if discarding != nil {
		return gone, fmt.Errorf("delete backups: %w", discarding)
	}
	return gone, nil
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
		if _, err := k.discard(ctx, []operation.Backup{b}); err != nil {
			return err
		}
		b.Status = operation.Broken
	}
	return k.keep(ctx, b, actionBroken)
}

// Sweep removes the scratches of runs that died: those of the kind's engine,
// and the folders of any kind.
func (k *Keeper) Sweep(ctx context.Context, kind operation.Kind, keep func(id string) bool) (int, error) {
	if _, err := k.method(kind); err != nil {
		return 0, err
	}
	removed, err := sweepScratch(k.scratchParent())
	if err != nil {
		return removed, err
	}
	for _, r := range k.sweepers() {
		if r.Kind() != kind {
			continue
		}
		n, err := r.Sweep(ctx, keep)
		if removed += n; err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// sweeper is what engines and repositories have in common.
type sweeper interface {
	Kind() operation.Kind
	Sweep(ctx context.Context, keep func(id string) bool) (removed int, err error)
}

func (k *Keeper) sweepers() []sweeper {
	var all []sweeper
	for _, r := range k.Repositories {
		all = append(all, r)
	}
	for _, e := range k.Engines {
		all = append(all, e)
	}
	return all
}
