package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/profiling"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/test/harness"
)

// fact is one of a check's facts, by the beginning of its name.
func fact(t *testing.T, c checkJSON, name string) factJSON {
	t.Helper()
	for _, f := range c.Facts {
		if strings.HasPrefix(f.Name, name) {
			return f
		}
	}
	t.Errorf("check %s tells nothing of %q: %+v", c.Name, name, c.Facts)
	return factJSON{}
}

func checked(t *testing.T, a answer) checkJSON {
	t.Helper()
	all := decode[[]checkJSON](t, a.out)
	if len(all) != 1 {
		t.Fatalf("%d checks: %s", len(all), a.out)
	}
	return all[0]
}

func TestChecksTellWhatTheyFound(t *testing.T) {
	db, temporal := harness.Postgres(t), harness.Temporal(t)
	environ := []string{
		"DATABASE_URL=" + db.AppURL, "MIGRATE_DATABASE_URL=" + db.OwnerURL, "REDIS_URL=" + harness.Redis(t),
		"TEMPORAL_ADDRESS=" + temporal.Address, "TEMPORAL_NAMESPACE=" + temporal.Namespace, "METRICS_PORT=1",
	}
	server := checked(t, ctl(t, environ, "check", "db", "--json"))
	if f := fact(t, server, "migrations"); !server.OK || f.Verdict != checking.Fine || strings.Contains(f.Value, "missing") {
		t.Errorf("check db: %+v", server)
	}
	if f := fact(t, server, "fsync"); f.Value != "off" || f.Verdict != checking.Warning || f.Remedy == "" {
		t.Errorf("a server without fsync: %+v", f) // as those of tests are
	}
	for _, name := range []string{"version", "size", "connections", "asked as"} {
		fact(t, server, name)
	}
	behind := ctl(t, []string{"DATABASE_URL=" + db.AppURL, "MIGRATE_DATABASE_URL=" + harness.EmptyPostgres(t).OwnerURL}, "check", "db", "--json")
	if f := fact(t, checked(t, behind), "migrations"); behind.code != exitFailure || f.Verdict != checking.Wrong || !strings.Contains(f.Remedy, "migrate up") {
		t.Errorf("a schema that is behind: code %d, %+v", behind.code, f)
	}
	cache := checked(t, ctl(t, environ, "check", "redis", "--json"))
	for _, name := range []string{"version", "memory", "evicted keys", "latency"} {
		if fact(t, cache, name).Value == "" {
			t.Errorf("check redis tells no %s", name)
		}
	}
	flows := checked(t, ctl(t, environ, "check", "temporal", "--json"))
	if f := fact(t, flows, "queue ingestion"); !flows.OK || f.Verdict != checking.Warning || !strings.HasPrefix(f.Value, "0 pollers") {
		t.Errorf("a queue that nobody serves: %+v", f)
	}
	if f := fact(t, flows, "namespace"); !strings.HasPrefix(f.Value, temporal.Namespace) {
		t.Errorf("namespace: %+v", f)
	}
	ports := ctl(t, environ, "check", "ports", "--json")
	if f := fact(t, checked(t, ports), "postgres"); ports.code != 0 || strings.Contains(f.Value, "nobody") {
		t.Errorf("check ports: code %d, %+v", ports.code, f)
	}
	if f := fact(t, checked(t, ports), "metrics"); f.Verdict != checking.Warning {
		t.Errorf("a port that nobody listens on: %+v", f)
	}
	away := ctl(t, append(environ, "REDIS_URL=redis://127.0.0.1:1"), "check", "ports")
	if away.code != exitFailure || !strings.Contains(away.out, "127.0.0.1:1, nobody listens") {
		t.Errorf("without Redis: code %d, %s", away.code, away.out)
	}
	if out := succeed(t, environ, "check", "db"); !strings.Contains(out, "version") || !strings.Contains(out, "warning") {
		t.Errorf("for a person: %s", out)
	}
}

func TestAProcessThatListensIsNamed(t *testing.T) {
	server := httptest.NewServer(nil)
	defer server.Close()
	var port int
	if _, err := fmt.Sscanf(server.URL, "http://127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	if who, ok := listenerOf(port); !ok || who.pid != os.Getpid() {
		t.Errorf("%d is listened on by %+v, %v", port, who, ok)
	}
	if who, ok := listenerOf(1); ok {
		t.Errorf("port 1 is listened on by %+v", who)
	}
}

// held is a database in which one transaction holds a row and another waits
// for it.
type held struct {
	environ  []string
	database harness.Database
	blocker  int
	waiter   int
	ended    chan error // the waiter's
}

