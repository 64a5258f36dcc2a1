package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// ErrBroken is about archives that do not hold what was in them.
var ErrBroken = &domain.Error{Kind: domain.Invalid, Code: "backup.folder_broken"}

// ErrPlace is about a place that a folder cannot be put in.
var ErrPlace = &domain.Error{Kind: domain.Conflict, Code: "backup.folder_place"}

// replacement is a root that is about to be replaced.
type replacement struct {
	name, path string
	fresh      string // what takes its place
	old        string // where it is put, empty when there was none
}

// Unpack puts the archives in folder in place: each of the roots that into names
// at the path that it gives. All are unpacked and compared with their lists
// before any is put in place; what was there before is kept beside it, at the
// paths that are returned. When one cannot be put in place, all are as before.
//
// Owners come back when we are root. A root that is a mount cannot be replaced;
// its parent can.
func Unpack(ctx context.Context, folder string, into map[string]string) (kept map[string]string, err error) {
	var all []*replacement
	defer func() {
		for _, r := range all {
			if r.fresh != "" {
				err = errors.Join(err, backingup.RemoveTree(r.fresh))
			}
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(into)) {
		r, err := prepare(ctx, folder, name, into[name])
		if r != nil {
			all = append(all, r)
		}
		if err != nil {
			return nil, fmt.Errorf("restore %s: %w", name, err)
		}
	}
	kept = make(map[string]string)
	for i, r := range all {
		if err := r.swap(); err != nil {
			for _, done := range slices.Backward(all[:i]) {
				err = errors.Join(err, done.undo())
			}
			return nil, fmt.Errorf("put %s in place: %w", r.name, err)
		}
	}
	for _, r := range all {
		r.fresh = ""
		if r.old != "" {
			kept[r.name] = r.old
		}
	}
	return kept, nil
}

// prepare unpacks an archive beside the place that it is for, so that it can
// be put there by a new name.
func prepare(ctx context.Context, folder, name, path string) (*replacement, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// What a link leads to is replaced, and not the link.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if found, err := os.Stat(path); err == nil && !found.IsDir() {
		return nil, domain.Errorf(domain.Conflict, ErrPlace.Code, "%s is no folder", path)
	}
	was, fault, err := listed(folder, name)
	if err != nil {
		return nil, err
	}
	if fault != "" {
		return nil, domain.Errorf(domain.Invalid, ErrBroken.Code, "%s", fault)
	}
	r := &replacement{name: name, path: path}
	if r.fresh, err = os.MkdirTemp(filepath.Dir(path), filepath.Base(path)+".new-"); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(r.fresh)
	if err != nil {
		return r, err
	}
	defer func() { _ = root.Close() }()
	if fault, err = told(unpack(ctx, filepath.Join(folder, name+archiveEnding), root, true)); err != nil {
		return r, err
	}
	if fault != "" {
		return r, domain.Errorf(domain.Invalid, ErrBroken.Code, "%s cannot be restored: %s", name, fault)
	}
	restored, err := measure(ctx, root, false, func(int) {})
	if err != nil {
		return r, err
	}
	if faults := restored.differences(name, was); len(faults) > 0 {
		return r, domain.Errorf(domain.Invalid, ErrBroken.Code, "%s is not as it was: %s, and %d more", name, faults[0], len(faults)-1)
	}
	return r, nil
}

// swap puts the old aside and the new in its place.
func (r *replacement) swap() error {
	old, err := freeName(r.path + ".before-")
	if err != nil {
		return err
	}
	switch err := os.Rename(r.path, old); {
	case err == nil:
		r.old = old
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.Rename(r.fresh, r.path); err != nil {
		if r.old != "" {
			err = errors.Join(err, os.Rename(r.old, r.path))
		}
		return err
	}
	return nil
}

// freeName returns a path that begins with prefix and that nothing has.
func freeName(prefix string) (string, error) {
	path, err := os.MkdirTemp(filepath.Dir(prefix), filepath.Base(prefix))
	if err != nil {
		return "", err
	}
	return path, os.Remove(path)
}

// undo puts the new aside and the old back in its place.
func (r *replacement) undo() error {
	if err := os.Rename(r.path, r.fresh); err != nil || r.old == "" {
		return err
	}
	return os.Rename(r.old, r.path)
}
