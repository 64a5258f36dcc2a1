package postgres_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

func TestLoadingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	db := open(t)
	e := edition("football-data.co.uk", "premier-league/season-1819.csv")
	played := record("Arsenal", "Man United", 10, 2, 0)
	odds, err := football.NewOdds("bet365", football.Closing, played.KickOff, 2.1, 3.4, 3.6)
	if err != nil {
		t.Fatal(err)
	}
	played.Odds = []football.Odds{odds}
	shots, _ := football.NewCount(14, 9)
	played.Stats.Shots = &shots
	records := []ingesting.Record{played, record("Man United", "Chelsea", 17, -1, -1)}

	if diff := cmp.Diff(ingesting.Outcome{Rows: 2, Inserted: 2}, load(t, db, e, records...)); diff != "" {
		t.Errorf("first load (-want +got):\n%s", diff)
	}
	before := all(t, db)
	if diff := cmp.Diff(ingesting.Outcome{Rows: 2, Unchanged: 2}, load(t, db, e, records...)); diff != "" {
		t.Errorf("second load (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, all(t, db), cmp.AllowUnexported(football.Season{}, football.Score{}, football.Count{})); diff != "" {
		t.Errorf("the second load changed rows:\n%s", diff)
	}
	if len(before) != 2 || before[0].HomeName != "Arsenal" || before[0].AwayName != "Manchester United" {
		t.Fatalf("matches = %+v", before)
	}
	quotes, err := postgres.NewCatalogue(db).Odds(t.Context(), before[0].ID)
	if err != nil || len(quotes) != 1 || quotes[0].Odds.Bookmaker() != "bet365" || quotes[0].Source != e.Source {
		t.Errorf("odds = %+v, %v", quotes, err)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	const csv, json = "football-data.co.uk", "openfootball"
	tests := map[string]struct {
		first, second            ingesting.Record
		secondSource             string
		want                     string // score, or status of a match without
		source                   string
		disagree, outcomeUpdated int
	}{
		"a fixture is played": {
			first: record("Arsenal", "Chelsea", 10, -1, -1), second: record("Arsenal", "Chelsea", 10, 1, 1), secondSource: csv,
			want: "1-1", source: csv, outcomeUpdated: 1,
		},
		"a source corrects itself": {
			first: record("Arsenal", "Chelsea", 10, 1, 0), second: record("Arsenal", "Chelsea", 10, 1, 1), secondSource: csv,
			want: "1-1", source: csv, outcomeUpdated: 1,
		},
		"another source brings the result": {
			first: record("Arsenal", "Chelsea", 10, -1, -1), second: record("Arsenal FC", "Chelsea FC", 10, 3, 1), secondSource: json,
			want: "3-1", source: json, outcomeUpdated: 1,
		},
		"another source does not overrule": {
			first: record("Arsenal", "Chelsea", 10, 2, 1), second: record("Arsenal FC", "Chelsea FC", 10, 3, 1), secondSource: json,
			want: "2-1", source: csv, disagree: 1,
		},
		"a result never becomes a fixture": {
			first: record("Arsenal", "Chelsea", 10, 2, 1), second: record("Arsenal", "Chelsea", 10, -1, -1), secondSource: csv,
			want: "2-1", source: csv,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			load(t, db, edition(csv, "a"), tt.first)
			outcome := load(t, db, edition(tt.secondSource, "b"), tt.second)
			if outcome.Inserted != 0 || outcome.Updated != tt.outcomeUpdated {
				t.Errorf("outcome = %+v", outcome)
			}
			matches := all(t, db)
			if len(matches) != 1 {
				t.Fatalf("%d matches", len(matches))
			}
			got := string(matches[0].Status)
			if matches[0].FullTime != nil {
				got = matches[0].FullTime.String()
			}
			if got != tt.want || matches[0].Source != tt.source {
				t.Errorf("match is %s of %s, want %s of %s", got, matches[0].Source, tt.want, tt.source)
			}
			found := findings(t, db, catalogue.FindingFilter{Rule: quality.SourcesDisagree})
			if len(found) != tt.disagree {
				t.Errorf("findings = %+v", found)
			}
		})
	}
}

func TestAnAliasWinsOverTheName(t *testing.T) {
	t.Parallel()
	db := open(t)
	load(t, db, edition("a", "1"), record("Arsenal", "Chelsea", 10, 1, 0))
	_, err := db.ExecContext(t.Context(), `INSERT INTO team_aliases (country, alias, team_id, source)
		SELECT country, 'The Gunners', id, 'operator' FROM teams WHERE key = 'arsenal'`)
	if err != nil {
		t.Fatal(err)
	}
	if got := load(t, db, edition("a", "1"), record("The Gunners", "Chelsea", 10, 1, 0)); got.Unchanged != 1 {
		t.Errorf("outcome = %+v", got)
	}
}

func TestConcurrentLoadsKeepEveryMatchOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	records := []ingesting.Record{record("Arsenal", "Nowhere Town", 10, 1, 0), record("Nowhere Town", "Chelsea", 17, 0, 0)}
	var wg sync.WaitGroup
	for _, source := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			batch := ingesting.Batch{Records: records, Rows: 2}
			if _, err := postgres.NewLoader(db).Load(t.Context(), edition(source, source), batch, now); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := all(t, db); len(got) != 2 {
		t.Errorf("%d matches", len(got))
	}
}

func TestBadTextInAFindingIsKept(t *testing.T) {
	t.Parallel()
	db := open(t)
	e := edition("a", "1")
	batch := ingesting.Batch{Rows: 1, Findings: []quality.Finding{{
		Rule: quality.UnreadableRow, Competition: e.Competition.Code, Season: e.Season, Source: "a",
		Place: quality.Place{File: "x.csv", Line: 7, Column: 3}, Reason: "not text", Raw: "\xff\x00\xfe",
	}}}
	outcome, err := postgres.NewLoader(db).Load(t.Context(), e, batch, now)
	if err != nil || outcome.Rejected != 1 {
		t.Fatal(outcome, err)
	}
	found := findings(t, db, catalogue.FindingFilter{Severity: quality.Error})
	if len(found) != 1 || found[0].Place.Line != 7 || found[0].Place.Column != 3 {
		t.Errorf("findings = %+v", found)
	}
}

func all(t testing.TB, db *bun.DB) []catalogue.Match {
	t.Helper()
	matches, err := postgres.NewCatalogue(db).Matches(t.Context(), catalogue.MatchFilter{}, catalogue.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	return matches
}

func findings(t testing.TB, db *bun.DB, f catalogue.FindingFilter) []catalogue.Finding {
	t.Helper()
	found, err := postgres.NewCatalogue(db).Findings(t.Context(), f, catalogue.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
