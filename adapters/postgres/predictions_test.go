package postgres_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/test/harness"
)

// pitch is a database with matches to predict, one an hour from noon on.
type pitch struct {
	database harness.Database
	db       *bun.DB
	admin    *bun.DB
	store    *postgres.Predictions
	settler  *predicting.Settler
	matches  []string
	now      time.Time
}

func newPitch(t testing.TB, matches int) *pitch {
	t.Helper()
	database := harness.Postgres(t)
	p := &pitch{database: database, db: connect(t, database.AppURL), admin: connect(t, database.AdminURL), now: now.Add(11 * time.Hour)}
	p.store = postgres.NewPredictions(p.db)
	p.settler = predicting.NewSettler(postgres.NewPredictionSettlements(p.db), func() time.Time { return p.now })
	p.exec(t, `INSERT INTO competitions (code, name, country, time_zone, source, created_at) VALUES ('test-league', 'Test', 'England', 'UTC', 'test', now())`)
	p.exec(t, `INSERT INTO seasons (competition_code, label, first_year, last_year, source) VALUES ('test-league', '2018-19', 2018, 2019, 'test')`)
	p.exec(t, `INSERT INTO teams (id, country, key, name, source, created_at)
		SELECT gen_random_uuid(), 'England', 'team ' || n, 'Team ' || n, 'test', now() FROM generate_series(0, ?) n`, matches)
	p.exec(t, `
		INSERT INTO matches (id, competition_code, season, home_team_id, away_team_id, leg, kick_off, time_known, status, source, source_ref, created_at, updated_at)
		SELECT gen_random_uuid(), 'test-league', '2018-19', h.id, a.id, 1, ?::timestamptz + n * interval '1 hour', true, 'scheduled', 'test', n::text, now(), now()
		FROM generate_series(1, ?) n JOIN teams h ON h.key = 'team ' || n JOIN teams a ON a.key = 'team 0'`, now.Add(11*time.Hour), matches)
	if err := p.admin.NewRaw(`SELECT id FROM matches ORDER BY kick_off`).Scan(t.Context(), &p.matches); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pitch) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := p.admin.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// users makes n users of a tenant.
