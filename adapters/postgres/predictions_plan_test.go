package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// crowd makes tenants × users, and their predictions of the first matches of a
// pitch, quickly: what it inserts is sound, so that nothing is checked.
func (p *pitch) crowd(t testing.TB, tenants, users, matches int) {
	t.Helper()
	p.harm(t,
		fmt.Sprintf(`INSERT INTO tenants (tenant_id, slug, name, status, created_at)
			SELECT md5('tenant ' || n)::uuid, 'crowd-' || n, 'Crowd', 'active', now() FROM generate_series(1, %d) n`, tenants),
		fmt.Sprintf(`INSERT INTO users (tenant_id, id, email, email_index, name, role, created_at, updated_at)
			SELECT md5('tenant ' || n)::uuid, md5(n || ' user ' || u)::uuid, '', decode(md5(n || ' user ' || u), 'hex'), '', 'analyst', now(), now()
			FROM generate_series(1, %d) n, generate_series(1, %d) u`, tenants, users),
		fmt.Sprintf(`INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, home_goals, away_goals, confidence, status, result_home, result_away, created_at, updated_at)
			SELECT md5('tenant ' || n)::uuid, gen_random_uuid(), md5(n || ' user ' || u)::uuid, m.id, (ARRAY['away', 'draw', 'home'])[2 + sign((n + u) %% 3 - u %% 2)::int],
				(n + u) %% 3, u %% 2, 0.5, CASE WHEN m.place %% 20 = 0 THEN 'pending' ELSE 'settled' END,
				CASE WHEN m.place %% 20 = 0 THEN NULL ELSE 1 END, CASE WHEN m.place %% 20 = 0 THEN NULL ELSE 0 END,
				m.kick_off - interval '1 hour', m.kick_off - interval '1 hour'
			FROM generate_series(1, %d) n, generate_series(1, %d) u, (SELECT *, row_number() OVER (ORDER BY kick_off) AS place FROM matches) m
			WHERE m.place <= %d`, tenants, users, matches),
		`ANALYZE tenants, users, predictions, matches`)
}

func (p *pitch) harm(t testing.TB, statements ...string) {
	t.Helper()
	book{admin: p.admin}.harm(t, statements...)
}

// listener remembers the statements that go by.
type listener struct{ heard []string }

func (l *listener) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (l *listener) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	l.heard = append(l.heard, e.Query)
}

// Each of the manual's indexes earns its keep at a million rows, for the very
// statements that the store runs, behind the tenant's walls.
func TestAMillionPredictionsAreFoundByTheirIndexes(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 1_000)
	p.crowd(t, 100, 10, 1_000)
	var tenant, user string
	if err := p.admin.NewRaw(`SELECT md5('tenant 7')::uuid::text, md5('7 user 3')::uuid::text`).Scan(t.Context(), &tenant, &user); err != nil {
		t.Fatal(err)
	}
	heard := &listener{}
	db := connect(t, p.database.AppURL)
	db = db.WithQueryHook(heard)
	store, settlements := postgres.NewPredictions(db), postgres.NewPredictionSettlements(db)
	page, match := catalogue.Page{Limit: 50}, football.MatchID(p.matches[19])
	list := func(f predicting.Filter) func() error {
		return func() error { _, err := store.List(t.Context(), tenant, f, page); return err }
	}
	result, _ := football.NewScore(1, 0)
	for name, c := range map[string]struct {
		run   func() error
		table string
		index string
	}{
		"a user's newest":              {list(predicting.Filter{UserID: user}), `"predictions"`, "idx_prediction_user_created"},
		"a user's of a match":          {list(predicting.Filter{UserID: user, Match: match}), `"predictions"`, "idx_predictions_composite"},
		"a tenant's newest":            {list(predicting.Filter{}), `"predictions"`, "predictions_pkey"},
		"a match's that are settled":   {list(predicting.Filter{Match: match, Status: prediction.Settled}), `"predictions"`, "idx_prediction_match_status"},
		"what is predicted of a match": {func() error { _, err := store.Statistics(t.Context(), tenant, match); return err }, "sum(confidence)", "idx_prediction_match_status"},
		"a match's that wait": {func() error {
			_, err := settlements.Settle(t.Context(), predicting.Over{Match: match, Result: &result}, 1, func(p prediction.Prediction) prediction.Prediction { return p.Settle(result, p.CreatedAt) })
			return err
		}, "FOR UPDATE", "idx_predictions_active|idx_prediction_match_status"},
	} {
		heard.heard = nil
		if err := c.run(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		explained := 0
		for _, query := range heard.heard {
			if !strings.Contains(query, c.table) || !strings.Contains(query, "SELECT") {
				continue
			}
			explained++
			plan := p.explain(t, tenant, query)
			if !strings.Contains(plan, c.index) && !containsAny(plan, strings.Split(c.index, "|")) || strings.Contains(plan, "Seq Scan on predictions") {
				t.Errorf("%s does not go by %s:\n%s\n%s", name, c.index, query, plan)
			}
		}
		if explained == 0 {
			t.Errorf("%s: no statement on %s went by: %q", name, c.table, heard.heard)
		}
	}
	waiting := `SELECT id FROM predictions WHERE match_id = '` + string(match) + `' AND status = 'pending' ORDER BY created_at LIMIT 100`
	if plan := p.explain(t, "", waiting); !strings.Contains(plan, "idx_predictions_active") {
		t.Errorf("what waits, by age, does not go by the partial index:\n%s", plan)
	}
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// explain plans a query as a service does; without a tenant, as the platform.
func (p *pitch) explain(t testing.TB, tenant, query string) string {
	t.Helper()
	var lines []string
	err := p.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		enter := `SET LOCAL ROLE football_platform`
		if tenant != "" {
			enter = `SELECT set_config('app.tenant_id', '` + tenant + `', true)`
		}
		if _, err := tx.ExecContext(ctx, enter); err != nil {
			return err
		}
		return tx.NewRaw("EXPLAIN "+strings.ReplaceAll(query, "?", "??")).Scan(ctx, &lines)
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
