package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/detecting"
	"github.com/football-prediction/football-prediction/test/harness"
)

// watchtower is detection on a real database, with a clock that a test moves.
type watchtower struct {
	t        *testing.T
	database harness.Database
	db       *bun.DB
	attempts *postgres.Attempts
	findings *postgres.SecurityFindings
	detector *detecting.Detector
	ledger   *detecting.Ledger
	reader   *auditing.Reader
	recorder auditing.Recorder
	names    *detecting.Names
	at       time.Time
	told     atomic.Int32
}

func newWatchtower(t *testing.T) *watchtower {
	t.Helper()
	database := harness.Postgres(t)
	w := &watchtower{t: t, database: database, db: connect(t, database.AppURL), at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.at }
	ring, err := crypto.Derive("a secret of this test", clock)
	if err != nil {
		t.Fatal(err)
	}
	chains := postgres.NewAudit(w.db)
	w.attempts, w.findings = postgres.NewAttempts(w.db, ring), postgres.NewSecurityFindings(w.db)
	w.recorder = auditing.NewChronicle(chains, ring, ring, rand.Reader, postgres.NewID, clock)
	w.reader = auditing.NewReader(chains, ring)
	w.names = detecting.NewNames(w.reader, w.attempts)
	w.detector = detecting.NewDetector(w.parts(w.recorder))
	w.ledger = detecting.NewLedger(w.findings, w.findings, postgres.NewUnit(w.db), w.recorder, clock)
	return w
}

func (w *watchtower) parts(recorder auditing.Recorder) detecting.Parts {
	return detecting.Parts{
		Attempts: w.attempts, Findings: w.findings, Unit: postgres.NewUnit(w.db), Recorder: recorder,
		Found: func(detecting.Kind) { w.told.Add(1) }, NewID: postgres.NewID, Now: func() time.Time { return w.at },
	}
}

