package pgtools

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// accountOf is who works on a server's files: PostgreSQL refuses to be root, and
// what pgBackRest writes must belong to the user that the server runs as. It is
// nil when we are not root: then we are that user ourselves.
func accountOf(name string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil // no change of user is an answer, not a failure
	}
	if name == "" {
		name = "postgres"
	}
	account, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("there is no user %s for PostgreSQL to run as: %w", name, err)
	}
	uid, err1 := strconv.ParseUint(account.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
}

// folder makes a folder that belongs to the account alone. Those above it, where
// they are missing, are made so that the account can pass through them.
func (p Programs) folder(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return p.give(path)
}

func (p Programs) give(path string) error {
	if p.As == nil {
		return nil
	}
	return os.Chown(path, int(p.As.Uid), int(p.As.Gid))
}

// owns reports whether the account is who path belongs to.
func (p Programs) owns(path string) (bool, error) {
	about, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	uid := os.Geteuid()
	if p.As != nil {
		uid = int(p.As.Uid)
	}
	stat, ok := about.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == uid, nil
}
