package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestReportsAreKeptOnceARun(t *testing.T) {
	t.Parallel()
	reports := postgres.NewMaintenanceReports(open(t))
	begin := func(run string) string {
		id, err := reports.Begin(t.Context(), operation.Report{Run: run, Plan: operation.Daily, Began: now})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	id, other := begin("run/1"), begin("run/2")
	if again := begin("run/1"); again != id || other == id {
		t.Errorf("begun again it is %s, the first is %s and the other %s", again, id, other)
	}
	for _, summary := range []string{"an attempt that was lost", "kept \x00 with <script>"} {
		if err := reports.Keep(t.Context(), id, operation.StepResult{Step: "health", Title: "Health", Verdict: operation.Fine, Summary: summary, Took: time.Second}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := reports.Page(t.Context(), id); !errors.Is(err, maintaining.ErrNoReport) {
		t.Errorf("the page of one that goes on: %v", err)
	}
	r, err := reports.Get(t.Context(), id)
	if err != nil || len(r.Results) != 1 || r.Results[0].Summary != "kept \x00 with <script>" || !r.Ended.IsZero() {
		t.Fatalf("%+v, %v", r, err)
	}
	r.Conclude(now.Add(time.Minute))
	for range 2 {
		if err := reports.Conclude(t.Context(), r, []byte("<html>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := reports.Sent(t.Context(), id, 2); err != nil {
		t.Fatal(err)
	}
	r.Sent = 2
	got, err := reports.Get(t.Context(), id)
	if diff := cmp.Diff(r, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if page, err := reports.Page(t.Context(), id); err != nil || string(page) != "<html>" {
		t.Errorf("the page is %q, %v", page, err)
	}
	list, err := reports.List(t.Context(), operation.Daily, 10)
	if err != nil || len(list) != 2 || list[0].ID != other {
		t.Errorf("listed %+v, %v", list, err)
	}
	for _, id := range []string{"nonsense", postgres.NewID()} {
		if _, err := reports.Get(t.Context(), id); !errors.Is(err, maintaining.ErrNoReport) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if text, err := maintaining.EncodeReport(got); err != nil || !json.Valid(text) {
		t.Errorf("as JSON: %s, %v", text, err)
	}
}

// Services reach what maintenance found only by becoming the platform's role.
func TestMaintenanceIsThePlatforms(t *testing.T) {
	t.Parallel()
	db := open(t)
	for _, table := range []string{"maintenance_reports", "maintenance_steps", "maintenance_samples"} {
		if _, err := db.ExecContext(t.Context(), `SELECT * FROM `+table); err == nil {
			t.Errorf("a service reads %s as itself", table)
		}
	}
}

func TestSamplesAreOneADay(t *testing.T) {
	t.Parallel()
	samples := postgres.NewMaintenanceSamples(open(t))
	keep := func(day int, of ...maintaining.Sample) {
		if err := samples.Keep(t.Context(), now.AddDate(0, 0, day).Add(time.Duration(day)*time.Hour), of); err != nil {
			t.Fatal(err)
		}
	}
	keep(0, maintaining.Sample{Name: "b", Subject: "one", Value: 5}, maintaining.Sample{Name: "b", Subject: "two", Value: 9})
	keep(1, maintaining.Sample{Name: "b", Subject: "one", Value: 1})
	keep(1, maintaining.Sample{Name: "b", Subject: "one", Value: 20}, maintaining.Sample{Name: "c", Value: 7})
	points, err := samples.Since(t.Context(), "b", "one", now.AddDate(0, 0, -1))
	want := []operation.Point{{At: now, Value: 5}, {At: now.AddDate(0, 0, 1), Value: 20}}
	if diff := cmp.Diff(want, points); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	subjects, err := samples.Subjects(t.Context(), "b", now, 5)
	if diff := cmp.Diff([]string{"one", "two"}, subjects); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	best, err := samples.Best(t.Context(), "b")
	if diff := cmp.Diff(map[string]float64{"one": 5, "two": 9}, best); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// The costliest statement is found where the server keeps statistics, also when
// it is run as the platform's role; elsewhere the error says what is missing.
func TestSlowStatements(t *testing.T) {
	t.Parallel()
	if _, _, err := postgres.NewInspection(open(t)).Statements(t.Context(), 5); !errors.Is(err, maintaining.ErrNoStatements) || !strings.Contains(err.Error(), "not in this database") {
		t.Errorf("without the extension: %v", err)
	}
	database, _ := harness.PrivatePostgresWith(t, devserver.PostgresOptions{Volatile: true, Settings: map[string]string{"shared_preload_libraries": "pg_stat_statements"}})
	admin, app := connect(t, database.AdminURL), connect(t, database.AppURL)
	if _, err := admin.ExecContext(t.Context(), `CREATE EXTENSION pg_stat_statements`); err != nil {
		t.Fatal(err)
	}
	if _, err := app.ExecContext(t.Context(), `SELECT pg_sleep(0.3), 'slow one'`); err != nil {
		t.Fatal(err)
	}
	if _, err := app.ExecContext(t.Context(), `BEGIN; SET LOCAL ROLE football_platform; SELECT pg_sleep(0.2), count(*) FROM tenants; COMMIT`); err != nil {
		t.Fatal(err)
	}
	found, total, err := postgres.NewInspection(app).Statements(t.Context(), 2)
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	if !strings.Contains(found[0].Text, "pg_sleep($1)") || found[0].Mean < 0.25 || !strings.Contains(found[1].Text, "count(*) FROM tenants") || total.Calls < 2 || total.Total < 0.5 {
		t.Errorf("%+v, total %+v", found, total)
	}
}

// The extension may be there and its library not: the server was not restarted.
func TestStatementsWithoutTheirLibrary(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	if _, err := connect(t, database.AdminURL).ExecContext(t.Context(), `CREATE EXTENSION pg_stat_statements`); err != nil {
		t.Fatal(err)
	}
	_, _, err := postgres.NewInspection(connect(t, database.AppURL)).Statements(t.Context(), 5)
	if !errors.Is(err, maintaining.ErrNoStatements) || !strings.Contains(err.Error(), "shared_preload_libraries") {
		t.Errorf("error = %v", err)
	}
}

func TestTheDatabaseIsInspected(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 30)
	inspection := postgres.NewInspection(p.db)
	db, err := inspection.Database(t.Context())
	if err != nil || db.Bytes == 0 || db.Most == 0 || db.Connections == 0 || db.Version == "" || db.Age == 0 || db.HitShare <= 0 {
		t.Errorf("%+v, %v", db, err)
	}
	tables, err := inspection.Tables(t.Context())
	if err != nil || len(tables) < 20 || tables[0].Bytes < tables[1].Bytes || tables[0].IndexBytes == 0 {
		t.Errorf("%+v, %v", tables, err)
	}
	tenant := newTenant(t, p.database, "acme")
	p.exec(t, `INSERT INTO tenant_holdings (tenant_id, quota, amount, measured_at) VALUES (?0, 'storage_mb', 7, now()), (?0, 'users', 3, now())`, tenant.ID)
	held, err := inspection.Holdings(t.Context())
	if diff := cmp.Diff(map[string]float64{"acme": 7}, held); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	conn, err := pgx.Connect(t.Context(), p.database.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), `BEGIN; SELECT txid_current()`); err != nil {
		t.Fatal(err)
	}
	if db, err = inspection.Database(t.Context()); err != nil || db.Oldest <= 0 {
		t.Errorf("with an open transaction the oldest is %s, %v", db.Oldest, err)
	}
}

// Who may do much, and what is not used, is found in each tenant, from within
// its walls.
func TestRightsAreReviewed(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 1)
	tenant, other := newTenant(t, p.database, "acme"), newTenant(t, p.database, "globex")
	p.users(t, other, 3)
	ids := p.users(t, tenant, 3)
	for _, statement := range []string{
		`UPDATE users SET role = 'tenant_admin', disabled_at = now() WHERE id = '` + ids[0] + `'`,
		`INSERT INTO sessions (tenant_id, id, user_id, generation, rotated_at, created_at) SELECT tenant_id, gen_random_uuid(), id, 1, now(), now() FROM users WHERE id = '` + ids[0] + `'`,
		`INSERT INTO user_activity (tenant_id, user_id, day) SELECT tenant_id, id, '2026-02-03' FROM users WHERE id = '` + ids[1] + `'`,
		`INSERT INTO second_factors (tenant_id, user_id, secret, confirmed) SELECT tenant_id, id, '', true FROM users WHERE id = '` + ids[2] + `'`,
		`INSERT INTO api_keys (tenant_id, id, name, hint, hash, scopes, created_at, revoked_at, expires_at)
			SELECT '` + tenant.ID + `', gen_random_uuid(), n, '', sha256(n::bytea), '{operate}', now(), CASE n WHEN 'revoked' THEN now() END, CASE n WHEN 'over' THEN now() END
			FROM unnest(ARRAY['live', 'revoked', 'over']) n`,
	} {
		p.exec(t, statement)
	}
	users, keys, err := postgres.NewRights(p.db).Of(t.Context(), tenant.ID)
	if err != nil || len(users) != 3 || len(keys) != 1 || keys[0].Name != "live" || !keys[0].Operates || !keys[0].Expires.IsZero() {
		t.Fatalf("%+v, %+v, %v", users, keys, err)
	}
	if u := users[0]; u.Role != identity.TenantAdmin || !u.Disabled || u.Sessions != 1 || u.SecondFactor {
		t.Errorf("%+v", u)
	}
	if !users[1].Seen.Equal(time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)) || !users[2].SecondFactor || !users[2].Seen.IsZero() {
		t.Errorf("%+v", users[1:])
	}
}

func TestSuspectsAreFoundInAllTenants(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 1)
	tenant := newTenant(t, p.database, "acme")
	b := newBook(t, p.database)
	for _, e := range []auditing.Event{
		{TenantID: tenant.ID, Action: "security.brute_force", Outcome: auditing.Refused},
		{TenantID: tenant.ID, Action: "session.refused", Outcome: auditing.Refused},
		{TenantID: tenant.ID, Action: "session.refused", Outcome: auditing.Refused},
		{TenantID: tenant.ID, Action: "user.created", Outcome: auditing.Done},
		{Action: "session.refused", Outcome: auditing.Refused}, // in no tenant
	} {
		if err := b.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	p.exec(t, `INSERT INTO sign_in_attempts (tenant_id, account, network, failures, last_at) VALUES
		(?0, '', '\xaabbccddeeff00', 60, now()), (?0, '', '\x01', 10, now()), (?0, '\x02', '\x03', 90, now())`, tenant.ID)
	p.harm(t, `INSERT INTO security_findings (tenant_id, id, kind, subject, failures, first_seen_at, last_seen_at, told_at, status)
		SELECT t.tenant_id, gen_random_uuid(), 'brute_force', decode(md5(v.n::text), 'hex'), 10, v.seen, v.seen, v.seen, v.status FROM tenants t,
			(VALUES (1, now(), 'open'), (2, now(), 'resolved'), (3, now() - interval '1 year', 'acknowledged'), (4, now() - interval '1 year', 'resolved')) AS v (n, seen, status)
		WHERE t.slug = 'acme'`)
	s := postgres.NewSuspects(p.db)
	since := time.Now().Add(-time.Hour)
	refused, err := s.Refused(t.Context(), since)
	if err != nil || len(refused) != 1 || refused[0].What != "session.refused" || refused[0].Count != 3 {
		t.Errorf("refused %+v, %v", refused, err)
	}
	found, err := s.Findings(t.Context(), since)
	if err != nil || len(found) != 1 || found[0].Kind != "brute_force" || found[0].Tenant != "acme" || found[0].Count != 3 || found[0].Unresolved != 2 {
		t.Errorf("found %+v, %v", found, err)
	}
	if found, err := s.Findings(t.Context(), time.Now().Add(time.Hour)); err != nil || len(found) != 1 || found[0].Count != 2 {
		t.Errorf("that wait %+v, %v", found, err)
	}
	networks, err := s.Networks(t.Context())
	if err != nil || len(networks) != 1 || networks[0].Hash != "aabbccddeeff" || networks[0].Failures != 60 {
		t.Errorf("networks %+v, %v", networks, err)
	}
}

func TestBusinessFigures(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 4)
	tenant := newTenant(t, p.database, "acme")
	user := p.usersOf(t, tenant.ID)
	at := now.Add(24 * time.Hour * 3)
	p.exec(t, `UPDATE matches SET status = 'finished', home_goals = 1, away_goals = 0 WHERE id = ?`, p.matches[0])
	p.exec(t, `UPDATE matches SET kick_off = ?::timestamptz + interval '2 days' WHERE id = ?`, at, p.matches[1])
	for i, match := range p.matches[:2] {
		p.exec(t, `INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, confidence, created_at, updated_at)
			VALUES (?, gen_random_uuid(), ?, ?, 'home', 0.5, ?::timestamptz - ? * interval '2 days', now())`, tenant.ID, user, match, at.Add(-time.Hour), i)
	}
	p.exec(t, `INSERT INTO user_activity (tenant_id, user_id, day) VALUES (?0, ?1, ?2::date), (?0, ?1, ?2::date - 10), (?0, gen_random_uuid(), ?2::date - 10)`, tenant.ID, user, at)
	p.exec(t, `INSERT INTO tenant_usage (tenant_id, hour, kind, amount) VALUES (?0, ?1::timestamptz - interval '1 hour', 'api_calls', 70), (?0, ?1::timestamptz - interval '1 hour', 'refused', 3)`, tenant.ID, at)
	w, err := postgres.NewBusiness(p.db).Figures(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	want := maintaining.Worth{Tenants: map[string]int{"active": 1}, Active: 1, Month: 2, Made: 1, Calls: 70, Refused: 3, Fixtures: 1, Unsettled: 1}
	if diff := cmp.Diff(want, w); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Those who run the platform are written to, and nobody else.
func TestRecipientsRunThePlatform(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	db := connect(t, database.AppURL)
	ring, err := crypto.Derive("a secret of this test", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	recipients := postgres.NewRecipients(db, ring)
	if to, err := recipients.Operators(t.Context()); err != nil || to != nil {
		t.Errorf("without a platform tenant: %v, %v", to, err)
	}
	platform, err := registrar(t, database).Create(t.Context(), provisioning.Application{Slug: "platform", Platform: true})
	if err != nil {
		t.Fatal(err)
	}
	acme, users := newTenant(t, database, "acme"), postgres.NewUsers(db, ring)
	for _, u := range []identity.User{
		{TenantID: platform.ID, Email: "op@example.com", Role: identity.Operator},
		{TenantID: platform.ID, Email: "boss@example.com", Role: identity.PlatformAdmin},
		{TenantID: platform.ID, Email: "gone@example.com", Role: identity.Operator, DisabledAt: now},
		{TenantID: platform.ID, Email: "looks@example.com", Role: identity.Viewer},
		{TenantID: acme.ID, Email: "admin@acme.com", Role: identity.TenantAdmin},
	} {
		u.ID, u.CreatedAt, u.UpdatedAt, u.Version = postgres.NewID(), now, now, 1
		if err := users.Create(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	to, err := recipients.Operators(t.Context())
	if diff := cmp.Diff([]string{"op@example.com", "boss@example.com"}, to); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
