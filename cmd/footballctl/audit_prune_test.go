package main

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/test/harness"
)

// recordLongAgo records events as they were recorded 800 days ago.
func recordLongAgo(t *testing.T, appURL, keys, tenantID string, n int) {
	t.Helper()
	keyring, err := crypto.Open(keys, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	then := func() time.Time { return time.Now().AddDate(0, 0, -800) }
	chronicle := auditing.NewChronicle(postgres.NewAudit(open(t, appURL)), keyring, keyring, rand.Reader, postgres.NewID, then)
	for range n {
		if err := chronicle.Record(t.Context(), auditing.Event{TenantID: tenantID, Action: "test.done", Outcome: auditing.Done}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPruningFromTheCommandLine(t *testing.T) {
	db, dir := harness.Postgres(t), t.TempDir()
	keys, checkpoint, folder := filepath.Join(dir, "keys.json"), filepath.Join(dir, "checkpoint.json"), filepath.Join(dir, "archive")
	environ := []string{"DATABASE_URL=" + db.AppURL, "ENCRYPTION_KEY_FILE=" + keys}
	succeed(t, environ, "keys", "generate", "--out", keys)
	acme := decode[tenantJSON](t, succeed(t, environ, "tenant", "create", "acme", "--json"))
	globex := decode[tenantJSON](t, succeed(t, environ, "tenant", "create", "globex", "--json"))
	recordLongAgo(t, db.AppURL, keys, acme.ID, 3)
	succeed(t, environ, "check", "audit", "--checkpoint", checkpoint) // which will be pruned
	recordLongAgo(t, db.AppURL, keys, acme.ID, 2)
	recordLongAgo(t, db.AppURL, keys, globex.ID, 4)
	recordEvents(t, environ, "acme", 5)

	plan := decode[pruningJSON](t, succeed(t, environ, "audit", "prune", "--dry-run", "--json"))
	if !plan.DryRun || plan.Events != 9 || len(plan.Chains) != 2 || plan.Chains[0].Tenant != "acme" || plan.Chains[0].To != 5 || plan.Chains[0].Left != 5 {
		t.Errorf("it would prune %+v", plan)
	}
	if a := ctl(t, environ, "audit", "prune"); a.code != exitUsage || !strings.Contains(a.err, "--archive") {
		t.Errorf("without a folder: exit %d, %s", a.code, a.err)
	}
	if a := ctl(t, environ, "audit", "prune", "--archive", folder); a.code != exitUsage || !strings.Contains(a.err, "--yes") || !strings.Contains(a.err, "acme") {
		t.Errorf("without a yes: exit %d, %s", a.code, a.err)
	}
	if out := succeed(t, environ, "audit", "prune", "--before", "2001-01-01", "--tenant", "acme", "--yes", "--archive", folder); !strings.Contains(out, "acme") {
		t.Errorf("with nothing to prune it says %q", out)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("pruning nothing made an archive")
	}
	done := decode[pruningJSON](t, succeed(t, environ, "audit", "prune", "--tenant", "acme", "--yes", "--archive", folder, "--json"))
	if done.Events != 5 || len(done.Archives) != 1 {
		t.Fatalf("it pruned %+v", done)
	}
	out := succeed(t, environ, "check", "audit", "--checkpoint", checkpoint)
	for _, part := range []string{"10 events in 2 chains", "5 older ones were pruned", "not compared", "checkpoint at event 3"} {
		if !strings.Contains(out, part) {
			t.Errorf("the check says %q, want %q in it", out, part)
		}
	}
	if out := succeed(t, environ, "check", "audit", "--checkpoint", checkpoint); strings.Contains(out, "not compared") {
		t.Errorf("with the new checkpoint it says %q", out)
	}
	if out := succeed(t, environ, "audit", "verify", done.Archives[0]); !strings.Contains(out, "events 1 to 5 of tenant "+acme.ID) {
		t.Errorf("the archive is %q", out)
	}
	text, err := os.ReadFile(done.Archives[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(done.Archives[0], []byte(strings.Replace(string(text), "test.done", "test.gone", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := ctl(t, nil, "audit", "verify", done.Archives[0]); a.code != exitFailure || !strings.Contains(a.err, "not what was recorded") {
		t.Errorf("a changed archive: exit %d, %s", a.code, a.err)
	}
	backups := append(environ, "BACKUP_DIR="+dir)
	if out := succeed(t, backups, "audit", "prune", "--yes"); !strings.Contains(out, "4 events pruned") || !strings.Contains(out, filepath.Join(dir, "audit")) {
		t.Errorf("it says %q", out)
	}
	if a := ctl(t, environ, "audit", "prune", "--before", "yesterday"); a.code != exitUsage {
		t.Errorf("a bad day: exit %d, %s", a.code, a.err)
	}
}
