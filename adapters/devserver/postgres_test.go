package devserver_test

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

func startPostgres(t *testing.T, dir string) *devserver.Postgres {
	t.Helper()
	p, err := devserver.StartPostgres(t.Context(), devserver.PostgresOptions{Dir: dir, Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop(context.Background()) })
	return p
}

func query[T any](t *testing.T, address, statement string) (value T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.QueryRow(t.Context(), statement).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func run(t *testing.T, address, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// openFolder is one that every user can pass through, unlike t.TempDir.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "football test ") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPostgresKeepsItsDataOverEveryEnd(t *testing.T) {
	t.Parallel()
	folders := map[string]string{
		"reachable, with spaces": openFolder(t),
		"closed to other users":  t.TempDir(),
		"long path":              filepath.Join(t.TempDir(), strings.Repeat("long/", 30)),
	}
	for name, dir := range folders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startPostgres(t, dir)
			run(t, p.URL("postgres"), "CREATE TABLE kept AS SELECT 7 AS n")
			p.Kill()
			if err := p.Start(t.Context()); err != nil {
				t.Fatal("after SIGKILL:", err)
			}
			if err := p.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			again := startPostgres(t, dir)
			if got := query[int](t, again.URL("postgres"), "SELECT n FROM kept"); got != 7 {
				t.Errorf("n = %d", got)
			}
		})
	}
}

func TestPostgresAsksForAPassword(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startPostgres(t, dir)
	u, err := url.Parse(p.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	socket := fmt.Sprintf("host=%s port=%d user=postgres dbname=postgres", p.SocketDir(), p.Port())
	if got := query[string](t, socket+" password="+password, "SELECT version()"); !strings.Contains(got, "PostgreSQL") {
		t.Errorf("over the socket: %q", got)
	}
	u.User = url.UserPassword("postgres", "wrong")
	for _, address := range []string{u.String(), socket + " password=wrong"} {
		if conn, err := pgx.Connect(t.Context(), address); err == nil {
			_ = conn.Close(t.Context())
			t.Errorf("a wrong password opens %s", address)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the password's file has mode %v", info.Mode())
	}
}

func TestPostgresCleansUpAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// initdb was killed half way.
	if err := os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := startPostgres(t, dir)
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	// After a reboot the old process id may belong to anybody: here to us.
	pid := filepath.Join(p.DataDir(), "postmaster.pid")
	if err := os.WriteFile(pid, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	startPostgres(t, dir)
}

func TestPostgresNamesTheVersionThatItNeeds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := devserver.StartPostgres(t.Context(), devserver.PostgresOptions{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "server 9 is not installed") || !strings.Contains(err.Error(), "delete "+dir) {
		t.Errorf("error = %v", err)
	}
}

func TestNothingOutlivesAKilledParent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), roleVariable+"=parent", "DEVSERVER_TEST_DIR="+dir)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pids [3]int
	if _, err := fmt.Sscan(line, &pids[0], &pids[1], &pids[2]); err != nil {
		t.Fatalf("parent says %q: %v", line, err)
	}
	if err := parent.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	for _, pid := range pids {
		eventually(t, fmt.Sprintf("process %d is gone", pid), func() bool { return !alive(pid) })
	}
	startPostgres(t, filepath.Join(dir, "postgres"))
}
