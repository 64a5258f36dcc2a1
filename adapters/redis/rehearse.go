package redis

import (
	"context"
	"os"
	"path/filepath"

	"github.com/football-prediction/football-prediction/ports/backingup"
)

// Rehearse implements [backingup.Engine].
func (b *Backups) Rehearse(ctx context.Context, _, folder string, report backingup.Progress) (r backingup.Rehearsal, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return r, err
	}
	found := false
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ending {
			continue
		}
		found = true
		fault, err := b.rehearse(ctx, filepath.Join(folder, e.Name()), &r, report)
		if err != nil {
			return r, err
		}
		if fault != "" {
			r.Faults = append(r.Faults, e.Name()+" cannot be restored: "+fault)
		}
	}
	if !found {
		r.Faults = append(r.Faults, "there is no copy of Redis in it")
	}
	return r, nil
}

func (b *Backups) rehearse(ctx context.Context, path string, r *backingup.Rehearsal, report backingup.Progress) (fault string, err error) {
	report(0, 0, "checking the file's structure")
	_, err = b.programs.run(ctx, filepath.Dir(path), "redis-check-rdb", path)
	if fault, err := told(err); err != nil || fault != "" {
		return fault, err
	}
	t, err := b.load(ctx, path, report)
	if fault, err := told(err); err != nil || fault != "" {
		return fault, err
	}
	r.Took += t.took
	add(&r.Inventory, t.inventory)
	return "", nil
}
