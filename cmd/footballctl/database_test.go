package main

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMigrate(t *testing.T) {
	environ := []string{"MIGRATE_DATABASE_URL=" + harness.EmptyPostgres(t).OwnerURL}
	type change struct{ Applied, Undone []string }
	up := decode[change](t, succeed(t, environ, "migrate", "up", "--json"))
	if len(up.Applied) < 4 {
		t.Fatalf("it applied %v", up.Applied)
	}
	if again := decode[change](t, succeed(t, environ, "migrate", "up", "--json")); again.Applied == nil || len(again.Applied) != 0 {
		t.Errorf("the second time it applied %v", again.Applied)
	}
	for _, m := range decode[[]migrationJSON](t, succeed(t, environ, "migrate", "status", "--json")) {
		if m.AppliedAt == nil {
			t.Errorf("%s is not applied", m.Name)
		}
	}
	down := decode[change](t, succeed(t, environ, "migrate", "down", "--yes", "--json"))
	if len(down.Undone) == 0 {
		t.Error("nothing was undone")
	}
	if out := succeed(t, environ, "migrate", "status"); !strings.Contains(out, "-") || strings.Count(out, "\n") != len(up.Applied)+1 {
		t.Errorf("status prints %q", out)
	}
}

func TestTenantsAndKeys(t *testing.T) {
	db := harness.Postgres(t)
	environ := []string{"DATABASE_URL=" + db.AppURL}
	made := decode[tenantJSON](t, succeed(t, environ, "tenant", "create", "acme", "--name", "Acme Ltd", "--json"))
	if a := ctl(t, environ, "tenant", "create", "acme"); a.code != exitFailure || !strings.Contains(a.err, `"acme"`) {
		t.Errorf("making it again: code %d, %q", a.code, a.err)
	}
	if a := ctl(t, environ, "tenant", "create", "globex", "--plan", "gold"); a.code != exitFailure || !strings.Contains(a.err, "professional") {
		t.Errorf("a plan nobody sells: exit %d, %s", a.code, a.err)
	}
	if found := decode[tenantJSON](t, succeed(t, environ, "tenant", "create", "acme", "--if-missing", "--json")); found.ID != made.ID {
		t.Errorf("--if-missing found %+v, want %+v", found, made)
	}
	if a := ctl(t, environ, "tenant", "create", "Acme!"); a.code != exitFailure || !strings.Contains(a.err, "lower-case") {
		t.Errorf("a bad name: code %d, %q", a.code, a.err)
	}
	if all := decode[[]tenantJSON](t, succeed(t, environ, "tenant", "list", "--json")); len(all) != 1 || all[0].Name != "Acme Ltd" {
		t.Errorf("it lists %+v", all)
	}
	key := decode[keyJSON](t, succeed(t, environ, "apikey", "create", "--tenant", "acme", "--name", "ci",
		"--scope", "read", "--scope", "operate", "--expires", "2d", "--json"))
	if left := time.Until(*key.ExpiresAt); left < 47*time.Hour || left > 48*time.Hour {
		t.Errorf("it expires in %v, want 48h", left)
	}
	who, err := principal(t, db.AppURL, key.Key)
	if err != nil || who.Tenant != "acme" || who.Require(identity.RunOperations) != nil {
		t.Errorf("the key is of %+v, %v", who, err)
	}
	succeed(t, environ, "apikey", "revoke", "--tenant", "acme", key.ID)
	if _, err := principal(t, db.AppURL, key.Key); err == nil {
		t.Error("a revoked key still works")
	}
	if a := ctl(t, environ, "apikey", "create", "--tenant", "nobody", "--name", "x"); a.code != exitFailure || !strings.Contains(a.err, "nobody") {
		t.Errorf("an unknown tenant: code %d, %q", a.code, a.err)
	}
}

// Without --json the key alone goes to standard output.
func TestKeyIsPrintedAlone(t *testing.T) {
	environ := []string{"DATABASE_URL=" + harness.Postgres(t).AppURL}
	succeed(t, environ, "tenant", "create", "acme")
	out := succeed(t, environ, "apikey", "create", "--tenant", "acme", "--name", "ci")
	if _, ok := access.HashKey(strings.TrimSuffix(out, "\n")); !ok {
		t.Errorf("it prints %q", out)
	}
}

func principal(t *testing.T, appURL, key string) (access.Principal, error) {
	t.Helper()
	hash, ok := access.HashKey(key)
	if !ok {
		t.Fatalf("%q is no key", key)
	}
	return postgres.NewLookup(open(t, appURL)).Principal(t.Context(), hash, time.Now())
}

func open(t *testing.T, url string) *bun.DB {
	t.Helper()
	db, err := postgres.Open(postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestChecks(t *testing.T) {
	db, temporal := harness.Postgres(t), harness.Temporal(t)
	environ := []string{
		"DATABASE_URL=" + db.AppURL, "REDIS_URL=" + harness.Redis(t),
		"TEMPORAL_ADDRESS=" + temporal.Address, "TEMPORAL_NAMESPACE=" + temporal.Namespace,
	}
	if a := ctl(t, environ, "check", "all"); a.code != exitFailure || !strings.Contains(a.out+a.err, "footballctl ingest") {
		t.Errorf("without data: code %d\n%s%s", a.code, a.out, a.err)
	}
	measured := []quality.Report{{Competition: "premier-league", Rows: 380, MeasuredAt: time.Now()}}
	if err := postgres.NewInspector(open(t, db.AppURL)).Save(t.Context(), measured, quality.DefaultThreshold); err != nil {
		t.Fatal(err)
	}
	for _, c := range decode[[]checkJSON](t, succeed(t, environ, "check", "all", "--json")) {
		if !c.OK || c.Error != "" {
			t.Errorf("%+v", c)
		}
	}
	away := []string{
		"DATABASE_URL=postgres://app:hunter2@127.0.0.1:1/football", "REDIS_URL=redis://:hunter2@127.0.0.1:1",
		"TEMPORAL_ADDRESS=127.0.0.1:1",
	}
	a := ctl(t, away, "check", "all", "--timeout", "5s")
	if a.code != exitFailure || strings.Count(a.out, "failed") < 4 || strings.Contains(a.out+a.err, "hunter2") {
		t.Errorf("all away: code %d\n%s%s", a.code, a.out, a.err)
	}
}

// The time limit holds when a server takes the connection and says nothing.
func TestTimeout(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	address := listener.Addr().String()
	environ := []string{"TEMPORAL_ADDRESS=" + address, "DATABASE_URL=postgres://app@" + address + "/football?sslmode=disable"}
	for _, args := range [][]string{{"ingest"}, {"model", "list"}, {"schedules", "list"}} {
		began := time.Now()
		a := ctl(t, environ, append(args, "--timeout", "500ms")...)
		if a.code != exitFailure || a.err == "" || time.Since(began) > 10*time.Second {
			t.Errorf("%v: code %d after %v: %s", args, a.code, time.Since(began), a.err)
		}
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	p := newProgram([]string{"TEMPORAL_ADDRESS=127.0.0.1:1"}, nil, &out, &errs)
	if code := p.run(ctx, []string{"ingest"}); code != exitInterrupted {
		t.Errorf("code %d, want %d: %s", code, exitInterrupted, errs.String())
	}
}
