package postgres_test

import (
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

var now = time.Date(2019, time.March, 2, 0, 0, 0, 0, time.UTC)

// open returns a migrated database of the test's own, as the services see it.
func open(t testing.TB) *bun.DB {
	t.Helper()
	return connect(t, harness.Postgres(t).AppURL)
}

func connect(t testing.TB, url string) *bun.DB {
	t.Helper()
	db, err := postgres.Open(postgres.Config{URL: url, PoolSize: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func edition(source, locator string) ingesting.Edition {
	season, _ := football.NewSeason(2018, 2019)
	league, _ := football.FindCompetition("premier-league")
	return ingesting.Edition{Source: source, Competition: league, Season: season, Locator: locator}
}

// finished is a played match; goals of −1 make a fixture of it.
func record(home, away string, day int, homeGoals, awayGoals int) ingesting.Record {
	r := ingesting.Record{
		Home: home, Away: away, KickOff: time.Date(2019, time.February, day, 0, 0, 0, 0, time.UTC), Status: football.Scheduled,
	}
	r.Place.File, r.Place.Line = "premier-league/season-1819.csv", day+1
	if homeGoals >= 0 {
		score, _ := football.NewScore(homeGoals, awayGoals)
		r.Status, r.FullTime = football.Finished, &score
	}
	return r
}

func load(t testing.TB, db *bun.DB, e ingesting.Edition, records ...ingesting.Record) ingesting.Outcome {
	t.Helper()
	batch := ingesting.Batch{Records: records, Rows: len(records), Fingerprint: "v1"}
	outcome, err := postgres.NewLoader(db).Load(t.Context(), e, batch, now)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}
