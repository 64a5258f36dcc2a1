package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/restoring"
)

var _ restoring.Place = (*Folders)(nil)

// Ready implements [restoring.Place]: what is to be replaced can be, which takes
// that its parent may be written to and that it is no mount.
func (f *Folders) Ready(context.Context) error {
	for _, r := range f.replaced() {
		parent := filepath.Dir(r.Path)
		trial, err := os.MkdirTemp(parent, filepath.Base(r.Path)+".new-")
		if err == nil {
			err = os.Remove(trial)
		}
		if err != nil {
			return domain.Errorf(domain.Conflict, ErrPlace.Code, "%s cannot be replaced, since nothing can be made in %s: %s", r.Name, parent, err)
		}
		if mounted(r.Path, parent) {
			return domain.Errorf(domain.Conflict, ErrPlace.Code, "%s is a mount, which cannot be replaced; mount its parent and use a folder in it", r.Path)
		}
	}
	return nil
}

// mounted reports whether path is on another file system than its parent.
func mounted(path, parent string) bool {
	of := func(path string) (device uint64, ok bool) {
		found, err := os.Stat(path)
		if err != nil {
			return 0, false
		}
		about, ok := found.Sys().(*syscall.Stat_t)
		if !ok {
			return 0, false
		}
		return uint64(about.Dev), true //nolint:unconvert // its type differs between systems
	}
	a, known := of(path)
	b, other := of(parent)
	return known && other && a != b
}

// Put implements [restoring.Place]. What was there before is removed once all is
// in place.
func (f *Folders) Put(ctx context.Context, folder string, _ backingup.Progress) error {
	into := make(map[string]string)
	for _, r := range f.replaced() {
		into[r.Name] = r.Path
	}
	kept, err := Unpack(ctx, folder, into)
	for _, old := range kept {
		err = errors.Join(err, backingup.RemoveTree(old))
	}
	return err
}

// replaced are the roots that a restore puts back.
func (f *Folders) replaced() (all []Root) {
	for _, r := range f.roots {
		if !r.Record {
			all = append(all, r)
		}
	}
	return all
}
