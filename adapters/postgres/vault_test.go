package postgres_test

import (
	"crypto/rand"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/sealing"
	"github.com/football-prediction/football-prediction/test/harness"
)

// plainBytes are the columns of bytes that are hashes or signatures.
var plainBytes = []string{
	"api_keys.hash", "audit_events.commitment", "audit_events.sum", "audit_events.salt", "audit_heads.sum", "audit_heads.signature",
	"users.email_index", "recovery_codes.hash", "sign_in_attempts.account", "sign_in_attempts.network", "known_networks.account",
	"known_networks.network", "idempotency_keys.request", "security_findings.subject",
	"audit_prunings.sum", "audit_prunings.archive", "audit_prunings.signature", "operation_approvals.signature",
}

// A column of bytes that nobody thought of would keep its old key for ever.
func TestEveryColumnOfBytesIsKnown(t *testing.T) {
	t.Parallel()
	db := connect(t, harness.Postgres(t).AdminURL)
	var found []string
	err := db.NewRaw(`SELECT table_name || '.' || column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE table_schema = 'public' AND data_type = 'bytea' AND table_type = 'BASE TABLE'`).Scan(t.Context(), &found)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(plainBytes)
	for _, c := range sealing.Columns {
		want = append(want, c.Table+"."+c.Column)
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("the database has %q, known are %q", found, want)
	}
}

func TestValuesAreSealedAnewBesideRunningServices(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	db, path := connect(t, database.AppURL), filepath.Join(t.TempDir(), "keys.json")
	if err := crypto.Generate(path); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	ring, err := crypto.Open(path, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	old, _ := crypto.List(path)
	chains := postgres.NewAudit(db)
	b := book{
		Chronicle: auditing.NewChronicle(chains, ring, ring, rand.Reader, postgres.NewID, time.Now),
		Checker:   auditing.NewChecker(postgres.NewArchive(db), ring, ring), chains: chains, db: db,
	}
	first, second := newTenant(t, database, "acme"), newTenant(t, database, "globex")
	b.record(t, first.ID, 520) // more than one step
	b.record(t, second.ID, 3)
	renewer := sealing.NewRenewer(postgres.NewVault(db), ring, crypto.KeyID)
	renew := func(dry bool) int {
		t.Helper()
		n, err := renewer.Renew(t.Context(), dry, func(string, int) {})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := renew(false); n != 0 {
		t.Errorf("%d values sealed anew without a new key", n)
	}
	if _, err := crypto.Rotate(path); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Minute)
	if n := renew(true); n != 523 {
		t.Errorf("a dry run counts %d values, want 523", n)
	}
	if n, err := renewer.Uses(t.Context(), old[0].ID); err != nil || n != 523 {
		t.Errorf("the old key is used %d times, %v", n, err)
	}
	if n := renew(false); n != 523 {
		t.Errorf("%d values sealed anew, want 523", n)
	}
	if n, err := renewer.Uses(t.Context(), old[0].ID); err != nil || n != 0 {
		t.Errorf("the old key is still used %d times, %v", n, err)
	}
	if err := crypto.Retire(path, old[0].ID); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Minute)
	if v := b.check(t); len(v.Faults) != 0 || v.Events != 523 {
		t.Errorf("with the old key gone: %+v", v)
	}
}
