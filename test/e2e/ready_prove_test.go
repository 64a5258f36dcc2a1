//go:build prove

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/test/harness"
)

// How soon each program is ready, from its start to its first answer that says so,
// and how large it is as images carry it: static and stripped.
func TestProveProgramsAreReadySoon(t *testing.T) {
	s := &system{db: harness.Postgres(t), temporal: harness.Temporal(t)}
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "../../deploy/scripts/build-static.sh", bin)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	redis := harness.Redis(t)
	for name, path := range map[string]string{"api": "/health/ready", "worker": "/health/live"} {
		var took []time.Duration
		for range 7 {
			took = append(took, s.readyAfter(t, filepath.Join(bin, name), path, "REDIS_URL="+redis, "DATA=simulated"))
		}
		slices.Sort(took)
		t.Logf("%s is ready after %s (median of %d, at most %s)", name, took[len(took)/2].Round(time.Millisecond), len(took), took[len(took)-1].Round(time.Millisecond))
	}
	var took []time.Duration
	for range 7 {
		at := time.Now()
		if err := exec.CommandContext(t.Context(), filepath.Join(bin, "footballctl"), "--help").Run(); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	t.Logf("footballctl --help takes %s", took[len(took)/2].Round(time.Millisecond))
	for _, name := range []string{"api", "worker", "footballctl"} {
		about, err := os.Stat(filepath.Join(bin, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s is of %.1f MB", name, float64(about.Size())/1e6)
		// The image of the API holds it and the certificate authorities, a fifth of a MB.
		if name == "api" && about.Size() > 39_700_000 {
			t.Errorf("the files of the API's image are over 40 MB: what has come in that it does not use? (go build -ldflags=-dumpdep)")
		}
	}
}

func (s *system) readyAfter(t *testing.T, program, path string, environment ...string) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	port, metrics := freePort(t), freePort(t)
	run := exec.CommandContext(ctx, program)
	run.Env = append(append(os.Environ(), "DATABASE_URL="+s.db.AppURL, "TEMPORAL_ADDRESS="+s.temporal.Address, "TEMPORAL_NAMESPACE="+s.temporal.Namespace,
		fmt.Sprintf("HTTP_ADDR=127.0.0.1:%d", port), fmt.Sprintf("METRICS_PORT=%d", metrics)), environment...)
	if filepath.Base(program) == "worker" {
		port = metrics
	}
	at := time.Now()
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = run.Process.Kill(); _ = run.Wait() }()
	for ctx.Err() == nil {
		if answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d%s", port, path)); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return time.Since(at)
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatal("it never was ready")
	return 0
}
