package devserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// serverAccount is who PostgreSQL runs as, because it refuses to be root: user
// postgres, else nobody. It is nil when we are not root: then it runs as we do.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil // no change of user is an answer, not a failure
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(account.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL can't run as root and there is neither a user postgres nor nobody: run `useradd --system postgres`")
}

// give hands path to account. A nil account already owns it.
func give(path string, account *syscall.Credential) error {
	if account == nil {
		return nil
	}
	if err := os.Chown(path, int(account.Uid), int(account.Gid)); err != nil {
		return fmt.Errorf("hand the folder to PostgreSQL's user: %w", err)
	}
	return nil
}

// sharedTemp makes a folder with a short name that account owns, in the
// temporary folder, or in /tmp when account can't get at that.
func sharedTemp(ctx context.Context, account *syscall.Credential) (string, error) {
	base := os.TempDir()
	if len(base) > maxSocketFolder/2 || !reaches(ctx, base, account) {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, socketFolderPrefix)
	if err != nil {
		return "", err
	}
	return dir, give(dir, account)
}

// reaches tells whether account can enter folder, which fails below a folder
// closed to others, such as root's home. Trying it respects access lists too.
func reaches(ctx context.Context, folder string, account *syscall.Credential) bool {
	if account == nil {
		return true
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", `cd -- "$1"`, "sh", folder)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	return cmd.Run() == nil
}
