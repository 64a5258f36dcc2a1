//go:build unix

package crypto

import (
	"os"
	"syscall"
)

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
