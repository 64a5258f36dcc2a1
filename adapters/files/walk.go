package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"syscall"
)

// place is where something lies: it is looked up in a folder that is open, so
// that nobody who moves folders about can lead us elsewhere meanwhile.
type place struct {
	in   *os.Root
	base string
	path string // from the root that is walked through
}

// walker walks through a root.
type walker struct {
	stopped func() error
	skip    fs.FileInfo // a folder to pass over; may be nil
	visit   func(at place, found fs.FileInfo) error
}

// walk visits what is in root: the root itself as ".", folders before what is
// in them, in order of name. What vanishes meanwhile is passed over. Links are
// visited and not followed.
func walk(ctx context.Context, root *os.Root, skip fs.FileInfo, visit func(at place, found fs.FileInfo) error) error {
	w := &walker{stopped: ctx.Err, skip: skip, visit: visit}
	return w.one(place{in: root, base: ".", path: "."})
}

func (w *walker) one(at place) error {
	if err := w.stopped(); err != nil {
		return err
	}
	found, err := at.in.Lstat(at.base)
	if vanished(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if w.skip != nil && os.SameFile(w.skip, found) {
		return nil
	}
	if err := w.visit(at, found); err != nil {
		return err
	}
	if !found.IsDir() {
		return nil
	}
	return w.inside(at, found)
}

func (w *walker) inside(at place, found fs.FileInfo) error {
	folder, err := at.in.OpenRoot(at.base)
	if err != nil {
		if err = replaced(at, found, err); vanished(err) || errors.Is(err, errReplaced) {
			return nil
		}
		return err
	}
	defer func() { _ = folder.Close() }()
	names, err := list(folder, found)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := w.one(place{in: folder, base: name, path: path.Join(at.path, name)}); err != nil {
			return err
		}
	}
	return nil
}

// list returns the names in a folder, none when it is not the one that was
// found.
func list(folder *os.Root, found fs.FileInfo) ([]string, error) {
	opened, err := folder.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }()
	now, err := opened.Stat()
	if err != nil || !os.SameFile(found, now) {
		return nil, err
	}
	names, err := opened.Readdirnames(-1)
	if err != nil && !vanished(err) {
		return nil, err
	}
	slices.Sort(names)
	return names, nil
}

// vanished is about what was there a moment ago.
func vanished(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// errReplaced is about what became something else since it was found.
var errReplaced = errors.New("something else is in its place")

// replaced tells what cannot be opened from what has become something else, if
// only for a moment. What was no link when it was found leads nowhere else; that
// it does is what the system, or os.Root by itself, then complains of.
func replaced(at place, found fs.FileInfo, err error) error {
	var system syscall.Errno
	if !errors.As(err, &system) || system == syscall.ELOOP {
		return errReplaced
	}
	if now, failed := at.in.Lstat(at.base); failed == nil && !os.SameFile(found, now) {
		return errReplaced
	}
	return err
}
