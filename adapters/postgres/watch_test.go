package postgres_test

import (
	"context"
	"errors"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/test/harness"
)

// caller is a process that remembers who calls.
type caller struct {
	*access.Authenticator
	lookups atomic.Int64
	lookup  access.Lookup
}

func (c *caller) Principal(ctx context.Context, h access.Hash, at time.Time) (access.Principal, error) {
	c.lookups.Add(1)
	return c.lookup.Principal(ctx, h, at)
}

func newCaller(t testing.TB, database harness.Database, name string) *caller {
	t.Helper()
	config := postgres.Config{URL: database.AppURL, PoolSize: 3, ApplicationName: name}
	db, err := postgres.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	vigil := access.NewVigil(time.Now)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); vigil.Keep(ctx, postgres.NewWatch(config, db, time.Now), func(error) {}) }()
	t.Cleanup(func() { stop(); <-done; _ = db.Close() })
	c := &caller{lookup: postgres.NewLookup(db)}
	c.Authenticator = access.NewAuthenticator(c, nil, nil, access.NewRecollection(otter.NewMemory(1<<20, time.Minute), vigil, nil, time.Now))
	return c
}

// trusts waits until a credential is believed for longer than a moment.
func (c *caller) trusts(t testing.TB, key string) {
	t.Helper()
	since, count := time.Now(), c.lookups.Load()
	soon(t, "a credential is believed for long", func() bool {
		if _, err := c.Authenticate(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if now := c.lookups.Load(); now != count {
			since, count = time.Now(), now
		}
		return time.Since(since) > 1500*time.Millisecond
	})
}

// refuses waits until a credential works no more, and returns for how long it
// did after a moment.
func (c *caller) refuses(t testing.TB, key string, since time.Time) time.Duration {
	t.Helper()
	soon(t, "the credential works no more", func() bool {
		_, err := c.Authenticate(t.Context(), key)
		return errors.Is(err, access.ErrUnauthenticated)
	})
	return time.Since(since)
}

func soon(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick, deadline := time.NewTicker(5*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("30 s passed until %s", what)
		}
	}
}

// A credential that is used all the time is looked up once in a while, and
// works nowhere a second after it has ended, whatever becomes of the process's
// way to hear of it.
func TestAnEndedCredentialStopsWithinASecond(t *testing.T) {
	t.Parallel()
	tests := map[string]syscall.Signal{ // to the server's end of the first process's connection
		"heard of": 0, "the connection ends": syscall.SIGTERM, "the connection hangs": syscall.SIGSTOP,
	}
	for name, disturbance := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := harness.Postgres(t)
			issue := issuer(t, database, time.Now())
			newTenant(t, database, "demo")
			key, kept, err := issue.CreateKey(t.Context(), access.Request{Tenant: "demo", Name: "test", Scopes: []access.Scope{access.Read}})
			if err != nil {
				t.Fatal(err)
			}
			first, second := newCaller(t, database, "first"), newCaller(t, database, "second")
			first.trusts(t, key)
			second.trusts(t, key)
			pid := listenerOf(t, database, "first listening")
			signal(t, pid, disturbance)
			t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
			if err := issue.RevokeKey(t.Context(), "demo", kept.ID); err != nil {
				t.Fatal(err)
			}
			revoked := time.Now()
			for i, c := range []*caller{first, second} {
				took := c.refuses(t, key, revoked)
				t.Logf("process %d refuses it after %v", i, took)
				if took > time.Second {
					t.Errorf("process %d let it in for %v", i, took)
				}
			}
		})
	}
}

// A process that has lost its connection takes up another.
func TestListeningIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	newTenant(t, database, "demo")
	key, _, err := issuer(t, database, time.Now()).CreateKey(t.Context(), access.Request{Tenant: "demo", Name: "test", Scopes: []access.Scope{access.Read}})
	if err != nil {
		t.Fatal(err)
	}
	c := newCaller(t, database, "first")
	c.trusts(t, key)
	pid := listenerOf(t, database, "first listening")
	signal(t, pid, syscall.SIGTERM)
	soon(t, "it listens again", func() bool {
		again := listenerOf(t, database, "first listening")
		return again != 0 && again != pid
	})
	c.trusts(t, key)
}

func signal(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// listenerOf is the process of the server that serves a connection, 0 for none.
func listenerOf(t testing.TB, database harness.Database, name string) (pid int) {
	t.Helper()
	conn := administer(t, database)
	err := conn.QueryRow(t.Context(), `SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()`, name).Scan(&pid)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func administer(t testing.TB, database harness.Database) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// Whatever changes what a credential may do is told; what changes with every
// use is not.
func TestWhatIsToldOfCredentials(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	tenant := newTenant(t, database, "demo")
	if _, _, err := issuer(t, database, now).CreateKey(t.Context(), access.Request{Tenant: "demo", Name: "test", Scopes: []access.Scope{access.Read}}); err != nil {
		t.Fatal(err)
	}
	admin := administer(t, database)
	const user, session = "0197f3a2-0001-7000-8000-000000000001", "0197f3a2-0002-7000-8000-000000000002"
	for _, statement := range []string{
		`INSERT INTO users (tenant_id, id, email, email_index, name, role, created_at, updated_at)
			VALUES ('` + tenant.ID + `', '` + user + `', 'x', 'x', 'x', 'viewer', now(), now())`,
		`INSERT INTO sessions (tenant_id, id, user_id, generation, rotated_at, created_at) VALUES ('` + tenant.ID + `', '` + session + `', '` + user + `', 1, now(), now())`,
	} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := admin.Exec(t.Context(), "LISTEN credentials"); err != nil {
		t.Fatal(err)
	}
	// In this order: what a statement changes is there for the next.
	for _, tt := range []struct {
		statement string
		told      bool
	}{
		{"UPDATE api_keys SET last_used_at = now()", false},
		{"UPDATE api_keys SET scopes = '{predict}'", true},
		{"UPDATE api_keys SET expires_at = now()", true},
		{"UPDATE api_keys SET revoked_at = now()", true},
		{"DELETE FROM api_keys", true},
		{"UPDATE sessions SET generation = 2, rotated_at = now()", false},
		{"INSERT INTO second_factors (tenant_id, user_id, secret) SELECT tenant_id, id, '' FROM users", false},
		{"UPDATE second_factors SET last_step = 7", false},
		{"UPDATE second_factors SET confirmed = true", true},
		{"DELETE FROM second_factors", true},
		{"UPDATE users SET name = 'y'", false},
		{"UPDATE users SET role = 'tenant_admin'", true},
		{"UPDATE users SET disabled_at = now()", true},
		{"UPDATE sessions SET ended_at = now(), ended_reason = 'signed_out'", true},
		{"DELETE FROM sessions", true},
		{"DELETE FROM users", true},
		{"UPDATE tenants SET limit_api_calls = 7", true},
		{"UPDATE tenants SET status = 'suspended'", true},
	} {
		if _, err := admin.Exec(t.Context(), tt.statement); err != nil {
			t.Fatalf("%s: %v", tt.statement, err)
		}
		// Its own message follows those of the statement.
		if _, err := admin.Exec(t.Context(), "NOTIFY credentials, 'mark'"); err != nil {
			t.Fatal(err)
		}
		told := ""
		for {
			n, err := admin.WaitForNotification(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n.Payload == "mark" {
				break
			}
			told = n.Payload
		}
		if want := map[bool]string{true: tenant.ID}[tt.told]; told != want {
			t.Errorf("%s: told %q, want %q", tt.statement, told, want)
		}
	}
}
