package backingup

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/football-prediction/football-prediction/domain"
)

// scratch is a folder in which a copy stands while it is made or looked at. It
// holds copies of everything, so that none may outlive its process: each has
// a file that its process keeps locked, and whoever makes the next one removes
// those whose lock nobody holds, as the kernel drops the locks of the dead.
type scratch struct {
	path string
	lock *os.File
}

const (
	scratchPrefix = "football-backup-"
	lockName      = "lock"
	filesName     = "files"
)

// ErrScratch is about the folder in which copies stand while they are made.
var ErrScratch = &domain.Error{Kind: domain.Unavailable, Code: "backup.scratch"}

func (k *Keeper) scratchParent() string {
	if k.Scratch == "" {
		return os.TempDir()
	}
	return k.Scratch
}

// Lend lends an empty folder with room for a copy, and removes it whatever
// happens.
func (k *Keeper) Lend(use func(folder string) error) error { return k.inScratch(use) }

// inScratch lends an empty folder and removes it whatever happens.
func (k *Keeper) inScratch(use func(folder string) error) (err error) {
	if _, err := sweepScratch(k.scratchParent()); err != nil {
		return err
	}
	s, err := newScratch(k.scratchParent())
	if err != nil {
		return domain.Errorf(domain.Unavailable, ErrScratch.Code, "no folder can be made for the copy: %s", err)
	}
	defer func() { err = errors.Join(err, s.remove()) }()
	return use(filepath.Join(s.path, filesName))
}

// scratchAttempts bounds how often another process may take ours for a dead
// one's, in the moment before it is locked.
const scratchAttempts = 100

func newScratch(parent string) (*scratch, error) {
	for range scratchAttempts {
		path, err := os.MkdirTemp(parent, scratchPrefix)
		if err != nil {
			return nil, err
		}
		lock, err := claim(path)
		if err == nil {
			s := &scratch{path: path, lock: lock}
			if err := os.Mkdir(filepath.Join(path, filesName), 0o700); err != nil {
				return nil, errors.Join(err, s.remove())
			}
			return s, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errLocked) {
			return nil, errors.Join(err, RemoveTree(path))
		}
	}
	return nil, errors.New("others remove it each time")
}

// claim locks a new folder. It fails with [fs.ErrNotExist] or errLocked when
// another process was quicker to remove it.
func claim(path string) (*os.File, error) {
	lock, err := openLock(filepath.Join(path, lockName), os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, err
	}
	if err := flock(lock); err != nil {
		_ = lock.Close()
		return nil, err
	}
	// It may have been removed between the two.
	if _, err := os.Lstat(lock.Name()); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return lock, nil
}

func (s *scratch) remove() error {
	return errors.Join(RemoveTree(s.path), s.lock.Close())
}

// RemoveTree removes a folder and all in it, also folders that do not let their contents be removed, as
// those of others may be when they are restored.
func RemoveTree(path string) error {
	err := os.RemoveAll(path)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	_ = filepath.WalkDir(path, func(at string, d fs.DirEntry, _ error) error {
		if d != nil && d.IsDir() {
			_ = os.Chmod(at, 0o700) //nolint:gosec // of a folder
		}
		return nil
	})
	return os.RemoveAll(path)
}

// sweepScratch removes the folders that dead processes have left in parent.
func sweepScratch(parent string) (removed int, err error) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return 0, domain.Errorf(domain.Unavailable, ErrScratch.Code, "the folder for copies cannot be read: %s", err)
	}
	var failed error
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), scratchPrefix) {
			continue
		}
		done, err := removeDead(filepath.Join(parent, e.Name()))
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("remove what a dead process left: %w", err))
		}
		if done {
			removed++
		}
	}
	return removed, failed
}

// removeDead removes a folder of ours unless a process holds its lock.
func removeDead(path string) (removed bool, err error) {
	about, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !about.IsDir() || !owned(about) {
		return false, err
	}
	lock, err := openLock(filepath.Join(path, lockName), 0)
	if errors.Is(err, fs.ErrNotExist) {
		// Its process died, or is about to lock it and will try again. What is
		// not empty is not ours, and stays.
		return os.Remove(path) == nil, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = lock.Close() }()
	if err := flock(lock); err != nil {
		if errors.Is(err, errLocked) {
			return false, nil
		}
		return false, err
	}
	return true, RemoveTree(path)
}

// errLocked is about a lock that a living process holds.
var errLocked = errors.New("another process holds the lock")

// roomFor refuses to begin what would fill the disk.
func (k *Keeper) roomFor(folder string, needed int64) error {
	free, err := k.Free(folder)
	if err != nil {
		return domain.Errorf(domain.Unavailable, ErrScratch.Code, "nobody knows how much room is in %s: %s", k.scratchParent(), err)
	}
	if needed > free {
		return domain.Errorf(domain.Unavailable, ErrScratch.Code, "there is no room for the copy in %s: it takes about %d bytes, and %d are free", k.scratchParent(), needed, free)
	}
	return nil
}

// unknown is how much is free where no system tells.
const unknown = math.MaxInt64
