package e2e_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// binary is the path of one of our programs, built from the tree.
func binary(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../../cmd/"+name)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return path
}

// system is a database, Temporal and a worker of one test.
type system struct {
	db       harness.Database
	temporal harness.TemporalServer
	worker   *devserver.Process
	metrics  string // URL of the worker's metrics
}

// newSystem starts a worker over fresh rooms in the shared servers.
func newSystem(t *testing.T, environment ...string) *system {
	t.Helper()
	s := &system{db: harness.Postgres(t), temporal: harness.Temporal(t)}
	s.start(t, environment...)
	return s
}

// start starts the worker and stops it when the test is over.
func (s *system) start(t *testing.T, environment ...string) {
	t.Helper()
	port := freePort(t)
	s.metrics = fmt.Sprintf("http://127.0.0.1:%d/metrics", port)
	s.worker = s.program(t, "worker", port, append([]string{"REDIS_URL=" + harness.Redis(t), "METRICS_PORT=" + strconv.Itoa(port)}, environment...)...)
}

// program starts one of our programs, which listens on port, and stops it when
// the test is over.
func (s *system) program(t *testing.T, name string, port int, environment ...string) *devserver.Process {
	t.Helper()
	return s.programAt(t, binary(t, name), name, port, environment...)
}

// programAt is program with another path, such as that of a script that brings
// it up.
func (s *system) programAt(t *testing.T, path, name string, port int, environment ...string) *devserver.Process {
	t.Helper()
	program := devserver.NewProcess(devserver.Spec{
		Name: name, Path: path, Log: filepath.Join(t.TempDir(), name+".log"),
		Env: append(append(os.Environ(),
			"DATABASE_URL="+s.db.AppURL, "TEMPORAL_ADDRESS="+s.temporal.Address, "TEMPORAL_NAMESPACE="+s.temporal.Namespace,
		), environment...),
		Grace: 30 * time.Second,
		Ready: func(ctx context.Context) error {
			conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
			if err != nil {
				return err
			}
			return conn.Close()
		},
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := program.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := program.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the %s's last words:\n%s", name, program.Tail())
		}
	})
	return program
}

func freePort(t *testing.T) int {
	t.Helper()
	port, err := devserver.FreePort(0)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
