package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/archive"
	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/exporting"
	"github.com/football-prediction/football-prediction/ports/removing"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

// estate is a database with two tenants that have something in every table, and
// what ends tenants.
type estate struct {
	*pitch
	book
	ring     *crypto.Keyring
	remover  *removing.Remover
	rows     *postgres.Removal
	archives string // folder
	clock    time.Time

	acme, globex tenancy.Tenant
}

// What is put into each tenant and must not be found again, with its slug.
const (
	personName = "Ada Lovelace of %s"
	personMail = "ada@%s.example"
	keyName    = "the laptop of Ada at %s"
	totpSecret = "JBSWY3DPEHPK3PXP"
	passHash   = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA"
	shownKey   = "fp_live_shown_once"
)

func newEstate(t *testing.T) *estate {
	t.Helper()
	p := newPitch(t, 3)
	e := &estate{pitch: p, book: newBook(t, p.database), archives: t.TempDir(), clock: time.Now()}
	var err error
	if e.ring, err = crypto.Derive("a secret of this test", time.Now); err != nil {
		t.Fatal(err)
	}
	e.rows = postgres.NewRemoval(p.db)
	tenants := postgres.NewTenants(p.db)
	now := func() time.Time { return e.clock }
	e.remover = removing.NewRemover(removing.Parts{
		Tenants: tenants, Register: tenants, Rows: e.rows, Unit: postgres.NewUnit(p.db), Now: now,
		Exporter: exporting.NewExporter(postgres.NewExport(p.db), archive.NewFolder(archive.Config{Dir: e.archives}), e.ring, now),
		Diary:    auditing.NewDiary(e.chains, e.Chronicle), Checker: e.Checker,
	})
	e.acme, e.globex = newTenant(t, p.database, "acme"), newTenant(t, p.database, "globex")
	e.fill(t, e.acme)
	e.fill(t, e.globex)
	return e
}

// fill gives a tenant something in every table.
func (e *estate) fill(t *testing.T, tenant tenancy.Tenant) {
	t.Helper()
	db := e.pitch.db
	users := e.users(t, tenant, 2)
	ada := identity.User{
		TenantID: tenant.ID, ID: postgres.NewID(), Email: fmt.Sprintf(personMail, tenant.Slug), Name: fmt.Sprintf(personName, tenant.Slug),
		Role: identity.TenantAdmin, Password: passHash, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	must(t, postgres.NewUsers(db, e.ring).Create(t.Context(), ada))
	must(t, postgres.NewSessions(db).Open(t.Context(), authenticating.Session{
		TenantID: tenant.ID, ID: postgres.NewID(), UserID: ada.ID, Generation: 1, RotatedAt: now, CreatedAt: now,
	}))
	factor := authenticating.Factor{TenantID: tenant.ID, UserID: ada.ID, Secret: totpSecret}
	must(t, postgres.NewFactors(db, e.ring).Set(t.Context(), factor))
	must(t, postgres.NewFactors(db, e.ring).SetRecovery(t.Context(), factor, [][]byte{[]byte("one"), []byte("two")}))
	_, _, err := issuer(t, e.database, now).CreateKey(t.Context(), access.Request{Tenant: tenant.Slug, Name: fmt.Sprintf(keyName, tenant.Slug)})
	must(t, err)
	for match := range 3 {
		e.must(t, e.of(t, tenant, users[0], match, "home"), e.of(t, tenant, users[1], match, "away"))
	}
	body, err := e.ring.Seal(sealing.Place{TenantID: tenant.ID, Table: "idempotency_keys", Column: "body", Row: strings.Repeat("a", 64)}, []byte(shownKey))
	must(t, err)
	e.exec(t, `INSERT INTO idempotency_keys (tenant_id, id, request, begun_at, status, body) VALUES (?, repeat('a', 64), '\x01', now(), 201, ?)`, tenant.ID, body)
	e.exec(t, `INSERT INTO prediction_standings VALUES (?, ?, '2019-03-01', 'test-league', 1, 1, 0, 3, 0.1)`, tenant.ID, users[0])
	e.exec(t, `INSERT INTO tenant_usage VALUES (?, date_trunc('hour', now()), 'api_calls', 7)`, tenant.ID)
	e.exec(t, `INSERT INTO user_activity VALUES (?, ?, current_date)`, tenant.ID, ada.ID)
	e.exec(t, `INSERT INTO daily_quotas VALUES (?, 'predictions', current_date, 5)`, tenant.ID)
	e.exec(t, `INSERT INTO tenant_holdings VALUES (?, 'users', 3, now())`, tenant.ID)
	e.exec(t, `INSERT INTO sign_in_attempts (tenant_id, account, network, failures, last_at) VALUES (?, '\x01', '\x02', 3, now())`, tenant.ID)
	e.exec(t, `INSERT INTO known_networks VALUES (?, '\x01', '\x02', now())`, tenant.ID)
	e.exec(t, `INSERT INTO security_findings (tenant_id, id, kind, subject, failures, first_seen_at, last_seen_at, told_at)
		VALUES (?, gen_random_uuid(), 'brute_force', '\x01', 30, now(), now(), now())`, tenant.ID)
	e.record(t, tenant.ID, 5)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// begin marks acme to be removed at once.
func (e *estate) begin(t *testing.T, run string) tenancy.Tenant {
	t.Helper()
	marked, err := e.remover.Begin(t.Context(), removing.Order{
		Run: run, Tenant: "acme", Confirm: "acme", Reason: "the contract of Ada ended", By: "root", Due: e.clock,
	})
	must(t, err)
	return marked
}

// held is the number of rows and a hash of them, by table, of one tenant.
func (e *estate) held(t *testing.T, tenantID string) map[string]string {
	t.Helper()
	tables, err := e.rows.Tables(t.Context())
	must(t, err)
	out := map[string]string{}
	for _, table := range tables {
		var n int
		var sum string
		err := e.admin().QueryRowContext(t.Context(), `
			SELECT count(*), coalesce(md5(string_agg(r::text, '' ORDER BY r::text)), '') FROM (SELECT to_jsonb(t) AS r FROM ? AS t WHERE tenant_id = ?) AS rows`,
			bun.Ident(table.Name), tenantID).Scan(&n, &sum)
		must(t, err)
		out[table.Name] = fmt.Sprint(n, " ", sum)
	}
	return out
}

func (e *estate) admin() *bun.DB { return e.pitch.admin }

// holding are the tables of the whole database in which a text is found.
func (e *estate) holding(t *testing.T, text string) (found []string) {
	t.Helper()
	var tables []string
	must(t, e.admin().NewRaw(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`).Scan(t.Context(), &tables))
	if len(tables) < 20 {
		t.Fatalf("only %d tables were looked through", len(tables))
	}
	for _, table := range tables {
		var n int
		must(t, e.admin().QueryRowContext(t.Context(), `SELECT count(*) FROM ? AS t WHERE strpos(to_jsonb(t)::text, ?) > 0`, bun.Ident(table), text).Scan(&n))
		if n > 0 {
			found = append(found, table)
		}
	}
	return found
}