func newHeld(t *testing.T) held {
	t.Helper()
	h := held{database: harness.Postgres(t), ended: make(chan error, 1)}
	h.environ = []string{"MIGRATE_DATABASE_URL=" + h.database.OwnerURL}
	db := open(t, h.database.AppURL)
	begin := func() (tx bun.Tx, pid int) {
		tx, err := db.BeginTx(t.Context(), &sql.TxOptions{})
		if err == nil {
			err = tx.NewRaw(`SELECT pg_backend_pid()`).Scan(t.Context(), &pid)
		}
		if err != nil {
			t.Fatal(err)
		}
		return tx, pid
	}
	holds, blocker := begin()
	waits, waiter := begin()
	h.blocker, h.waiter = blocker, waiter
	if _, err := holds.ExecContext(t.Context(), `SELECT pg_advisory_xact_lock(4711)`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = holds.Rollback() })
	go func() {
		_, err := waits.ExecContext(context.WithoutCancel(t.Context()), `SELECT pg_advisory_xact_lock(4711)`)
		_ = waits.Rollback()
		h.ended <- err
	}()
	return h
}

// waiting is the query that waits, once it does.
func (h held) waiting(t *testing.T) queryJSON {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		for _, q := range decode[[]queryJSON](t, succeed(t, h.environ, "queries", "list", "--json")) {
			if q.PID == h.waiter && len(q.BlockedBy) > 0 {
				return q
			}
		}
	}
	t.Fatal("the query never waits")
	return queryJSON{}
}

func TestWhoWaitsForWhom(t *testing.T) {
	h := newHeld(t)
	q := h.waiting(t)
	if q.BlockedBy[0] != h.blocker || q.Role != "football_app" || !strings.HasPrefix(q.Wait, "Lock") || !strings.Contains(q.Query, "4711") {
		t.Errorf("it tells %+v", q)
	}
	pool := checked(t, ctl(t, h.environ, "check", "pool", "--json"))
	if f := fact(t, pool, fmt.Sprintf("process %d waits", h.waiter)); !strings.Contains(f.Value, fmt.Sprint(h.blocker)) {
		t.Errorf("check pool: %+v", f)
	}
	// Whoever is not told everything is told what is his.
	if got := ctl(t, []string{"DATABASE_URL=" + h.database.AppURL}, "check", "pool"); got.code != 0 {
		t.Errorf("as the services: code %d, %s", got.code, got.err)
	}
	if out := succeed(t, h.environ, "queries", "list"); !strings.Contains(out, "idle in transaction") {
		t.Errorf("for a person: %s", out)
	}
	// A query is cancelled; one that is idle in a transaction has none, and its
	// connection is what must go.
	succeed(t, h.environ, "queries", "cancel", fmt.Sprint(h.waiter))
	var pg *pgconn.PgError
	if err := <-h.ended; !errors.As(err, &pg) || pg.Code != "57014" {
		t.Errorf("a cancelled query ends with %v", err)
	}
	succeed(t, h.environ, "queries", "cancel", fmt.Sprint(h.blocker), "--terminate")
	for _, q := range decode[[]queryJSON](t, succeed(t, h.environ, "queries", "list", "--json")) {
		if q.PID == h.blocker {
			t.Error("a terminated connection is still there")
		}
	}
}

// What is not ours, and what is in another database, is let be.
func TestOnlyOurQueriesAreCancelled(t *testing.T) {
	h := newHeld(t)
	other := harness.Postgres(t)
	for name, url := range map[string]string{"the superuser's": h.database.AdminURL, "another database's": other.AppURL} {
		conn, err := open(t, url).Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var pid int
		if err := conn.NewRaw(`SELECT pg_backend_pid()`).Scan(t.Context(), &pid); err != nil {
			t.Fatal(err)
		}
		for _, flags := range [][]string{nil, {"--terminate"}} {
			args := append([]string{"queries", "cancel", fmt.Sprint(pid)}, flags...)
			if a := ctl(t, h.environ, args...); a.code != exitFailure || !strings.Contains(a.err, "no connection of ours") {
				t.Errorf("%s: code %d, %s", name, a.code, a.err)
			}
		}
		if err := conn.NewRaw(`SELECT 1`).Scan(t.Context(), &pid); err != nil {
			t.Errorf("%s connection is gone: %v", name, err)
		}
	}
	if a := ctl(t, h.environ, "queries", "cancel", "soon"); a.code != exitUsage {
		t.Errorf("no process id: code %d", a.code)
	}
	// The database says the same of the owner as this program does.
	owner := open(t, h.database.OwnerURL)
	admin, err := open(t, h.database.AdminURL).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if err := admin.NewRaw(`SELECT pg_backend_pid()`).Scan(t.Context(), &pid); err != nil {
		t.Fatal(err)
	}
	if _, err := owner.ExecContext(t.Context(), `SELECT pg_terminate_backend(?)`, pid); err == nil {
		t.Error("the owner may end anybody's connection")
	}
}

