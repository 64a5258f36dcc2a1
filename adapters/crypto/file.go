package crypto

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// writeNew writes a file that only its owner may read and that must not be
// there yet: losing keys is losing what they are good for.
func writeNew(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; keys are never overwritten", path)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// private returns an error unless nobody but its owner may read the file. One that
// belongs to another user may let its group read it, by which we can: so do secrets
// that Kubernetes mounts.
func private(path string) error {
	about, err := os.Stat(path)
	if err != nil {
		return err
	}
	mode := about.Mode().Perm()
	if mode&0o077 == 0 {
		return nil
	}
	if of, ok := about.Sys().(*syscall.Stat_t); !ok || int(of.Uid) == os.Geteuid() || mode&0o037 != 0 {
		return fmt.Errorf("%s can be read by others; run: chmod 600 %s", path, path)
	}
	return nil
}

// readPrivate reads the file of keys that a variable names. Remedy makes one.
func readPrivate(variable, path, remedy string) ([]byte, error) {
	err := private(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %s is not there; make one with: %s", variable, path, remedy)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %w", variable, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	return text, nil
}

// replace changes a file whole or not at all, and keeps what it was beside it,
// with .before in its name. The new file is its owner's as the old one was:
// root may change the keys of a server that runs as somebody else.
func replace(path string, text []byte) error {
	// A link is kept; what it leads to is replaced.
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(text)
	if err := errors.Join(err, keepOwner(file, path), file.Sync(), file.Close()); err != nil {
		return err
	}
	before := path + ".before"
	if err := os.Remove(before); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Link(path, before); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
