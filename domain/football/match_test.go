package football_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/football"
)

func score(t *testing.T, home, away int) *football.Score {
	t.Helper()
	s, err := football.NewScore(home, away)
	if err != nil {
		t.Fatal(err)
	}
	return &s
}

func TestNewScore(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		home, away int
		want       error
	}{
		"goalless":          {},
		"Arbroath":          {home: 36},
		"less than nothing": {home: -1, want: football.ErrScore},
		"a slip":            {away: 1000, want: football.ErrScore},
	}
	for name, tt := range tests {
		if _, err := football.NewScore(tt.home, tt.away); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOutcomesSurviveWritingAndReading(t *testing.T) {
	t.Parallel()
	for want, s := range map[football.Outcome]*football.Score{
		football.HomeWin: score(t, 2, 1), football.Draw: score(t, 1, 1), football.AwayWin: score(t, 0, 3),
	} {
		got, err := football.ParseOutcome(s.Outcome().String())
		if err != nil || got != want {
			t.Errorf("%s: outcome %v, %v; want %v", s, got, err, want)
		}
	}
	if _, err := football.ParseOutcome("win"); err == nil {
		t.Error("win is an outcome")
	}
}

func TestMatchValidate(t *testing.T) {
	t.Parallel()
	good := football.Match{Home: "a", Away: "b", KickOff: time.Unix(0, 0), Status: football.Finished, FullTime: score(t, 2, 1), HalfTime: score(t, 1, 1)}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(*football.Match){
		"plays itself":               func(m *football.Match) { m.Away = m.Home },
		"no date":                    func(m *football.Match) { m.KickOff = time.Time{} },
		"finished without a score":   func(m *football.Match) { m.FullTime = nil },
		"a score before it is over":  func(m *football.Match) { m.Status = football.Scheduled },
		"half time above full time":  func(m *football.Match) { m.HalfTime = score(t, 0, 2) },
		"a score though called off ": func(m *football.Match) { m.Status = football.Postponed },
	}
	for name, spoil := range tests {
		m := good
		spoil(&m)
		if err := m.Validate(); !errors.Is(err, football.ErrMatch) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewOdds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		home, draw, away float64
		want             error
	}{
		"usual":        {2.1, 3.4, 3.6, nil},
		"below bounds": {1, 3.4, 3.6, football.ErrOdds},
		"above bounds": {2.1, 1001, 3.6, football.ErrOdds},
		"no number":    {2.1, 3.4, math.NaN(), football.ErrOdds},
		"infinite":     {math.Inf(1), 3.4, 3.6, football.ErrOdds},
	}
	for name, tt := range tests {
		o, err := football.NewOdds("b", football.Closing, time.Time{}, tt.home, tt.draw, tt.away)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && math.Abs(o.Overround()-(1/2.1+1/3.4+1/3.6-1)) > 1e-15 {
			t.Errorf("%s: overround %v", name, o.Overround())
		}
	}
	if _, err := football.NewOdds("", football.Closing, time.Time{}, 2, 3, 4); !errors.Is(err, football.ErrOdds) {
		t.Errorf("nobody's odds: %v", err)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	played := func(home, away football.TeamID, s *football.Score) football.Match {
		return football.Match{Home: home, Away: away, Status: football.Finished, FullTime: s}
	}
	got := football.Table([]football.Match{
		played("a", "b", score(t, 3, 1)), played("b", "c", score(t, 2, 2)), played("c", "a", score(t, 1, 3)),
		{Home: "d", Away: "a", Status: football.Scheduled},
	})
	want := []football.Standing{
		{Position: 1, Team: "a", Played: 2, Won: 2, GoalsFor: 6, GoalsAgainst: 2, Points: 6},
		{Position: 2, Team: "b", Played: 2, Drawn: 1, Lost: 1, GoalsFor: 3, GoalsAgainst: 5, Points: 1},
		{Position: 2, Team: "c", Played: 2, Drawn: 1, Lost: 1, GoalsFor: 3, GoalsAgainst: 5, Points: 1},
		{Position: 4, Team: "d"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestCompetitions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"premier-league", "en.1", "E0", "PL"} {
		if c, ok := football.FindCompetition(name); !ok || c.Code != "premier-league" {
			t.Errorf("%s stands for %q", name, c.Code)
		}
	}
	if _, ok := football.FindCompetition("sunday-league"); ok {
		t.Error("the catalogue lists the sunday league")
	}
	c, err := football.UnknownCompetition(" Élite  ONE! ")
	if err != nil || c.Code != "élite-one" || c.Name != "Élite One" {
		t.Errorf("competition = %+v, %v", c, err)
	}
	if _, err := football.UnknownCompetition("!!!"); !errors.Is(err, football.ErrCompetition) {
		t.Errorf("nameless: %v", err)
	}
}
