package devserver

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// maxSocketFolder leaves room for "/.s.PGSQL.65535.lock" in the 107 bytes that
// a unix socket's path may have.
const maxSocketFolder = 80

const socketFolderPrefix = "football-pg-"

// makeSocketFolder chooses dir/socket, or a folder with a short name when that
// is too long or out of the server's reach.
func (p *Postgres) makeSocketFolder(ctx context.Context, dir string) error {
	near := filepath.Join(dir, "socket")
	if len(near) <= maxSocketFolder && !p.cluster.hidden {
		return p.socketFolderAt(near)
	}
	far, err := sharedTemp(ctx, p.cluster.account)
	if err != nil {
		return err
	}
	p.socket, p.ownSocket = far, true
	return forgetSocketFolder(filepath.Join(dir, "socket-folder"), far)
}

func (p *Postgres) socketFolderAt(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	p.socket = path
	return give(path, p.cluster.account)
}

// forgetSocketFolder notes the present folder in file and removes the one noted
// before, which a killed process has left behind.
func forgetSocketFolder(file, present string) error {
	if text, err := os.ReadFile(file); err == nil {
		past := strings.TrimSpace(string(text))
		if strings.HasPrefix(filepath.Base(past), socketFolderPrefix) {
			_ = os.RemoveAll(past)
		}
	}
	return os.WriteFile(file, []byte(present+"\n"), 0o600)
}

func (p *Postgres) removeSocketFolder() {
	if p.ownSocket {
		_ = os.RemoveAll(p.socket)
	}
}
