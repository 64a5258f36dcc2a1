package devserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// cluster is PostgreSQL's data on disk and what it takes to serve it.
type cluster struct {
	data     string // the data folder, absolute
	install  postgresInstall
	account  *syscall.Credential
	password string // of the superuser "postgres"
	// hidden means that the server's account can't reach data by its path, only
	// through a descriptor opened by us.
	hidden bool
}

// openCluster makes the data in dir at the first call and finds it again later.
// A half-made one, left by a crash, is made anew.
func openCluster(ctx context.Context, dir string, checksums bool) (*cluster, error) {
	// The server's account must pass through dir; what is in it has its own mode.
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, err
	}
	c := &cluster{data: filepath.Join(dir, "data")}
	var err error
	if c.account, err = serverAccount(); err != nil {
		return nil, err
	}
	c.hidden = !reaches(ctx, dir, c.account)
	wanted, err := versionOf(c.data)
	if err != nil {
		return nil, err
	}
	if c.install, err = findPostgres(ctx, wanted); err != nil {
		return nil, fmt.Errorf("%w (or delete %s to begin anew)", err, dir)
	}
	secret := filepath.Join(dir, "password")
	if wanted == 0 {
		return c, c.create(ctx, secret, checksums)
	}
	password, err := os.ReadFile(secret)
	if err != nil {
		return nil, fmt.Errorf("the superuser's password is gone, delete %s to begin anew: %w", dir, err)
	}
	c.password = strings.TrimSpace(string(password))
	return c, nil
}

// versionOf is the major version that made the data, or 0 when there is none.
func versionOf(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// create runs initdb beside the final folder and renames the result, so that a
// data folder is whole or not there.
func (c *cluster) create(ctx context.Context, secret string, checksums bool) error {
	c.password = rand.Text()
	if err := os.WriteFile(secret, []byte(c.password+"\n"), 0o600); err != nil {
		return err
	}
	fresh := c.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	if err := give(fresh, c.account); err != nil {
		return err
	}
	if err := c.initdb(ctx, fresh, checksums); err != nil {
		return err
	}
	return os.Rename(fresh, c.data)
}

func (c *cluster) initdb(ctx context.Context, folder string, checksums bool) error {
	// initdb reads the password from a file, as the server's account.
	handover, err := sharedTemp(ctx, c.account)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(handover) }()
	file := filepath.Join(handover, "password")
	if err := os.WriteFile(file, []byte(c.password), 0o600); err != nil {
		return err
	}
	if err := give(file, c.account); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.install.bin, "initdb"),
		"--pgdata="+c.path(folder), "--username=postgres", "--pwfile="+file, "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	if checksums {
		cmd.Args = append(cmd.Args, "--data-checksums")
	}
	cmd.Dir = "/"
	cmd.Env = serverEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.account}
	if c.hidden {
		open, err := os.Open(folder)
		if err != nil {
			return err
		}
		defer func() { _ = open.Close() }()
		cmd.ExtraFiles = []*os.File{open}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w%s", err, indentedTail(string(bytes.TrimSpace(out))))
	}
	return nil
}

// inheritedFolder is the path of descriptor 3, see [Spec.Folder]. The kernel
// follows it without asking who may enter the folders above.
const inheritedFolder = "/proc/self/fd/3"

// path is how the server names its data folder.
func (c *cluster) path(folder string) string {
	if c.hidden {
		return inheritedFolder
	}
	return folder
}

// serverEnv keeps our own PG… variables and language from the server.
func serverEnv() []string {
	return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}
}