func TestSlowStatements(t *testing.T) {
	db := harness.Postgres(t)
	if a := ctl(t, []string{"MIGRATE_DATABASE_URL=" + db.OwnerURL}, "queries", "slow"); a.code != exitFailure || !strings.Contains(a.err, "shared_preload_libraries") {
		t.Errorf("without the extension: code %d, %s", a.code, a.err)
	}
	p, err := devserver.StartPostgres(t.Context(), devserver.PostgresOptions{
		Dir: filepath.Join(t.TempDir(), "pg"), Volatile: true, Settings: map[string]string{"shared_preload_libraries": "pg_stat_statements"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop(context.Background()) })
	passwords := postgres.Passwords{Owner: "o", App: "a", Backup: "b", Restore: "r"}
	if err := postgres.Provision(t.Context(), p.URL("postgres"), "football", passwords); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, p.URL("postgres")).ExecContext(t.Context(), `CREATE EXTENSION pg_stat_statements`); err != nil {
		t.Fatal(err)
	}
	app := fmt.Sprintf("postgres://football_app:a@127.0.0.1:%d/football?sslmode=disable", p.Port())
	if _, err := open(t, app).ExecContext(t.Context(), `SELECT pg_sleep(0.3)`); err != nil {
		t.Fatal(err)
	}
	environ := []string{fmt.Sprintf("MIGRATE_DATABASE_URL=postgres://football_owner:o@127.0.0.1:%d/football?sslmode=disable", p.Port())}
	all := decode[[]slowJSON](t, succeed(t, environ, "queries", "slow", "--limit", "1", "--json"))
	if len(all) != 1 || !strings.Contains(all[0].Query, "pg_sleep") || all[0].MeanMS < 250 || all[0].Calls != 1 {
		t.Errorf("the slowest is %+v", all)
	}
	if out := succeed(t, environ, "queries", "slow"); !strings.Contains(out, "pg_sleep") {
		t.Errorf("for a person: %s", out)
	}
}

func TestProfileOfARunningProcess(t *testing.T) {
	db := harness.Postgres(t)
	environ := []string{"DATABASE_URL=" + db.AppURL}
	succeed(t, environ, "tenant", "create", "acme")
	dir := t.TempDir()
	write(t, dir, "operate", succeed(t, environ, "apikey", "create", "--tenant", "acme", "--name", "o", "--scope", "operate"))
	write(t, dir, "read", succeed(t, environ, "apikey", "create", "--tenant", "acme", "--name", "r", "--scope", "read"))
	pool := open(t, db.AppURL)
	ring, err := crypto.Derive("dev-secret-key-change-in-production", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	chronicle := auditing.NewChronicle(postgres.NewAudit(pool), ring, ring, strings.NewReader(strings.Repeat("salt", 1000)), postgres.NewID, time.Now)
	server := httptest.NewServer(profiling.New("worker", access.NewAuthenticator(postgres.NewLookup(pool), nil, nil, access.Forgetful(time.Now)), chronicle))
	defer server.Close()
	out := filepath.Join(dir, "p.pprof")
	take := func(kind, key string) answer {
		return ctl(t, environ, "profile", kind, "--service", "worker", "--url", server.URL, "--key-file", filepath.Join(dir, key), "--seconds", "1", "--out", out)
	}
	if a := take("heap", "read"); a.code != exitFailure || !strings.Contains(a.err, "403") {
		t.Errorf("a reader: code %d, %s", a.code, a.err)
	}
	for _, kind := range []string{"cpu", "heap", "goroutine"} {
		a := take(kind, "operate")
		text, err := os.ReadFile(out)
		if a.code != 0 || err != nil || !strings.HasPrefix(string(text), "\x1f\x8b") || !strings.Contains(a.out, "go tool pprof") {
			t.Errorf("%s: code %d, %s%s, %d bytes, %v", kind, a.code, a.out, a.err, len(text), err)
		}
	}
	events := decode[[]auditEventJSON](t, succeed(t, environ, "audit", "list", "--tenant", "acme", "--action", "profile.taken", "--json"))
	if len(events) != 3 || events[0].Details["service"] != "worker" {
		t.Errorf("recorded are %+v", events)
	}
	for name, args := range map[string][]string{
		"no such service": {"profile", "cpu", "--service", "cook"}, "too long": {"profile", "cpu", "--seconds", "61"}, "no key": {"profile", "heap"},
	} {
		if a := ctl(t, nil, args...); a.code != exitUsage {
			t.Errorf("%s: code %d, %s", name, a.code, a.err)
		}
	}
}
