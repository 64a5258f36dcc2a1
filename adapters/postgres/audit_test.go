package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/test/harness"
)

// book is a chronicle on a database with all that reads and checks it.
type book struct {
	*auditing.Chronicle
	*auditing.Checker
	reader *auditing.Reader
	chains *postgres.Audit
	db     *bun.DB // as the services
	admin  *bun.DB // as whoever may do anything
}

func newBook(t testing.TB, database harness.Database) book {
	t.Helper()
	keyring, err := crypto.Derive("a secret of this test", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	db := connect(t, database.AppURL)
	chains := postgres.NewAudit(db)
	return book{
		Chronicle: auditing.NewChronicle(chains, keyring, keyring, rand.Reader, postgres.NewID, time.Now),
		Checker:   auditing.NewChecker(postgres.NewArchive(db), keyring, keyring),
		reader:    auditing.NewReader(chains, keyring), chains: chains,
		db: db, admin: connect(t, database.AdminURL),
	}
}

func (b book) record(t testing.TB, tenantID string, n int) {
	t.Helper()
	origin := auditing.WithOrigin(t.Context(), auditing.Origin{Address: "192.0.2.7", RequestID: "r1", Agent: "test"})
	for range n {
		err := b.Record(origin, auditing.Event{
			TenantID: tenantID, Action: "user.created", Target: "user:1", Outcome: auditing.Done,
			Details: map[string]string{"role": "viewer"}, Personal: map[string]string{"email": "ada@example.com"},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (b book) check(t testing.TB, checkpoint ...audit.Head) auditing.Verdict {
	t.Helper()
	v, err := b.Check(t.Context(), checkpoint, func(string, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// harm changes the tables as a superuser who turns off what would stop him.
func (b book) harm(t testing.TB, statements ...string) {
	t.Helper()
	err := b.admin.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		for _, s := range append([]string{"SET LOCAL session_replication_role = replica"}, statements...) {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHarmToTheChainIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm []string
		want audit.Kind
	}{
		"edited":   {[]string{`UPDATE audit_events SET details = '{"role":"tenant_admin"}' WHERE seq = 5`}, audit.Altered},
		"deleted":  {[]string{`DELETE FROM audit_events WHERE seq = 5`}, audit.Missing},
		"cut":      {[]string{`DELETE FROM audit_events WHERE seq > 5`}, audit.Cut},
		"all gone": {[]string{`DELETE FROM audit_events`}, audit.Cut},
		"swapped": {[]string{
			`UPDATE audit_events SET seq = CASE seq WHEN 5 THEN 1006 ELSE 1005 END WHERE seq IN (5, 6)`,
			`UPDATE audit_events SET seq = seq - 1000 WHERE seq > 1000`,
		}, audit.Altered},
		"inserted": {[]string{
			`UPDATE audit_events SET seq = seq + 1001 WHERE seq > 5`, `UPDATE audit_events SET seq = seq - 1000 WHERE seq > 1000`,
			`INSERT INTO audit_events SELECT tenant_id, 6, gen_random_uuid(), at, action, outcome, actor, target, request_id, details, commitment, sum, personal, salt FROM audit_events WHERE seq = 5`,
			`UPDATE audit_heads SET seq = seq + 1`,
		}, audit.Altered},
		"appended": {[]string{`INSERT INTO audit_events SELECT tenant_id, 11, gen_random_uuid(), at, action, outcome, actor, target, request_id, details, commitment, sum FROM audit_events WHERE seq = 5`}, audit.Beyond},
		"cut with the head moved back": {[]string{
			`DELETE FROM audit_events WHERE seq > 5`,
			`UPDATE audit_heads SET seq = 5, sum = (SELECT sum FROM audit_events WHERE seq = 5)`,
		}, audit.Forged},
		"the head gone":            {[]string{`DELETE FROM audit_heads`}, audit.Headless},
		"personal data swapped in": {[]string{`UPDATE audit_events a SET personal = b.personal, salt = b.salt FROM audit_events b WHERE a.seq = 5 AND b.seq = 6`}, audit.Personal},
		"another salt":             {[]string{`UPDATE audit_events SET salt = '\x00' WHERE seq = 5`}, audit.Personal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := harness.Postgres(t)
			b := newBook(t, database)
			tenant, other := newTenant(t, database, "acme"), newTenant(t, database, "globex")
			b.record(t, tenant.ID, 10)
			if v := b.check(t); len(v.Faults) != 0 || v.Events != 10 || v.Chains != 1 {
				t.Fatalf("an unharmed chain: %+v", v)
			}
			b.harm(t, c.harm...)
			b.record(t, other.ID, 3) // a sound chain beside it
			v := b.check(t)
			if !slices.ContainsFunc(v.Faults, func(f audit.Fault) bool { return f.Kind == c.want && f.TenantID == tenant.ID }) {
				t.Errorf("found %+v, want %s", v.Faults, c.want)
			}
			if slices.ContainsFunc(v.Faults, func(f audit.Fault) bool { return f.TenantID == other.ID }) {
				t.Errorf("a fault in the chain that nobody touched: %+v", v.Faults)
			}
		})
	}
}

func TestACheckpointFindsAnOlderStatePutBack(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	b, tenant := newBook(t, database), newTenant(t, database, "acme")
	b.record(t, tenant.ID, 5)
	b.harm(t, `CREATE TABLE kept AS SELECT * FROM audit_heads`)
	b.record(t, tenant.ID, 5)
	checkpoint := b.check(t).Heads
	b.harm(t, `DELETE FROM audit_events WHERE seq > 5`, `DELETE FROM audit_heads`, `INSERT INTO audit_heads SELECT * FROM kept`)
	if v := b.check(t); len(v.Faults) != 0 {
		t.Errorf("without a checkpoint: %+v", v.Faults)
	}
	if v := b.check(t, checkpoint...); len(v.Faults) != 1 || v.Faults[0].Kind != audit.Rewritten {
		t.Errorf("with a checkpoint: %+v", v.Faults)
	}
	b.harm(t, `DELETE FROM audit_events`, `DELETE FROM audit_heads`)
	if v := b.check(t, checkpoint...); len(v.Faults) != 1 || v.Faults[0].Kind != audit.Rewritten {
		t.Errorf("with the whole chain gone: %+v", v.Faults)
	}
	checkpoint[0].Seq--
	if _, err := b.Check(t.Context(), checkpoint, func(string, int64) {}); err == nil {
		t.Error("a checkpoint that nobody signed was believed")
	}
}

func TestErasingPersonalDataKeepsTheChain(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	b, tenant := newBook(t, database), newTenant(t, database, "acme")
	b.record(t, tenant.ID, 3)
	ctx := access.With(t.Context(), access.Principal{TenantID: tenant.ID, Scopes: []access.Scope{access.Manage}})
	before, err := b.reader.Events(ctx, auditing.Filter{}, 0, 10)
	if err != nil || len(before) != 3 || before[0].Seq != 3 || before[0].Personal["email"] != "ada@example.com" ||
		before[0].Personal["address"] != "192.0.2.7" || before[0].Actor != auditing.System {
		t.Fatalf("it reads %+v, %v", before, err)
	}
	if n, err := b.chains.Erase(t.Context(), tenant.ID, "user:1"); err != nil || n != 3 {
		t.Fatalf("erased %d, %v", n, err)
	}
	after, err := b.reader.Events(ctx, auditing.Filter{Target: "user:1"}, 0, 10)
	if err != nil || len(after) != 3 || !after[0].Erased || len(after[0].Personal) != 0 {
		t.Errorf("after erasing it reads %+v, %v", after, err)
	}
	if v := b.check(t); len(v.Faults) != 0 {
		t.Errorf("erasing broke the chain: %+v", v.Faults)
	}
}

func TestServicesCannotChangeEvents(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	b, tenant := newBook(t, database), newTenant(t, database, "acme")
	b.record(t, tenant.ID, 1)
	for _, statement := range []string{
		`UPDATE audit_events SET action = 'x'`, `DELETE FROM audit_events`, `TRUNCATE audit_events`,
		`UPDATE audit_events SET salt = '\x00'`, `UPDATE audit_events SET personal = NULL`, `DELETE FROM audit_heads`,
	} {
		for who, db := range map[string]*bun.DB{"the services": b.db, "the owner": connect(t, database.OwnerURL)} {
			if who == "the owner" && strings.HasSuffix(statement, "audit_heads") {
				continue // which the check finds
			}
			err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
				if _, err := tx.ExecContext(ctx, `SELECT set_config('app.tenant_id', ?, true)`, tenant.ID); err != nil {
					return err
				}
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
			if err == nil {
				t.Errorf("%s may %s", who, statement)
			}
		}
	}
}

func TestAnEventIsUndoneWithItsUnitOfWork(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	b, tenant := newBook(t, database), newTenant(t, database, "acme")
	broken := errors.New("broken")
	err := postgres.NewUnit(b.db).Within(t.Context(), tenant.ID, func(ctx context.Context) error {
		if err := b.Record(ctx, auditing.Event{TenantID: tenant.ID, Action: "x", Outcome: auditing.Done}); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if v := b.check(t); v.Events != 0 {
		t.Errorf("%d events were kept", v.Events)
	}
}

func TestManyRecordAtOnceWhileOthersCheck(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	b, tenant := newBook(t, database), newTenant(t, database, "acme")
	const writers, each = 8, 25
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() { b.record(t, tenant.ID, each) })
	}
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if v := b.check(t); len(v.Faults) != 0 {
			t.Fatalf("a chain that grows: %+v", v.Faults)
		}
	}
	b.record(t, "", 1)
	if v := b.check(t); v.Events != writers*each+1 || v.Chains != 2 || len(v.Faults) != 0 {
		t.Errorf("found %+v", v)
	}
}

func BenchmarkRecord(b *testing.B) {
	database := harness.Postgres(b)
	book, tenant := newBook(b, database), newTenant(b, database, "acme")
	b.ResetTimer()
	book.record(b, tenant.ID, b.N)
	b.StopTimer()
	began := time.Now()
	v := book.check(b)
	b.ReportMetric(float64(v.Events)/time.Since(began).Seconds(), "checked/s")
}
