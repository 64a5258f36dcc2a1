package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/removing"
	"github.com/football-prediction/football-prediction/test/harness"
)

func quiet(string, int) {}

// deletionRun names its tenant, as the ids of runs do.
const deletionRun = "delete-tenant-acme"

// Of two tenants that have something in every table, one is removed; the worker
// dies again and again on the way. Nothing of it is left, and nothing of the
// other is missing.
func TestNothingIsLeftOfATenantThatIsRemoved(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	for table, rows := range e.held(t, e.acme.ID) {
		// A chain is pruned after a month at the earliest; what is kept of that is
		// in the tests of pruning.
		if strings.HasPrefix(rows, "0 ") && table != "audit_prunings" {
			t.Errorf("the test puts nothing into %s: see estate_test.go", table)
		}
	}
	before := e.held(t, e.globex.ID)
	e.begin(t, deletionRun)
	kept, err := e.remover.Export(t.Context(), e.acme.ID, deletionRun+"/1", quiet)
	must(t, err)
	rows, events, err := e.remover.Condemn(t.Context(), e.acme.ID, deletionRun)
	must(t, err)
	if rows["predictions"] != 6 || rows["users"] != 3 || rows["tenants"] != 1 || events != 7 {
		t.Errorf("there are %v to remove, and %d events", rows, events)
	}
	deaths := e.removeDying(t)
	t.Logf("removed after %d deaths on the way", deaths)
	must(t, errorOf(e.remover.Erase(t.Context(), e.acme.ID, func(int) {})))
	proof, err := e.remover.Prove(t.Context(), e.acme.ID)
	if err != nil || !proof.Gone() || len(proof.Faults) != 0 || proof.Events != 7 || proof.Tables < 17 {
		t.Errorf("the proof is %+v, %v", proof, err)
	}
	must(t, e.remover.Record(t.Context(), removing.Deed{
		TenantID: e.acme.ID, Slug: "acme", Run: deletionRun, Reason: "the contract of Ada ended", By: "root", Removed: rows, Erased: events,
		Export: kept, Sound: true, BackupsUntil: e.clock.Add(removing.BackupRetention),
	}))

	if diff := cmp.Diff([]string{"audit_events", "audit_heads"}, e.holding(t, e.acme.ID)); diff != "" {
		t.Errorf("the tenant's id is in: %s", diff)
	}
	for _, text := range []string{
		"acme", fmt.Sprintf(personName, "acme"), fmt.Sprintf(personMail, "acme"), fmt.Sprintf(keyName, "acme"), "contract of Ada",
	} {
		if found := e.holding(t, text); found != nil {
			t.Errorf("%q is still in %v", text, found)
		}
	}
	if found := e.holding(t, "the laptop of Ada at globex"); len(found) == 0 {
		t.Error("looking for a text finds nothing, so this test shows nothing")
	}
	if diff := cmp.Diff(before, e.held(t, e.globex.ID)); diff != "" {
		t.Errorf("the other tenant is not as it was: %s", diff)
	}
	if v := e.check(t); len(v.Faults) != 0 || v.Chains != 3 {
		t.Errorf("the chains: %+v", v)
	}
	e.recorded(t, kept)
}

func errorOf[T any](_ T, err error) error { return err }

// removeDying removes acme; each attempt dies a table further on.
func (e *estate) removeDying(t *testing.T) (deaths int) {
	t.Helper()
	for table := ""; ; deaths++ {
		ctx, die := context.WithCancel(t.Context())
		err := e.remover.Remove(ctx, e.acme.ID, func(name string, _ int) {
			if name > table && table != "tenants" {
				table = name
				die()
			}
		})
		die()
		if err == nil {
			return deaths
		}
		if !errors.Is(err, context.Canceled) || deaths > 30 {
			t.Fatal(err)
		}
	}
}

// recorded looks for the record of the deletion, which is kept once.
func (e *estate) recorded(t *testing.T, kept removing.Kept) {
	t.Helper()
	events, err := e.reader.Of(t.Context(), auditing.Platform, auditing.Filter{Action: "tenant.deleted"}, 0, 10)
	if err != nil || len(events) != 1 {
		t.Fatalf("recorded are %+v, %v", events, err)
	}
	d := events[0].Details
	if d["export_sha256"] != kept.SHA256 || d["rows.predictions"] != "6" || d["audit_chain"] != "sound" || d["backups_until"] == "" {
		t.Errorf("the record says %v", d)
	}
	if p := events[0].Personal; p["slug"] != "acme" || p["by"] != "root" || p["reason"] == "" || p["run"] != deletionRun {
		t.Errorf("beside the chain are %v", p)
	}
}

func TestTheRecordOfADeletionIsKeptOnce(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	deed := removing.Deed{TenantID: e.acme.ID, Run: deletionRun, Removed: map[string]int{"predictions": 6}, Export: removing.Kept{SHA256: "abc"}, Slug: "acme", By: "root", Reason: "why", Sound: true}
	for range 3 {
		must(t, e.remover.Record(t.Context(), deed))
	}
	e.recorded(t, removing.Kept{SHA256: "abc"})
}

