package main

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/test/harness"
)

func TestFindingsFromTheCommandLine(t *testing.T) {
	db := harness.Postgres(t)
	environ := []string{"DATABASE_URL=" + db.AppURL}
	acme := decode[tenantJSON](t, succeed(t, environ, "tenant", "create", "acme", "--json"))
	admin, err := sql.Open("pgx", db.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	for _, tenant := range []string{acme.ID, "00000000-0000-0000-0000-000000000000"} {
		_, err = admin.ExecContext(t.Context(), `INSERT INTO security_findings (tenant_id, id, kind, subject, failures, first_seen_at, last_seen_at, told_at)
			VALUES ($1, gen_random_uuid(), 'brute_force', '\x0123456789abcdef', 23, now() - interval '3 days', now() - interval '2 days', now())`, tenant)
		if err != nil {
			t.Fatal(err)
		}
	}
	list := func(args ...string) []suspicionJSON {
		t.Helper()
		return decode[[]suspicionJSON](t, succeed(t, environ, append([]string{"audit", "findings", "list", "--json"}, args...)...))
	}
	if all := list(); len(all) != 2 {
		t.Errorf("it lists %+v", all)
	}
	if out := succeed(t, environ, "audit", "findings", "list"); !strings.Contains(out, "#0123456789ab ") || !strings.Contains(out, "none") || !strings.Contains(out, "acme") {
		t.Errorf("it shows %q", out)
	}
	if all := list("--since", "1d"); len(all) != 0 {
		t.Errorf("since yesterday it lists %+v", all)
	}
	found := list("--tenant", "acme", "--since", "7d")
	if len(found) != 1 || found[0].Tenant != "acme" || found[0].Failures != 23 || found[0].Status != "open" {
		t.Fatalf("of acme it lists %+v", found)
	}
	id := found[0].ID
	if a := ctl(t, environ, "audit", "findings", "resolve", id); a.code != exitUsage || !strings.Contains(a.err, "reason") {
		t.Errorf("without a reason: exit %d, %s", a.code, a.err)
	}
	succeed(t, environ, "audit", "findings", "acknowledge", id)
	if out := succeed(t, environ, "audit", "findings", "resolve", id, "--reason", "a forgotten script"); !strings.Contains(out, "is resolved") {
		t.Errorf("it says %q", out)
	}
	if a := ctl(t, environ, "audit", "findings", "resolve", id, "--reason", "again"); a.code != exitFailure || !strings.Contains(a.err, "is resolved") {
		t.Errorf("resolved twice: exit %d, %s", a.code, a.err)
	}
	if left := list("--status", "open"); len(left) != 1 || left[0].ID == id {
		t.Errorf("open are %+v", left)
	}
	if out := succeed(t, environ, "audit", "list", "--tenant", "acme"); !strings.Contains(out, "finding:"+id) || !strings.Contains(out, "a forgotten script") {
		t.Errorf("the audit log has %q", out)
	}
	for _, bad := range [][]string{{"--status", "closed"}, {"--since", "never"}, {"--limit", "0"}} {
		if a := ctl(t, environ, append([]string{"audit", "findings", "list"}, bad...)...); a.code != exitUsage {
			t.Errorf("%v: exit %d, %s", bad, a.code, a.err)
		}
	}
}
