package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx

	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
)

// recordEvents records n events of a tenant through the same pieces as a server.
func recordEvents(t *testing.T, environ []string, slug string, n int) {
	t.Helper()
	var (
		p        = newProgram(environ, nil, os.Stdout, os.Stderr)
		recorder auditing.Recorder
		tenants  provisioning.Tenants
	)
	err := p.with(t.Context(), auditGraph, func() error {
		tenant, err := tenants.BySlug(t.Context(), slug)
		if err != nil {
			return err
		}
		ctx := auditing.WithOrigin(context.Background(), auditing.Origin{Address: "192.0.2.7", Agent: "curl \x1b[2J"})
		for range n {
			err := recorder.Record(ctx, auditing.Event{TenantID: tenant.ID, Action: "test.done", Outcome: auditing.Done})
			if err != nil {
				return err
			}
		}
		return nil
	}, &recorder, &tenants)
	if err != nil {
		t.Fatal(err)
	}
}

func TestAuditFromTheCommandLine(t *testing.T) {
	db, dir := harness.Postgres(t), t.TempDir()
	keys, checkpoint := filepath.Join(dir, "keys.json"), filepath.Join(dir, "checkpoint.json")
	environ := []string{"DATABASE_URL=" + db.AppURL, "ENCRYPTION_KEY_FILE=" + keys}
	if a := ctl(t, environ, "check", "audit"); a.code == 0 || !strings.Contains(a.err, "no such file") {
		t.Errorf("without the key file: exit %d, %s", a.code, a.err)
	}
	succeed(t, environ, "keys", "generate", "--out", keys)
	succeed(t, environ, "tenant", "create", "acme")
	recordEvents(t, environ, "acme", 5)
	if out := succeed(t, environ, "audit", "list", "--tenant", "acme", "--limit", "2"); strings.Count(out, "test.done") != 2 ||
		!strings.Contains(out, "192.0.2.7") || strings.Contains(out, "\x1b") {
		t.Errorf("it lists %q", out)
	}
	for range 2 { // the first makes the checkpoint, the second holds against it
		if out := succeed(t, environ, "check", "audit", "--checkpoint", checkpoint); !strings.Contains(out, "5 events in 1 chain") {
			t.Errorf("the check says %q", out)
		}
		succeed(t, environ, "keys", "rotate")
		if out := succeed(t, environ, "keys", "reencrypt"); !strings.Contains(out, "5 values sealed anew") {
			t.Errorf("sealing anew says %q", out)
		}
	}
	listed := decode[[]columnKeyJSON](t, succeed(t, environ, "keys", "list", "--json"))
	if len(listed) != 3 {
		t.Errorf("the keys are %v", listed)
	}
	admin, err := sql.Open("pgx", db.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	_, err = admin.ExecContext(t.Context(), `ALTER TABLE audit_events DISABLE TRIGGER ALL; DELETE FROM audit_events WHERE seq = 3`)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(checkpoint)
	a := ctl(t, environ, "check", "audit", "--checkpoint", checkpoint)
	if a.code != exitFailure || !strings.Contains(a.out, "missing") || !strings.Contains(a.out, "events 3 to 3 are gone") {
		t.Errorf("a deleted event: exit %d, %s %s", a.code, a.out, a.err)
	}
	if after, _ := os.ReadFile(checkpoint); string(after) != string(before) {
		t.Error("a check that failed moved the checkpoint")
	}
}

func TestProductionNeedsKeys(t *testing.T) {
	environ := []string{"ENV=" + string(config.Production), "DATABASE_URL=postgres://a@localhost/f"}
	if a := ctl(t, environ, "check", "audit"); a.code == 0 || !strings.Contains(a.err, "ENCRYPTION_KEY_FILE is not set") {
		t.Errorf("exit %d, %s", a.code, a.err)
	}
}

func TestTheLifeOfATenantFromTheCommandLine(t *testing.T) {
	db, keys := harness.Postgres(t), filepath.Join(t.TempDir(), "keys.json")
	environ := []string{"DATABASE_URL=" + db.AppURL, "ENCRYPTION_KEY_FILE=" + keys}
	succeed(t, environ, "keys", "generate", "--out", keys)
	if made := decode[tenantJSON](t, succeed(t, environ, "tenant", "create", "acme", "--trial", "--json")); made.Status != "trial" {
		t.Errorf("made %+v", made)
	}
	if a := ctl(t, environ, "tenant", "suspend", "acme"); a.code != exitUsage || !strings.Contains(a.err, "reason") {
		t.Errorf("without a reason: exit %d, %s", a.code, a.err)
	}
	for _, step := range [][]string{
		{"suspend", "acme", "--reason", "invoice 4711"}, {"activate", "acme", "--reason", "paid"}, {"set-plan", "acme", "--plan", "enterprise"}, {"show", "acme"},
	} {
		succeed(t, environ, append([]string{"tenant"}, step...)...)
	}
	if out := succeed(t, environ, "tenant", "list"); !strings.Contains(out, "active") || !strings.Contains(out, "enterprise") {
		t.Errorf("it lists %q", out)
	}
	made := decode[adminJSON](t, succeed(t, environ, "admin", "create", "--email", "root@example.com", "--json"))
	if made.Tenant != "platform" || made.Role != "platform_admin" || len(made.Password) < 20 {
		t.Errorf("made %+v", made)
	}
	if a := ctl(t, environ, "admin", "create", "--email", "root@example.com"); a.code != exitFailure || !strings.Contains(a.err, "already") {
		t.Errorf("made again: exit %d, %s", a.code, a.err)
	}
	succeed(t, environ, "admin", "create", "--email", "root@example.com", "--if-missing")
	if out := succeed(t, environ, "audit", "list", "--tenant", "acme"); strings.Count(out, "tenant.status_changed") != 2 || !strings.Contains(out, "invoice 4711") {
		t.Errorf("the audit log has %q", out)
	}
	key := succeed(t, environ, "apikey", "create", "--tenant", "acme", "--name", "ci")
	if out := succeed(t, environ, "apikey", "list", "--tenant", "acme"); !strings.Contains(out, "ci") || strings.Contains(out, strings.TrimSpace(key)) {
		t.Errorf("it lists %q", out)
	}
	succeed(t, environ, "check", "audit")
}
