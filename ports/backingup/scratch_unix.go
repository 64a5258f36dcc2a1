//go:build linux || darwin || freebsd

package backingup

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"syscall"
)

// openLock opens a lock, and nothing that somebody put in its place: a link
// would lead elsewhere, and a pipe would never open.
func openLock(path string, flags int) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|flags, 0o600)
}

// flock takes a lock that lasts as long as the file is open, or fails with
// errLocked.
func flock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}

// owned reports whether a folder is this user's: in a folder that all may write
// to, others may use our names.
func owned(about fs.FileInfo) bool {
	system, ok := about.Sys().(*syscall.Stat_t)
	return ok && int(system.Uid) == os.Geteuid()
}

// freeBytes is what this user may still write to the file system of folder.
func freeBytes(folder string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, err
	}
	blocks, size := uint64(s.Bavail), uint64(s.Bsize) //nolint:unconvert // their types differ between systems
	if size != 0 && blocks > math.MaxInt64/size {
		return unknown, nil
	}
	return int64(blocks * size), nil
}
