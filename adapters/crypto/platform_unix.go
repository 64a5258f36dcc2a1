//go:build unix

package crypto

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// alone runs a change of the file at path unless another one goes on. What is
// locked is the folder, since the file is replaced by another; the lock is gone
// with the process that holds it, however that ends.
func alone(path string, change func() error) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	err = syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("another command is changing keys in %s; wait until it has ended, and look before you repeat yours", filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", filepath.Dir(path), err)
	}
	return change()
}

// keepOwner gives file to whoever owns the file at path.
func keepOwner(file *os.File, path string) error {
	old, err := os.Stat(path)
	if err != nil {
		return err
	}
	made, err := file.Stat()
	if err != nil {
		return err
	}
	from, known := old.Sys().(*syscall.Stat_t)
	to, _ := made.Sys().(*syscall.Stat_t)
	if !known || from.Uid == to.Uid && from.Gid == to.Gid {
		return nil
	}
	return file.Chown(int(from.Uid), int(from.Gid))
}