// fail makes attempts that fail, each from where nobody waits, and notes them
// as the desk does.
func (w *watchtower) fail(tenantID, email string, n int) {
	w.t.Helper()
	for range n {
		address := fmt.Sprintf("198.51.%d.9", w.at.Unix()/60%250)
		a := authenticating.Attempt{TenantID: tenantID, Account: email, Network: authenticating.NetworkOf(address), At: w.at, SignIn: true}
		if _, err := w.attempts.Begin(w.t.Context(), a, func(authenticating.Tally) time.Duration { return 0 }); err != nil {
			w.t.Fatal(err)
		}
		err := w.recorder.Record(auditing.WithOrigin(w.t.Context(), auditing.Origin{Address: address}), auditing.Event{
			TenantID: tenantID, Action: authenticating.ActionRefused, Outcome: auditing.Refused, Personal: map[string]string{"email": email},
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *watchtower) detect() {
	w.t.Helper()
	if err := w.detector.Detect(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *watchtower) all(f detecting.Filter) []detecting.Finding {
	w.t.Helper()
	found, err := w.ledger.All(w.t.Context(), f, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// events counts what the audit log has of an action.
func (w *watchtower) events(tenantID, action string) int {
	w.t.Helper()
	found, err := w.reader.Of(w.t.Context(), tenantID, auditing.Filter{Action: action}, 0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(found)
}

func (w *watchtower) pass(d time.Duration) { w.at = w.at.Add(d) }

func TestAFindingFromFirstSeenToResolved(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	acme := newTenant(t, w.database, "acme").ID
	w.fail(acme, "ada@example.com", 19)
	w.detect()
	if found := w.all(detecting.Filter{}); len(found) != 0 {
		t.Fatalf("19 failures are %+v", found)
	}
	w.fail(acme, "ada@example.com", 1)
	first := w.at
	w.detect()
	found := w.all(detecting.Filter{Status: detecting.Open})
	if len(found) != 1 || found[0].Kind != detecting.BruteForce || found[0].Failures != 20 || !found[0].FirstSeen.Equal(first) || found[0].TenantID != acme {
		t.Fatalf("20 failures are %+v", found)
	}
	if name, err := w.names.Of(t.Context(), found[0]); err != nil || name != "ada@example.com" {
		t.Errorf("it is about %q, %v", name, err)
	}
	// It goes on: the finding follows, and nobody hears of it again.
	w.pass(2 * time.Minute)
	w.fail(acme, "ada@example.com", 3)
	w.detect()
	w.detect()
	again := w.all(detecting.Filter{})
	if len(again) != 1 || again[0].ID != found[0].ID || again[0].Failures != 23 || !again[0].LastSeen.Equal(w.at) || !again[0].FirstSeen.Equal(first) {
		t.Errorf("three more make it %+v", again)
	}
	if n := w.events(acme, "security.brute_force"); n != 1 || w.told.Load() != 1 {
		t.Errorf("%d events and %d counted, want one", n, w.told.Load())
	}
	// Acknowledged, it is still the same; a day later it is told again.
	if f, err := w.ledger.Acknowledge(t.Context(), found[0].ID); err != nil || f.Status != detecting.Acknowledged || f.ChangedBy != auditing.System {
		t.Errorf("acknowledged: %+v, %v", f, err)
	}
	w.pass(detecting.RepeatAfter - time.Minute)
	w.fail(acme, "ada@example.com", 1)
	w.pass(2 * time.Minute)
	w.detect()
	if n := w.events(acme, "security.brute_force"); n != 2 || len(w.all(detecting.Filter{})) != 1 {
		t.Errorf("after a day %d events and %+v", n, w.all(detecting.Filter{}))
	}
	// Resolved, it comes back as a new one.
	if _, err := w.ledger.Resolve(t.Context(), found[0].ID, " \n"); !errors.Is(err, detecting.ErrReason) {
		t.Errorf("resolved without a reason: %v", err)
	}
	if f, err := w.ledger.Resolve(t.Context(), found[0].ID, "a script"); err != nil || f.Reason != "a script" {
		t.Errorf("resolved: %+v, %v", f, err)
	}
	for _, change := range []func() (detecting.Finding, error){
		func() (detecting.Finding, error) { return w.ledger.Resolve(t.Context(), found[0].ID, "again") },
		func() (detecting.Finding, error) { return w.ledger.Acknowledge(t.Context(), found[0].ID) },
	} {
		if _, err := change(); !errors.Is(err, detecting.ErrResolved) {
			t.Errorf("changed after it was resolved: %v", err)
		}
	}
	w.pass(2 * time.Minute)
	w.detect() // nothing new has failed
	if open := w.all(detecting.Filter{Status: detecting.Open}); len(open) != 0 {
		t.Errorf("it came back by itself: %+v", open)
	}
	w.fail(acme, "ada@example.com", 1)
	w.detect()
	if open := w.all(detecting.Filter{Status: detecting.Open}); len(open) != 1 || open[0].ID == found[0].ID || !open[0].FirstSeen.Equal(w.at) {
		t.Errorf("seen again it is %+v", open)
	}
	got := []int{
		w.events(acme, "security.brute_force"), w.events(acme, "security.finding_acknowledged"),
		w.events(acme, "security.finding_resolved"), int(w.told.Load()),
	}
	if diff := cmp.Diff([]int{3, 1, 1, 3}, got); diff != "" {
		t.Error(diff)
	}
	if since, err := w.ledger.Since(t.Context(), w.at, 10); err != nil || len(since) != 1 {
		t.Errorf("since now: %+v, %v", since, err)
	}
	if _, err := w.ledger.Resolve(t.Context(), "no-uuid", "x"); !errors.Is(err, detecting.ErrUnknown) {
		t.Errorf("an unknown finding: %v", err)
	}
}

// A network that tries many accounts, also of tenants that do not exist.
func TestFindingsAboutNetworksAndNoTenant(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	for i := range detecting.Thresholds[detecting.SuspiciousAddress] {
		w.fail(auditing.Platform, fmt.Sprintf("u%d@example.com", i), 1)
	}
	w.detect()
	found := w.all(detecting.Filter{TenantID: auditing.Platform})
	if len(found) != 1 || found[0].Kind != detecting.SuspiciousAddress {
		t.Fatalf("found %+v", found)
	}
	want := authenticating.NetworkOf(fmt.Sprintf("198.51.%d.9", w.at.Unix()/60%250))
	if name, err := w.names.Of(t.Context(), found[0]); err != nil || name != want {
		t.Errorf("it is about %q, %v; want %s", name, err, want)
	}
	if _, err := postgres.NewAudit(w.db).Erase(t.Context(), auditing.Platform, ""); err != nil {
		t.Fatal(err)
	}
	if name, err := w.names.Of(t.Context(), found[0]); err != nil || name != "" {
		t.Errorf("after erasing it is about %q, %v", name, err)
	}
}

func TestManyServersTellOneFinding(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	acme := newTenant(t, w.database, "acme").ID
	w.fail(acme, "ada@example.com", 25)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if err := w.detector.Detect(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if found := w.all(detecting.Filter{}); len(found) != 1 || w.events(acme, "security.brute_force") != 1 || w.told.Load() != 1 {
		t.Errorf("eight servers found %+v, told %d times", found, w.told.Load())
	}
}

// broken is an audit log that takes nothing.
type broken struct{}

var errBroken = errors.New("broken")

func (broken) Record(context.Context, auditing.Event) error { return errBroken }

// What cannot be written to the audit log is not forgotten: the next look
// finds it.
func TestAFindingIsKeptWithItsEventOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	acme := newTenant(t, w.database, "acme").ID
	w.fail(acme, "ada@example.com", 20)
	if err := detecting.NewDetector(w.parts(broken{})).Detect(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("detected with %v", err)
	}
	if found := w.all(detecting.Filter{}); len(found) != 0 || w.told.Load() != 0 {
		t.Errorf("without its event it kept %+v", found)
	}
	w.detect()
	if found := w.all(detecting.Filter{}); len(found) != 1 || w.events(acme, "security.brute_force") != 1 {
		t.Errorf("the next look kept %+v", found)
	}
}

func TestATenantSeesItsOwnFindings(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	acme, globex := newTenant(t, w.database, "acme"), newTenant(t, w.database, "globex")
	w.fail(acme.ID, "ada@example.com", 20)
	w.fail(globex.ID, "eve@example.com", 20)
	w.detect()
	as := func(tenant tenancy.Tenant, scope access.Scope) context.Context {
		return access.With(t.Context(), access.Principal{TenantID: tenant.ID, Scopes: []access.Scope{scope}})
	}
	own, err := w.ledger.Own(as(acme, access.Manage), detecting.Filter{TenantID: globex.ID}, 10)
	if err != nil || len(own) != 1 || own[0].TenantID != acme.ID {
		t.Errorf("acme sees %+v, %v", own, err)
	}
	if _, err := w.ledger.Own(as(acme, access.Read), detecting.Filter{}, 10); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("who may not read the audit log: %v", err)
	}
	if all := w.all(detecting.Filter{}); len(all) != 2 {
		t.Errorf("the platform sees %+v", all)
	}
	inAcme := func(use func(context.Context, bun.Tx) error) error {
		return w.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, `SELECT set_config('app.tenant_id', ?, true)`, acme.ID); err != nil {
				return err
			}
			return use(ctx, tx)
		})
	}
	err = inAcme(func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE security_findings SET status = 'resolved'`)
		if n, _ := result.RowsAffected(); n != 1 {
			t.Errorf("within its walls a tenant reaches %d findings", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, statement := range []string{
		`DELETE FROM security_findings`, `UPDATE security_findings SET subject = '\x00'`, `UPDATE security_findings SET first_seen_at = now()`,
	} {
		if err := inAcme(func(ctx context.Context, tx bun.Tx) error { _, err := tx.ExecContext(ctx, statement); return err }); err == nil {
			t.Errorf("the services may %s", statement)
		}
	}
	var n int
	if err := w.db.NewRaw(`SELECT count(*) FROM security_findings`).Scan(t.Context(), &n); err != nil || n != 0 {
		t.Errorf("without a tenant %d findings are seen, %v", n, err)
	}
}
