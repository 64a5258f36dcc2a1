//go:build prove

package main

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
)

// childVariable makes the test binary be the API.
const childVariable = "FOOTBALL_API_CHILD"

func TestProveChild(*testing.T) {
	if os.Getenv(childVariable) == "" {
		return
	}
	os.Exit(run(nil, os.Environ(), os.Stdout, os.Stderr))
}

// TestProveAKilledAPILosesNoMoreThanAnInterval calls an API of its own process
// steadily, kills it with no warning, and compares what it answered with what
// is written.
func TestProveAKilledAPILosesNoMoreThanAnInterval(t *testing.T) {
	database := harness.Postgres(t)
	db := connect(t, database.AppURL)
	tenant, err := provisioning.NewRegistrar(postgres.NewTenants(db), postgres.NewID, time.Now).
		Create(t.Context(), provisioning.Application{Slug: "demo", Plan: tenancy.Enterprise})
	must(t, err)
	key := newKey(t, db)
	address, metrics := free(t), free(t)
	_, port, _ := net.SplitHostPort(metrics)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProveChild$")
	child.Env = []string{
		childVariable + "=1", "HTTP_ADDR=" + address, "METRICS_PORT=" + port, "DATABASE_URL=" + database.AppURL,
		"REDIS_URL=" + harness.Redis(t), "TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=error",
	}
	must(t, child.Start())
	t.Cleanup(func() { _ = child.Process.Kill() })
	awaitPort(t, address)
	var answered []time.Time
	for begin := time.Now(); time.Since(begin) < 5*metering.FlushEvery/2; {
		if status, body := fetch(t, "http://"+address+"/api/v1/teams", key); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		answered = append(answered, time.Now())
		time.Sleep(5 * time.Millisecond) // an even rate
	}
	must(t, child.Process.Kill())
	killed := time.Now()
	_ = child.Wait() // it says that it was killed
	recorded, err := postgres.NewUsage(db).Usage(t.Context(), tenant.ID, metering.Span{Process: tenant.ID, From: killed.AddDate(0, 0, -1), To: killed})
	must(t, err)
	written := 0
	for _, d := range recorded.Days {
		written += int(d.APICalls)
	}
	if written == 0 || written > len(answered) {
		t.Fatalf("%d calls are written of %d", written, len(answered))
	}
	lost := time.Duration(0)
	if written < len(answered) {
		lost = killed.Sub(answered[written])
	}
	t.Logf("%d calls answered, %d written: the last %v are lost, an interval is %v", len(answered), written, lost, metering.FlushEvery)
	if lost > metering.FlushEvery+500*time.Millisecond {
		t.Errorf("the last %v are lost", lost)
	}
}

func awaitPort(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if conn, err := net.DialTimeout("tcp", address, 100*time.Millisecond); err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond) // between two looks
	}
	t.Fatal("the API does not listen")
}
