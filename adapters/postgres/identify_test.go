package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// meetings are the day and score, or status, of each match, by leg.
func meetings(matches []catalogue.Match) map[int]string {
	all := make(map[int]string)
	for _, m := range matches {
		all[m.Leg] = fmt.Sprintf("day %d %s", m.KickOff.YearDay()-31, m.Status)
		if m.FullTime != nil {
			all[m.Leg] = fmt.Sprintf("day %d %s", m.KickOff.YearDay()-31, m.FullTime)
		}
	}
	return all
}

// A pair that meets twice at one ground keeps its two matches apart, whatever
// happens to their dates.
func TestMeetingsOfAPairAreToldApart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		first, second []ingesting.Record
		want          map[int]string
	}{
		"the first is put off until after the second": {
			first:  []ingesting.Record{record("Celtic", "Hibernian", 3, -1, -1), record("Celtic", "Hibernian", 20, 2, 1)},
			second: []ingesting.Record{record("Celtic", "Hibernian", 20, 2, 1), record("Celtic", "Hibernian", 27, -1, -1)},
			want:   map[int]string{1: "day 27 scheduled", 2: "day 20 2-1"},
		},
		"the second appears later": {
			first:  []ingesting.Record{record("Celtic", "Hibernian", 3, 1, 0)},
			second: []ingesting.Record{record("Celtic", "Hibernian", 3, 1, 0), record("Celtic", "Hibernian", 20, 2, 1)},
			want:   map[int]string{1: "day 3 1-0", 2: "day 20 2-1"},
		},
		"a date is corrected": {
			first:  []ingesting.Record{record("Celtic", "Hibernian", 3, 1, 0)},
			second: []ingesting.Record{record("Celtic", "Hibernian", 4, 1, 0)},
			want:   map[int]string{1: "day 4 1-0"},
		},
		"a fixture is moved": {
			first:  []ingesting.Record{record("Celtic", "Hibernian", 3, -1, -1)},
			second: []ingesting.Record{record("Celtic", "Hibernian", 27, 1, 1)},
			want:   map[int]string{1: "day 27 1-1"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			load(t, db, edition("a", "1"), tt.first...)
			load(t, db, edition("a", "1"), tt.second...)
			if diff := cmp.Diff(tt.want, meetings(all(t, db))); diff != "" {
				t.Errorf("matches (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPairThatMeetsTooOftenIsLeftAside(t *testing.T) {
	t.Parallel()
	db := open(t)
	var records []ingesting.Record
	for day := 1; day <= 12; day++ {
		records = append(records, record("Celtic", "Hibernian", day, 1, 0))
	}
	if got := load(t, db, edition("a", "1"), records...); got.Inserted != 9 || got.Rejected != 3 {
		t.Errorf("outcome = %+v", got)
	}
}

func TestThatATeamWasNewStaysKnown(t *testing.T) {
	t.Parallel()
	db := open(t)
	for range 2 {
		load(t, db, edition("a", "1"), record("Nowhere Town", "Chelsea", 3, 1, 0))
	}
	if found := findings(t, db, catalogue.FindingFilter{Rule: quality.UnknownTeam}); len(found) != 1 {
		t.Errorf("findings = %+v", found)
	}
}

func TestAnUnreadableFileKeepsItsFormerFigures(t *testing.T) {
	t.Parallel()
	db := open(t)
	e := edition("a", "1")
	load(t, db, e, record("Arsenal", "Chelsea", 3, 1, 0), record("Chelsea", "Arsenal", 9, 1, 0))
	unread := ingesting.Batch{Rows: 1, Findings: []quality.Finding{{Rule: quality.SourceUnread, Competition: e.Competition.Code, Source: "a"}}}
	if _, err := postgres.NewLoader(db).Load(t.Context(), e, unread, now.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	fresh, err := postgres.NewCatalogue(db).Freshness(t.Context())
	if err != nil || len(fresh) != 1 || !fresh[0].At.Equal(now) {
		t.Errorf("freshness = %+v, %v: the source brought nothing since %v", fresh, err, now)
	}
	reports, err := postgres.NewInspector(db).Inspect(t.Context(), now)
	if err != nil || reports[0].Rows != 2 {
		t.Errorf("reports = %+v, %v", reports, err)
	}
}

func TestADayWithoutATimeLastsUntilItIsOver(t *testing.T) {
	t.Parallel()
	db := open(t)
	fixture := record("Arsenal", "Chelsea", 20, -1, -1)
	load(t, db, edition("a", "1"), fixture)
	for hours, want := range map[int]int{0: 1, 9: 1, 23: 1, 24: 0} {
		at := fixture.KickOff.Add(time.Duration(hours) * time.Hour)
		upcoming, err := postgres.NewHistory(db).Upcoming(t.Context(), nil, at)
		if err != nil || len(upcoming) != want {
			t.Errorf("%d hours into the day: %d fixtures, %v", hours, len(upcoming), err)
		}
		listed, err := postgres.NewCatalogue(db).Matches(t.Context(), catalogue.MatchFilter{From: at}, catalogue.Page{Limit: 5})
		if err != nil || len(listed) != want {
			t.Errorf("%d hours into the day: %d matches, %v", hours, len(listed), err)
		}
	}
}
