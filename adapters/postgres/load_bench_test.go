package postgres_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/sync/errgroup"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/test/harness"
)

// BenchmarkLoad loads leagues of the size of the big five from 1993 on, eight
// seasons at once as an ingestion does, and, in the same run, copies the very rows with psql's \copy into the same tables
// of another database. The figure that counts is their ratio.
func BenchmarkLoad(b *testing.B) {
	for _, seasons := range []int{3, 29} {
		b.Run(fmt.Sprintf("seasons=%d", seasons), func(b *testing.B) {
			editions := leagues(seasons)
			for b.Loop() {
				source := harness.Postgres(b)
				db := connect(b, source.AppURL)
				db.SetMaxOpenConns(inFlight)
				db.SetMaxIdleConns(inFlight)
				start := time.Now()
				matches := loadAll(b, db, editions)
				loading := time.Since(start)

				start = time.Now()
				again := loadAll(b, db, editions)
				reloading := time.Since(start)
				if again != 0 {
					b.Fatalf("loading again changed %d matches", again)
				}
				copying := copyByHand(b, source, harness.Postgres(b))
				b.ReportMetric(float64(matches)/loading.Seconds(), "matches/s")
				b.ReportMetric(float64(matches)/copying.Seconds(), "copied/s")
				b.ReportMetric(copying.Seconds()/loading.Seconds(), "of-copy")
				b.ReportMetric(copying.Seconds()/reloading.Seconds(), "again-of-copy")
			}
		})
	}
}

// copyByHand moves the tables from one database to another as files, and
// returns how long psql took to copy them in.
func copyByHand(b *testing.B, from, to harness.Database) time.Duration {
	b.Helper()
	dir := b.TempDir()
	run := func(database harness.Database, command string) {
		b.Helper()
		out, err := exec.CommandContext(b.Context(), filepath.Join(from.BinDir, "psql"),
			"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.OwnerURL, "-c", command).CombinedOutput()
		if err != nil {
			b.Fatalf("psql: %v\n%s", err, out)
		}
	}
	tables := []string{"competitions", "seasons", "teams", "team_aliases", "matches", "match_odds"}
	for _, table := range tables {
		run(from, fmt.Sprintf(`\copy %s to '%s'`, table, filepath.Join(dir, table)))
	}
	start := time.Now()
	for _, table := range tables {
		run(to, fmt.Sprintf(`\copy %s from '%s'`, table, filepath.Join(dir, table)))
	}
	return time.Since(start)
}

type loadable struct {
	edition ingesting.Edition
	batch   ingesting.Batch
}

// inFlight is how many seasons an ingestion loads at once.
const inFlight = 8

func loadAll(b *testing.B, db *bun.DB, editions []loadable) int {
	b.Helper()
	loader := postgres.NewLoader(db)
	var changed atomic.Int64
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(inFlight)
	for _, l := range editions {
		group.Go(func() error {
			outcome, err := loader.Load(ctx, l.edition, l.batch, now)
			changed.Add(int64(outcome.Inserted + outcome.Updated))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	return int(changed.Load())
}

// leagues are five leagues of twenty teams; the newer half of their seasons
// has odds of three bookmakers, as the real files have.
func leagues(seasons int) []loadable {
	var all []loadable
	for _, code := range []string{"premier-league", "la-liga", "serie-a", "bundesliga", "ligue-1"} {
		competition, _ := football.FindCompetition(code)
		for s := range seasons {
			season, _ := football.NewSeason(1993+s, 1994+s)
			locator := fmt.Sprintf("%s/season-%s.csv", code, season)
			batch := ingesting.Batch{Rows: 380, Fingerprint: locator, Records: roundRobin(locator, season, 2*s >= seasons)}
			all = append(all, loadable{ingesting.Edition{Source: "made", Competition: competition, Season: season, Locator: locator}, batch})
		}
	}
	return all
}

func roundRobin(locator string, season football.Season, odds bool) []ingesting.Record {
	const teams = 20
	start := time.Date(season.FirstYear(), time.August, 10, 0, 0, 0, 0, time.UTC)
	var records []ingesting.Record
	for home := range teams {
		for away := range teams {
			if home == away {
				continue
			}
			score, _ := football.NewScore((home*7+away)%5, (away*3+home)%4)
			count, _ := football.NewCount(10+home%7, 8+away%7)
			r := ingesting.Record{
				Home: fmt.Sprintf("Club %02d", home), Away: fmt.Sprintf("Club %02d", away),
				KickOff: start.AddDate(0, 0, (home*teams+away)*280/(teams*teams)), Status: football.Finished, FullTime: &score,
				Stats: football.Stats{Shots: &count, ShotsOnTarget: &count, Corners: &count, YellowCards: &count},
			}
			r.Place.File, r.Place.Line = locator, len(records)+2
			if odds {
				r.Odds = prices(r.KickOff)
			}
			records = append(records, r)
		}
	}
	return records
}

func prices(at time.Time) []football.Odds {
	var all []football.Odds
	for _, q := range []struct {
		bookmaker string
		stage     football.Stage
	}{{"bet365", football.PreMatch}, {"pinnacle", football.Closing}, {"market-average", football.Closing}} {
		o, _ := football.NewOdds(q.bookmaker, q.stage, at, 2.1, 3.4, 3.6)
		all = append(all, o)
	}
	return all
}
