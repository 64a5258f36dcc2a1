package postgres_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

// Two tenants keep data for 30 and for 400 days. What is older than its
// tenant's own setting goes, and nothing else: not what waits to be settled,
// however old, not the other tenant's, not standings, and no audit event.
func TestRetentionRemovesWhatIsExpiredAndNothingElse(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 8)
	brief, long := newTenant(t, p.database, "brief"), newTenant(t, p.database, "long")
	p.exec(t, `UPDATE tenants SET retention_days = CASE slug WHEN 'brief' THEN 30 ELSE 400 END`)
	chronicle := newBook(t, p.database)
	at := time.Date(2026, time.March, 1, 3, 0, 0, 0, time.UTC)
	for _, tenant := range []string{brief.ID, long.ID} {
		predicted(t, p, tenant, at)
		chronicle.record(t, tenant, 3)
		// The trigger that refuses any change sleeps while their days are moved.
		p.exec(t, `ALTER TABLE audit_events DISABLE TRIGGER refuse_change`)
		p.exec(t, `UPDATE audit_events SET at = ?::timestamptz - seq * interval '29 days' WHERE tenant_id = ?`, at, tenant)
		p.exec(t, `ALTER TABLE audit_events ENABLE TRIGGER refuse_change`)
	}
	p.exec(t, `INSERT INTO prediction_standings (tenant_id, user_id, month, competition_code, settled, hits, exact, points, brier_sum)
		SELECT DISTINCT tenant_id, user_id, date '2020-01-01', 'test-league', 9, 9, 9, 9, 9 FROM predictions`)
	m := maintaining.New(maintaining.Parts{
		Tenants: postgres.NewTenants(p.db), Retention: postgres.NewRetention(p.db), Reports: postgres.NewMaintenanceReports(p.db), Now: func() time.Time { return at },
	})
	perform := func(dry bool) operation.StepResult {
		result, err := m.Perform(t.Context(), maintaining.Order{Step: "retention", DryRun: dry}, func(int, int, string) {})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	before := p.kept(t)
	dry := perform(true)
	if diff := cmp.Diff(before, p.kept(t)); diff != "" {
		t.Errorf("a dry run changed:\n%s", diff)
	}
	done := perform(false)
	want := []string{
		"brief cancelled 10", "brief pending 31", "brief pending 4000", "brief settled 10",
		"long cancelled 10", "long cancelled 31", "long pending 31", "long pending 4000", "long settled 10", "long settled 31",
		// Of three events, 29, 58 and 87 days old.
		"brief audit 3 with 1", "long audit 3 with 3", "standings 2",
	}
	if diff := cmp.Diff(want, p.kept(t)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(done.Figures, dry.Figures); diff != "" || done.Figures[0].Value != 6 || done.Figures[1].Value != 2 {
		t.Errorf("told %+v, dry %+v", done.Figures, dry.Figures)
	}
	if again := perform(false); again.Figures[0].Value+again.Figures[1].Value != 0 {
		t.Errorf("the second time it removed %+v", again.Figures)
	}
	if events, err := chronicle.reader.Of(t.Context(), brief.ID, auditing.Filter{}, 0, 10); err != nil || len(events) != 3 || !events[0].Erased || events[2].Erased {
		t.Errorf("events %+v, %v", events, err)
	}
}

// predicted makes predictions of a tenant, of each kind and age in days since
// they were over.
func predicted(t *testing.T, p *pitch, tenant string, at time.Time) {
	t.Helper()
	users := p.usersOf(t, tenant)
	for i, c := range []struct {
		status string
		days   int
	}{{"settled", 10}, {"settled", 31}, {"settled", 4000}, {"cancelled", 10}, {"cancelled", 31}, {"cancelled", 4000}, {"pending", 31}, {"pending", 4000}} {
		p.exec(t, `INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, confidence, status, result_home, result_away, created_at, updated_at, settled_at)
			SELECT ?0, gen_random_uuid(), ?1, ?2, 'home', 0.5, s.status, CASE s.status WHEN 'settled' THEN 1 END, CASE s.status WHEN 'settled' THEN 0 END,
				s.over - interval '3 days', s.over, CASE s.status WHEN 'settled' THEN s.over END
			FROM (SELECT ?3::text AS status, ?4::timestamptz - ?5 * interval '1 day' AS over) s`,
			tenant, users, p.matches[i], c.status, at, c.days)
	}
}

// usersOf makes a user of a tenant and returns his id.
func (p *pitch) usersOf(t *testing.T, tenant string) string {
	t.Helper()
	id := postgres.NewID()
	p.exec(t, `INSERT INTO users (tenant_id, id, email, email_index, name, role, created_at, updated_at) VALUES (?, ?, '', decode(md5(?), 'hex'), '', 'analyst', now(), now())`, tenant, id, id)
	return id
}

// kept is what is there, as words.
func (p *pitch) kept(t *testing.T) (kept []string) {
	t.Helper()
	for _, query := range []string{
		`SELECT t.slug || ' ' || p.status || ' ' || extract(day FROM timestamptz '2026-03-01 03:00Z' - coalesce(p.settled_at, p.updated_at)) FROM predictions p JOIN tenants t USING (tenant_id)`,
		`SELECT t.slug || ' audit ' || count(*) || ' with ' || count(personal) FROM audit_events e JOIN tenants t USING (tenant_id) GROUP BY t.slug`,
		`SELECT 'standings ' || count(*) FROM prediction_standings`,
	} {
		var found []string
		if err := p.admin.NewRaw(query).Scan(t.Context(), &found); err != nil {
			t.Fatal(err)
		}
		slices.Sort(found)
		kept = append(kept, found...)
	}
	return kept
}

// What a session, an attempt and the like leave goes when its time is over,
// more of it than fits in one transaction, and what counts stays.
func TestWhatHasExpiredIsRemoved(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 1)
	tenant := newTenant(t, p.database, "acme")
	user := p.usersOf(t, tenant.ID)
	at := time.Now()
	p.exec(t, `INSERT INTO sessions (tenant_id, id, user_id, generation, rotated_at, created_at)
		SELECT ?, gen_random_uuid(), ?, 1, now(), now() - CASE WHEN n <= 12000 THEN interval '61 days' ELSE interval '59 days' END FROM generate_series(1, 12003) n`, tenant.ID, user)
	p.exec(t, `INSERT INTO sign_in_attempts (tenant_id, account, network, failures, last_at)
		SELECT ?, int4send(n), '', 1, now() - n * interval '10 hours' FROM generate_series(0, 4) n`, tenant.ID)
	p.exec(t, `INSERT INTO idempotency_keys (tenant_id, id, request, begun_at) SELECT ?, lpad(n::text, 64, '0'), '', now() - n * interval '10 hours' FROM generate_series(0, 4) n`, tenant.ID)
	p.exec(t, `INSERT INTO tenant_usage (tenant_id, hour, kind, amount) VALUES (?0, now() - interval '14 months', 'api_calls', 1), (?0, now(), 'api_calls', 1)`, tenant.ID)
	p.exec(t, `INSERT INTO maintenance_samples (name, subject, day, value) VALUES ('x', '', '2020-01-01', 1), ('x', '', now(), 1)`)
	expired := postgres.NewExpired(p.db)
	remove := func(dry bool) map[string]int {
		found, err := expired.Remove(t.Context(), at, dry, func(int, int, string) {})
		if err != nil {
			t.Fatal(err)
		}
		rows := make(map[string]int)
		for _, f := range found {
			if f.Rows > 0 {
				rows[f.What] = f.Rows
			}
		}
		return rows
	}
	want := map[string]int{"Sessions": 12000, "Failed attempts to sign in": 2, "Answers to repeated requests": 2, "Usage by the hour": 1, "Measurements": 1}
	for _, dry := range []bool{true, false} {
		if diff := cmp.Diff(want, remove(dry)); diff != "" {
			t.Errorf("dry %v (-want +got):\n%s", dry, diff)
		}
	}
	if again := remove(false); len(again) != 0 {
		t.Errorf("the second time it removed %v", again)
	}
	var sessions int
	if err := p.admin.NewRaw(`SELECT count(*) FROM sessions`).Scan(t.Context(), &sessions); err != nil || sessions != 3 {
		t.Errorf("%d sessions stay, %v", sessions, err)
	}
}
