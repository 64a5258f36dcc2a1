package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// Replica is a streaming replica of primary with further settings, which the test
// may stop, kill and promote. The URLs are those of db on the replica.
func Replica(t testing.TB, db Database, primary *devserver.Postgres, settings map[string]string) (Database, *devserver.Postgres) {
	t.Helper()
	ctx, dir := within(t), privateDir(t, "replica")
	if err := os.MkdirAll(dir, 0o711); err != nil {
		t.Fatal("harness:", err)
	}
	data := filepath.Join(dir, "data")
	out, err := exec.CommandContext(ctx, filepath.Join(primary.BinDir(), "pg_basebackup"), "--dbname="+primary.URL("postgres"),
		"--pgdata="+data, "--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("harness: copy the primary: %v: %s", err, out)
	}
	// The copy belongs to whom the original does, and has its superuser's password.
	owner, err := os.Stat(primary.DataDir())
	if err != nil {
		t.Fatal("harness:", err)
	}
	is := owner.Sys().(*syscall.Stat_t)
	err = filepath.WalkDir(data, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(is.Uid), int(is.Gid)) //nolint:gosec // nobody else writes into the test's folder
	})
	if err != nil {
		t.Fatal("harness:", err)
	}
	secret := filepath.Join(filepath.Dir(primary.DataDir()), "password")
	text, err := os.ReadFile(secret)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, filepath.Base(secret)), text, 0o600)
	}
	if err != nil {
		t.Fatal("harness:", err)
	}
	r, err := devserver.StartPostgres(ctx, devserver.PostgresOptions{Dir: dir, Volatile: true, Settings: settings})
	if err != nil {
		t.Fatal("harness:", err)
	}
	stopAtEnd(t, r)
	return urls(Servers{PostgresURL: r.URL("postgres"), PostgresBin: r.BinDir()}, db.Name), r
}