// The database itself says whose rows may be removed, whatever a service asks.
func TestOnlyATenantInRemovalLosesRows(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	refused := func(what, tenantID, table string) {
		t.Helper()
		if n, err := e.rows.Remove(t.Context(), tenantID, table, 10); !errors.Is(err, tenancy.ErrDeletion) {
			t.Errorf("%s: %d rows, %v", what, n, err)
		}
	}
	refused("a tenant that stays", e.acme.ID, "predictions")
	refused("no tenant at all", auditing.Platform, "sign_in_attempts")
	e.begin(t, "run")
	refused("a tenant that waits", e.acme.ID, "predictions")
	_, _, err := e.remover.Condemn(t.Context(), e.acme.ID, "run")
	must(t, err)
	e.exec(t, `UPDATE tenants SET deletion_due = now() + interval '1 hour' WHERE slug = 'acme'`)
	refused("a tenant whose time has not come", e.acme.ID, "predictions")
	e.exec(t, `UPDATE tenants SET deletion_due = now() WHERE slug = 'acme'`)
	for _, table := range []string{"audit_events", "audit_heads", "matches", "nothing", "tenants; DROP TABLE users"} {
		if _, err := e.rows.Remove(t.Context(), e.acme.ID, table, 10); err == nil {
			t.Errorf("rows were removed from %s", table)
		}
	}
	if n, err := e.rows.Remove(t.Context(), e.acme.ID, "predictions", 4); err != nil || n != 4 {
		t.Errorf("removed %d rows of 4, %v", n, err)
	}
	if found := e.held(t, e.globex.ID)["predictions"]; !strings.HasPrefix(found, "6 ") {
		t.Errorf("the other tenant has %s", found)
	}
	var inside string
	must(t, e.pitch.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		for _, statement := range []string{`SET LOCAL ROLE football_platform`, `SELECT remove_tenant_rows('` + e.acme.ID + `', 'predictions', 1)`} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return tx.NewRaw(`SELECT coalesce(current_setting('app.tenant_id', true), '')`).Scan(ctx, &inside)
	}))
	if inside != "" {
		t.Errorf("the call leaves the caller in tenant %q", inside)
	}
}

func TestNoServiceDeletesTenantsByItself(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.begin(t, "run")
	_, _, err := e.remover.Condemn(t.Context(), e.acme.ID, "run")
	must(t, err)
	const asPlatform = `SET LOCAL ROLE football_platform`
	const denied, notRemoving = "42501", "55000"
	for _, c := range []struct {
		code       string
		statements []string
	}{
		{denied, []string{`DELETE FROM tenants`}},
		{denied, []string{`SELECT remove_tenant_rows(current_tenant(), 'tenants', 1)`}},
		{denied, []string{`TRUNCATE tenants CASCADE`}},
		{denied, []string{asPlatform, `DELETE FROM tenants`}},
		// A table that stands in for the real one.
		{notRemoving, []string{
			`CREATE TEMP TABLE tenants (tenant_id uuid, deletion_stage text, deletion_due timestamptz)`, `GRANT SELECT ON pg_temp.tenants TO PUBLIC`,
			asPlatform, `SELECT remove_tenant_rows('` + e.globex.ID + `', 'user_activity', 1)`,
		}},
	} {
		statements, last := c.statements, len(c.statements)-1
		err := e.pitch.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, `SELECT set_config('app.tenant_id', ?, true)`, e.acme.ID); err != nil {
				return err
			}
			for _, statement := range statements[:last] {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					t.Errorf("%s: %v; what follows shows nothing", statement, err)
				}
			}
			_, err := tx.ExecContext(ctx, statements[last])
			return err
		})
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != c.code {
			t.Errorf("a service that does %s is answered with %v", statements, err)
		}
	}
}

func TestADeletionIsAborted(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	ends := e.clock.Add(time.Hour).UTC().Truncate(time.Microsecond)
	e.exec(t, `UPDATE tenants SET status = 'trial', trial_ends = ?, status_reason = 'new', version = 7 WHERE slug = 'acme'`, ends)
	for range 2 { // which may be repeated
		if marked := e.begin(t, "run"); marked.Status != tenancy.Suspended || !marked.Deleting() {
			t.Errorf("begun: %+v", marked)
		}
	}
	if _, err := e.remover.Begin(t.Context(), removing.Order{Run: "other", Tenant: e.acme.ID, Confirm: "acme", Reason: "again", Due: e.clock}); !errors.Is(err, tenancy.ErrDeletion) {
		t.Errorf("a second run begins: %v", err)
	}
	must(t, errorOf(e.remover.Abort(t.Context(), "acme", "other", "not mine")))
	if marked, _ := postgres.NewTenants(e.pitch.db).BySlug(t.Context(), "acme"); !marked.Deleting() {
		t.Error("another run aborted the deletion")
	}
	for range 2 {
		must(t, errorOf(e.remover.Abort(t.Context(), "acme", "run", "they signed again")))
	}
	got, err := postgres.NewTenants(e.pitch.db).BySlug(t.Context(), "acme")
	if err != nil || got.Status != tenancy.Trial || !got.TrialEnds.Equal(ends) || got.StatusReason != "new" || got.Deleting() {
		t.Errorf("restored: %+v, %v", got, err)
	}
	events, err := e.reader.Of(t.Context(), e.acme.ID, auditing.Filter{}, 0, 2)
	if err != nil || events[0].Action != "tenant.deletion_aborted" || events[1].Action != "tenant.deletion_begun" || events[1].Personal["by"] != "root" {
		t.Errorf("recorded: %+v, %v", events, err)
	}
	must(t, errorOf(e.remover.Abort(t.Context(), "nobody", "run", "nothing there")))
}