func (p *pitch) users(t testing.TB, tenant tenancy.Tenant, n int) []string {
	t.Helper()
	ring, err := crypto.Derive("a secret of this test", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	users, ids := postgres.NewUsers(p.db, ring), make([]string, n)
	for i := range ids {
		ids[i] = postgres.NewID()
		err := users.Create(t.Context(), identity.User{
			TenantID: tenant.ID, ID: ids[i], Email: fmt.Sprintf("u%d@example.com", i), Name: "U", Role: identity.Analyst, CreatedAt: now, UpdatedAt: now, Version: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// of is a prediction; goals of −1 predict the outcome alone.
func (p *pitch) of(t testing.TB, tenant tenancy.Tenant, user string, match int, outcome string, goals ...int) prediction.Prediction {
	t.Helper()
	var home, away *int
	if len(goals) == 2 {
		home, away = &goals[0], &goals[1]
	}
	pick, err := prediction.NewPick(outcome, home, away, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	return prediction.Prediction{
		TenantID: tenant.ID, ID: postgres.NewID(), UserID: user, Match: football.MatchID(p.matches[match]), Pick: pick,
		Status: prediction.Pending, CreatedAt: p.now, UpdatedAt: p.now, Version: 1,
	}
}

func (p *pitch) make(t testing.TB, all ...prediction.Prediction) []error {
	t.Helper()
	reasons, err := p.store.Make(t.Context(), all, p.now)
	if err != nil {
		t.Fatal(err)
	}
	return reasons
}

func (p *pitch) must(t testing.TB, all ...prediction.Prediction) {
	t.Helper()
	if err := errors.Join(p.make(t, all...)...); err != nil {
		t.Fatal(err)
	}
}

func (p *pitch) finish(t testing.TB, match, home, away int) {
	t.Helper()
	p.exec(t, `UPDATE matches SET status = 'finished', home_goals = ?, away_goals = ? WHERE id = ?`, home, away, p.matches[match])
}

func (p *pitch) settle(t testing.TB) int {
	t.Helper()
	n, err := p.settler.Settle(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatMayBePredicted(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 3)
	acme, globex := newTenant(t, p.database, "acme"), newTenant(t, p.database, "globex")
	mine, theirs := p.users(t, acme, 2), p.users(t, globex, 1)
	p.exec(t, `UPDATE matches SET status = 'cancelled' WHERE id = ?`, p.matches[2])
	unknown := p.of(t, acme, mine[0], 0, "home")
	unknown.Match = football.MatchID(postgres.NewID())
	first := p.of(t, acme, mine[0], 0, "", 2, 1)
	got := p.make(t, first, p.of(t, acme, mine[1], 0, "draw"), unknown, p.of(t, acme, theirs[0], 0, "home"), p.of(t, acme, mine[0], 2, "home"))
	want := []error{nil, nil, catalogue.ErrNoMatch, prediction.ErrNoUser, prediction.ErrTooLate}
	for i := range want {
		if !errors.Is(got[i], want[i]) {
			t.Errorf("prediction %d: %v, want %v", i, got[i], want[i])
		}
	}
	if again := p.make(t, p.of(t, acme, mine[0], 0, "away")); !errors.Is(again[0], prediction.ErrExists) {
		t.Errorf("predicting again: %v", again[0])
	}
	kept, err := p.store.Get(t.Context(), acme.ID, first.ID)
	if err != nil || kept.Pick.Score == nil || *kept.Pick.Score != *first.Pick.Score || kept.Pick.Confidence != 0.5 || kept.Status != prediction.Pending {
		t.Errorf("it kept %+v, %v", kept, err)
	}
	if _, err := p.store.Get(t.Context(), globex.ID, first.ID); !errors.Is(err, prediction.ErrUnknown) {
		t.Errorf("another tenant gets it: %v", err)
	}
	p.now = p.now.Add(time.Hour) // kick-off
	if late := p.make(t, p.of(t, acme, mine[1], 0, "home")); !errors.Is(late[0], prediction.ErrTooLate) {
		t.Errorf("at kick-off: %v", late[0])
	}
	if err := p.store.Change(t.Context(), kept, p.now); !errors.Is(err, prediction.ErrTooLate) {
		t.Errorf("changing at kick-off: %v", err)
	}
}

func TestChangingAndTakingBack(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 1)
	acme := newTenant(t, p.database, "acme")
	user := p.users(t, acme, 1)[0]
	made := p.of(t, acme, user, 0, "home")
	p.must(t, made)
	made.Pick.Outcome = football.Draw
	if err := p.store.Change(t.Context(), made, p.now); err != nil {
		t.Fatal(err)
	}
	var known *domain.Error
	if err := p.store.Change(t.Context(), made, p.now); !errors.As(err, &known) || known.Kind != domain.Stale {
		t.Errorf("a change of an older version: %v", err)
	}
	made.Version++
	made.Status = prediction.Cancelled
	if err := p.store.Change(t.Context(), made, p.now); err != nil {
		t.Fatal(err)
	}
	p.must(t, p.of(t, acme, user, 0, "away")) // one that was taken back stands in nobody's way
	all, err := p.store.List(t.Context(), acme.ID, predicting.Filter{UserID: user}, catalogue.Page{Limit: 10})
	if err != nil || len(all) != 2 {
		t.Errorf("it lists %+v, %v", all, err)
	}
}

func TestSettlement(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 4)
	acme, globex := newTenant(t, p.database, "acme"), newTenant(t, p.database, "globex")
	mine, theirs := p.users(t, acme, 3), p.users(t, globex, 1)
	p.must(t, p.of(t, acme, mine[0], 0, "", 2, 1), p.of(t, acme, mine[1], 0, "", 1, 0), p.of(t, acme, mine[2], 0, "draw"),
		p.of(t, acme, mine[0], 1, "home"), p.of(t, acme, mine[1], 3, "home"))
	p.must(t, p.of(t, globex, theirs[0], 0, "home"))
	p.finish(t, 0, 2, 1)
	p.finish(t, 1, 0, 1)
	p.exec(t, `UPDATE matches SET status = 'abandoned' WHERE id = ?`, p.matches[3])
	if n := p.settle(t); n != 6 {
		t.Errorf("%d predictions settled, want 6", n)
	}
	if n := p.settle(t); n != 0 {
		t.Errorf("%d predictions settled again", n)
	}
	check := func(points ...int) {
		t.Helper()
		all, err := p.store.Standings(t.Context(), acme.ID, predicting.Period{}, catalogue.Page{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, s := range all {
			own, err := p.store.Points(t.Context(), acme.ID, s.UserID)
			if err != nil {
				t.Fatal(err)
			}
			sum, brier := 0, 0.0
			for _, n := range own {
				sum += n
			}
			err = p.admin.NewRaw(`SELECT coalesce(sum(brier), 0) FROM predictions WHERE user_id = ? AND status = 'settled'`, s.UserID).Scan(t.Context(), &brier)
			if err != nil || sum != s.Points || len(own) != s.Settled || math.Abs(brier-s.BrierSum) > 1e-9 {
				t.Errorf("standing %+v, but the predictions add up to %d of %v, Brier %v, %v", s, sum, own, brier, err)
			}
			got = append(got, s.Points)
		}
		if !slices.Equal(got, points) {
			t.Errorf("points %v, want %v", got, points)
		}
	}
	check(10, 5, 0)
	p.finish(t, 0, 1, 1) // corrected
	if n := p.settle(t); n != 4 {
		t.Errorf("after a correction %d were settled, want 4", n)
	}
	check(3, 0, 0)
	p.exec(t, `UPDATE matches SET status = 'cancelled', home_goals = NULL, away_goals = NULL WHERE id = ?`, p.matches[0])
	if n := p.settle(t); n != 4 {
		t.Errorf("after the match was struck off %d expired, want 4", n)
	}
	check(0)
	p.finish(t, 0, 1, 0) // awarded after all
	p.settle(t)
	check(10, 5, 0)
}

// Two workers may settle at once, after one was taken for dead.
func TestSettlingTwiceAtOnceCountsOnce(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 1)
	acme := newTenant(t, p.database, "acme")
	var all []prediction.Prediction
	for _, user := range p.users(t, acme, 10) {
		all = append(all, p.of(t, acme, user, 0, "home"))
	}
	p.must(t, all...)
	p.finish(t, 0, 1, 0)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if _, err := p.settler.Settle(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	standings, err := p.store.Standings(t.Context(), acme.ID, predicting.Period{}, catalogue.Page{Limit: 100})
	if err != nil || len(standings) != 10 {
		t.Fatalf("standings %v, %v", standings, err)
	}
	for _, s := range standings {
		if s.Points != 3 || s.Settled != 1 || s.Rank != 1 {
			t.Errorf("standing %+v", s)
		}
	}
}

func TestStatisticsOfAMatch(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 1)
	acme, globex := newTenant(t, p.database, "acme"), newTenant(t, p.database, "globex")
	mine := p.users(t, acme, 4)
	p.must(t, p.of(t, acme, mine[0], 0, "", 2, 1), p.of(t, acme, mine[1], 0, "", 2, 1), p.of(t, acme, mine[2], 0, "", 0, 0), p.of(t, acme, mine[3], 0, "away"))
	p.must(t, p.of(t, globex, p.users(t, globex, 1)[0], 0, "away"))
	s, err := p.store.Statistics(t.Context(), acme.ID, football.MatchID(p.matches[0]))
	if err != nil || s.Count != 4 || s.ByOutcome != [3]int{2, 1, 1} || s.Confidence != 0.5 || len(s.Scores) != 2 || s.Scores[0].Count != 2 {
		t.Errorf("statistics %+v, %v", s, err)
	}
	if _, err := p.store.Statistics(t.Context(), acme.ID, football.MatchID(postgres.NewID())); !errors.Is(err, catalogue.ErrNoMatch) {
		t.Errorf("of no match: %v", err)
	}
}

func TestATenantsPredictionsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	p := newPitch(t, 3)
	acme := newTenant(t, p.database, "acme")
	users := p.users(t, acme, 2)
	var want, got []string
	for i := range 6 {
		one := p.of(t, acme, users[i%2], i/2, "home")
		p.must(t, one)
		want = append(want, one.ID)
	}
	slices.Reverse(want)
	var page catalogue.Page
	for page.Limit = 4; len(got) < len(want); {
		found, err := p.store.List(t.Context(), acme.ID, predicting.Filter{}, page)
		if err != nil || len(found) == 0 {
			t.Fatal(found, err)
		}
		for _, one := range found {
			got = append(got, one.ID)
		}
		page.After = &catalogue.Position{Time: found[len(found)-1].CreatedAt, ID: got[len(got)-1]}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
