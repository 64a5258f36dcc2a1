package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// fixture inserts a match that is still to be played.
func (o *office) fixture() string {
	o.t.Helper()
	db, id := connect(o.t, o.database.AdminURL), postgres.NewID()
	for _, statement := range []string{
		`INSERT INTO competitions (code, name, country, time_zone, source, created_at) VALUES ('test-league', 'Test', 'England', 'UTC', 'test', now())`,
		`INSERT INTO seasons (competition_code, label, first_year, last_year, source) VALUES ('test-league', '2026-27', 2026, 2027, 'test')`,
		`INSERT INTO teams (id, country, key, name, source, created_at) SELECT gen_random_uuid(), 'England', 'team ' || n, 'Team', 'test', now() FROM generate_series(0, 1) n`,
		`INSERT INTO matches (id, competition_code, season, home_team_id, away_team_id, leg, kick_off, time_known, status, source, source_ref, created_at, updated_at)
			SELECT '` + id + `', 'test-league', '2026-27', h.id, a.id, 1, now() + interval '1 day', true, 'scheduled', 'test', '1', now(), now()
			FROM teams h, teams a WHERE h.key = 'team 0' AND a.key = 'team 1'`,
	} {
		_, err := db.ExecContext(o.t.Context(), statement)
		must(o.t, err)
	}
	return id
}

func TestAPredictionFromKickOffToTheLeaderboard(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	acme, globex := o.tenant("acme"), o.tenant("globex")
	match := o.fixture()
	o.user(acme, "ana@acme.com", identity.Analyst)
	o.user(acme, "vic@acme.com", identity.Viewer)
	o.user(globex, "gus@globex.com", identity.Analyst)
	admin, ana := o.signIn("acme", "admin@acme.com", goodPassword).access, o.signIn("acme", "ana@acme.com", goodPassword).access
	vic, gus := o.signIn("acme", "vic@acme.com", goodPassword).access, o.signIn("globex", "gus@globex.com", goodPassword).access
	pick := map[string]any{"match_id": match, "home_goals": 2, "away_goals": 1, "confidence": 0.7}
	o.call("POST", "predictions", vic, pick).want(t, 403, "predictions:write")
	made := o.call("POST", "predictions", ana, pick).want(t, 201, `"status":"pending"`)
	id := made.field(t, "id")
	o.call("POST", "predictions", ana, pick).want(t, 409, "prediction.exists")
	o.call("GET", "predictions/"+id, ana, nil).want(t, 200, `"home_goals":2`)
	o.call("GET", "predictions/"+id, admin, nil).want(t, 200, id)
	o.call("GET", "predictions/"+id, gus, nil).want(t, 404, "prediction.unknown")
	o.call("GET", "predictions/"+id, vic, nil).want(t, 404, "prediction.unknown") // else the last to predict could copy
	o.call("DELETE", "predictions/"+id, admin, nil).want(t, 404, "prediction.unknown")
	o.call("PATCH", "predictions/"+id, gus, map[string]any{"outcome": "away", "confidence": 1}).want(t, 404, "prediction.unknown")
	batch := o.call("POST", "predictions/batch", gus, map[string]any{"predictions": []any{
		map[string]any{"match_id": match, "outcome": "away", "confidence": 0.9}, map[string]any{"match_id": "x", "confidence": 1},
	}})
	batch.want(t, 200, `"created":1,"refused":1`)
	o.call("GET", "matches/"+match+"/prediction-statistics", vic, nil).want(t, 200, `"count":1,"home":1`)

	db := connect(t, o.database.AdminURL)
	_, err := db.ExecContext(t.Context(), `UPDATE matches SET status = 'finished', home_goals = 2, away_goals = 1, kick_off = now() - interval '2 hours' WHERE id = ?`, match)
	must(t, err)
	n, err := predicting.NewSettler(postgres.NewPredictionSettlements(connect(t, o.database.AppURL)), time.Now).Settle(t.Context(), nil)
	if err != nil || n != 2 {
		t.Fatalf("settled %d, %v", n, err)
	}
	o.call("GET", "predictions/"+id, ana, nil).want(t, 200, `"points":10`)
	o.call("PATCH", "predictions/"+id, ana, map[string]any{"outcome": "away", "confidence": 1}).want(t, 409, "prediction.not_pending")
	board := o.call("GET", "leaderboard", vic, nil).want(t, 200, `"rank":1`)
	if strings.Count(board.body, "user_id") != 1 {
		t.Errorf("the leaderboard shows others: %s", board.body)
	}
	o.call("GET", "users/me/prediction-statistics", ana, nil).want(t, 200, `"streak":1`)
	o.call("GET", fmt.Sprintf("leaderboard?from=%s&to=2000-01", "1999-01"), vic, nil).want(t, 200, `"items":[]`)
}