func TestBeginRefuses(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.exec(t, `UPDATE tenants SET platform = true WHERE slug = 'globex'`)
	for name, c := range map[string]struct {
		order removing.Order
		says  string
	}{
		"another confirmation": {removing.Order{Tenant: "acme", Confirm: "globex", Reason: "why"}, `confirm it by its slug, "acme"`},
		"no reason":            {removing.Order{Tenant: "acme", Confirm: "acme"}, "say why"},
		"nobody":               {removing.Order{Tenant: "nobody", Confirm: "nobody", Reason: "why"}, `no tenant "nobody"`},
		"the platform":         {removing.Order{Tenant: "globex", Confirm: "globex", Reason: "why"}, "platform's own tenant"},
	} {
		c.order.Run, c.order.Due = "run", e.clock
		if _, err := e.remover.Begin(t.Context(), c.order); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Rows that a sign-in leaves behind after its tenant is gone are nobody's.
func TestRowsOfATenantThatIsGoneCanBeRemoved(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	gone := postgres.NewID()
	e.exec(t, `INSERT INTO sign_in_attempts (tenant_id, account, network, failures, last_at) VALUES (?, '\x01', '\x02', 3, now())`, gone)
	must(t, e.remover.Remove(t.Context(), gone, quiet))
	if n, err := e.rows.Count(t.Context(), gone, "sign_in_attempts"); err != nil || n != 0 {
		t.Errorf("%d rows are left, %v", n, err)
	}
}

// A foreign key between tables of tenants that leaves the tenant out would let
// a row of one point to a row of another, which no policy shows.
func TestForeignKeysStayWithinTheirTenant(t *testing.T) {
	t.Parallel()
	admin := connect(t, harness.Postgres(t).AdminURL)
	query := func() (all, loose []string) {
		t.Helper()
		var keys []struct {
			Name  string
			Whole bool
		}
		must(t, admin.NewRaw(`
			SELECT f.conrelid::regclass || ' ' || f.conname AS name, EXISTS (
				SELECT FROM unnest(f.conkey, f.confkey) AS k (child, parent)
				JOIN pg_attribute c ON c.attrelid = f.conrelid AND c.attnum = k.child AND c.attname = 'tenant_id'
				JOIN pg_attribute p ON p.attrelid = f.confrelid AND p.attnum = k.parent AND p.attname = 'tenant_id') AS whole
			FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid
			WHERE f.contype = 'f' AND c.relname IN (SELECT name FROM tenant_tables) AND p.relname IN (SELECT name FROM tenant_tables)
			ORDER BY 1`).Scan(t.Context(), &keys))
		for _, k := range keys {
			all = append(all, k.Name)
			if !k.Whole {
				loose = append(loose, k.Name)
			}
		}
		return all, loose
	}
	all, loose := query()
	if len(all) < 10 {
		t.Errorf("only %v were looked at; the query is wrong", all)
	}
	if loose != nil {
		t.Errorf("%v do not carry tenant_id on both sides", loose)
	}
	for _, statement := range []string{
		`CREATE TABLE bad (tenant_id uuid, user_id uuid)`, `ALTER TABLE users ADD UNIQUE (id)`, `ALTER TABLE bad ADD FOREIGN KEY (user_id) REFERENCES users (id)`,
	} {
		_, err := admin.ExecContext(t.Context(), statement)
		must(t, err)
	}
	if _, loose := query(); !slices.Equal(loose, []string{"bad bad_user_id_fkey"}) {
		t.Errorf("a key without its tenant is not found: %v", loose)
	}
	// Such a table is emptied like the others, before those that it points to.
	tables, err := postgres.NewRemoval(admin).Tables(t.Context())
	must(t, err)
	place := func(name string) int {
		return slices.IndexFunc(tables, func(t removing.Table) bool { return t.Name == name })
	}
	if place("bad") < 0 || place("bad") > place("users") || place("sessions") > place("users") || place("tenants") != len(tables)-1 {
		t.Errorf("the order is %v", tables)
	}
}
