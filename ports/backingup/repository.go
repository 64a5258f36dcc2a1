package backingup

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Repository is an engine that keeps its copies in a store of its own, in a form
// of its own, such as pgBackRest. What was in the data still goes into our
// bucket as a manifest, so that both kinds of engine are verified, recorded and
// let go by the same rules.
type Repository interface {
	Kind() operation.Kind
	Name() string
	// Address names the store to people.
	Address() string
	// Add makes the copy that a asks for. One that an attempt before has left
	// under the same id is replaced or gone on with.
	Add(ctx context.Context, a Addition, report Progress) (Copy, error)
	// Rehearse brings the copy of that id to life beside the original, at the
	// moment that its inventory is of, and removes what it made whatever happens.
	// What is wrong with the copy is a fault, also that it is not there.
	Rehearse(ctx context.Context, id string, report Progress) (Rehearsal, error)
	// Remove removes the copies of those ids, except those that another copy
	// needs which is not among them, and returns the ids that are gone. One that
	// is not there is gone.
	Remove(ctx context.Context, ids []string) (gone []string, err error)
	// Sweep is that of [Engine].
	Sweep(ctx context.Context, keep func(id string) bool) (removed int, err error)
}

// Addition asks a repository for a copy.
type Addition struct {
	ID string
	// Whole asks for a copy that stands on no other, because none before it is
	// known to be good. Otherwise the repository decides.
	Whole bool
}

// Copy is what a repository has added.
type Copy struct {
	Inventory operation.Inventory
	TakenAt   time.Time // the moment that the inventory is of
	Size      int64     // bytes that the store has grown by
	Parts     int       // copies that it is put together from, itself among them
}

// method is how a kind is backed up: one of the two is there.
type method struct {
	engine     Engine
	repository Repository
}

func (m method) name() string {
	if m.repository != nil {
		return m.repository.Name()
	}
	return m.engine.Name()
}

// method is how new backups of a kind are made here.
func (k *Keeper) method(kind operation.Kind) (method, error) {
	for _, r := range k.Repositories {
		if r.Kind() == kind {
			return method{repository: r}, nil
		}
	}
	engine, err := k.engine(kind)
	return method{engine: engine}, err
}

// keptIn is the repository that a backup is in, or nil when it lies in our
// bucket. Who changes engines can still verify and delete what is there, as
// long as the engine that made it is set up.
func (k *Keeper) keptIn(b operation.Backup) Repository {
	for _, r := range k.Repositories {
		if r.Kind() == b.Kind && r.Name() == b.Engine {
			return r
		}
	}
	return nil
}

// add makes a backup in a repository.
func (k *Keeper) add(ctx context.Context, r Repository, b *operation.Backup, report Progress) (operation.Manifest, error) {
	m := k.blank(*b)
	whole, err := k.whole(ctx, r, b.ID)
	if err != nil {
		return m, err
	}
	added, err := r.Add(ctx, Addition{ID: b.ID, Whole: whole}, report)
	if err != nil {
		return m, err
	}
	b.TakenAt, b.Size, b.Parts = added.TakenAt.UTC(), added.Size, added.Parts
	m.TakenAt, m.Inventory = b.TakenAt, added.Inventory
	return m, nil
}

// whole tells whether the next copy may stand on those before it: it may when
// the newest was verified. Else a fault in one would go on into all that follow.
func (k *Keeper) whole(ctx context.Context, r Repository, id string) (bool, error) {
	all, err := k.Records.List(ctx, r.Kind())
	if err != nil {
		return false, err
	}
	for _, b := range all {
		if b.Engine == r.Name() && b.ID != id {
			return b.Status != operation.Verified, nil
		}
	}
	return true, nil
}

// discard takes away what there is of backups, and returns those of which
// nothing is left. A repository keeps what others stand on; what is in one that
// is not set up here stays.
func (k *Keeper) discard(ctx context.Context, backups []operation.Backup) (gone []operation.Backup, err error) {
	kept := make(map[string]bool)
	for _, b := range backups {
		kept[b.ID] = k.keptIn(b) == nil && !strings.HasSuffix(b.Location, prefixOf(b.Kind, b.ID))
	}
	for _, r := range k.Repositories {
		var ids []string
		for _, b := range backups {
			if k.keptIn(b) == r {
				ids = append(ids, b.ID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		removed, err := r.Remove(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			kept[id] = !slices.Contains(removed, id)
		}
	}
	for _, b := range backups {
		if kept[b.ID] {
			continue
		}
		if err := k.remove(ctx, prefixOf(b.Kind, b.ID)); err != nil {
			return gone, err
		}
		gone = append(gone, b)
	}
	return gone, nil
}
