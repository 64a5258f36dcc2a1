package forecast_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// rated are the forecasters that rate teams.
var rated = []string{forecast.Default, "dixon-coles"}

func observed(tb testing.TB, name string, history []forecast.Result) forecast.Forecaster {
	tb.Helper()
	f := untrained(tb, name).Start()
	for i := range history {
		f.Observe(history[i : i+1])
	}
	return f
}

func TestRatingsFindTheStrong(t *testing.T) {
	t.Parallel()

	history := made(31, "north", 12, 4)
	for _, name := range rated {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			ratings := observed(t, name, history).Ratings("north")
			if len(ratings) != 12 {
				t.Fatalf("%d teams rated, want the season's 12", len(ratings))
			}
			attack, defence := 0.0, 0.0
			for i, r := range ratings {
				attack, defence = attack+r.Attack, defence+r.Defence
				if i > 0 && r.Quality() > ratings[i-1].Quality() {
					t.Errorf("%s at %d is better than the one before", r.Team, i)
				}
			}
			near(t, "sum of attacks", attack, 0, 1e-9)
			near(t, "sum of defences", defence, 0, 1e-9)
			best := slices.IndexFunc(ratings, func(r forecast.Rating) bool { return r.Team == "north-00" })
			if best > 2 {
				t.Errorf("the best team is rated number %d", best+1)
			}
			if got := ratings[best]; got.Matches != 4*22 || !got.LastPlayed.Equal(history[len(history)-1].Date) {
				t.Errorf("rating %+v, want %d matches until %s", got, 4*22, history[len(history)-1].Date)
			}
		})
	}
	if got := observed(t, forecast.Default, history).Ratings("south"); len(got) != 0 {
		t.Errorf("an unknown league has ratings %v", got)
	}
}

// A team that comes up is expected to do worse than an average one, and is
// forecast so before its first match.
func TestNewcomersStartLow(t *testing.T) {
	t.Parallel()

	history := made(32, "north", 12, 4)
	last := history[len(history)-1]
	opening := last.Date.AddDate(0, 3, 0)
	for _, name := range rated {
		f := observed(t, name, history)
		newcomer := forecast.Fixture{
			Competition: "north", Season: football.SeasonOf(opening), Date: opening, Home: "somebody", Away: "north-05", Neutral: true,
		}
		home, _, away := f.Forecast(newcomer).Outcome()
		if home+0.1 >= away {
			t.Errorf("%s: a newcomer wins with %.3f and loses with %.3f against a middling team", name, home, away)
		}
		newcomer.Away = "north-00"
		if _, _, best := f.Forecast(newcomer).Outcome(); best <= away {
			t.Errorf("%s: the best team beats it with %.3f, a middling one with %.3f", name, best, away)
		}
	}
}

// One goalless draw does not make a newcomer an average team.
func TestNewcomersStayLow(t *testing.T) {
	t.Parallel()

	history := made(32, "north", 12, 4)
	opening := history[len(history)-1].Date.AddDate(0, 8, 0)
	for _, name := range rated {
		f := observed(t, name, history)
		f.Observe([]forecast.Result{{Competition: "north", Date: opening, Home: "somebody", Away: "north-05"}})
		for _, r := range f.Ratings("north") {
			// The two rated teams average nought, and the other is middling.
			if r.Team == "somebody" && r.Quality() > -0.05 {
				t.Errorf("%s: a newcomer is rated %+v", name, r)
			}
		}
	}
}

// What a team has just done counts for more than the same some months later.
func TestFormFades(t *testing.T) {
	t.Parallel()

	history := made(35, "north", 8, 2)
	fixture := history[len(history)-1].Fixture()
	f := observed(t, forecast.Default, history)
	for range 5 {
		fixture.Date = fixture.Date.AddDate(0, 0, 7)
		f.Observe([]forecast.Result{{
			Competition: "north", Season: fixture.Season, Date: fixture.Date, Home: fixture.Home, Away: "north-03", HomeGoals: 5,
		}})
	}
	fixture.Away = "north-04"
	fixture.Date = fixture.Date.AddDate(0, 0, 1)
	soon, _, _ := f.Forecast(fixture).Outcome()
	fixture.Date = fixture.Date.AddDate(0, 0, 200)
	late, _, _ := f.Forecast(fixture).Outcome()
	if soon < late+0.01 {
		t.Errorf("wins with %.3f the day after five victories, with %.3f 200 days later", soon, late)
	}
}

// Ten victories two years ago weigh less than ten defeats since.
func TestOldMatchesFade(t *testing.T) {
	t.Parallel()

	var history []forecast.Result
	for i := range 20 {
		r := forecast.Result{Competition: "north", Date: date("2001-09-01").AddDate(0, 0, 7*i), Home: "a", Away: "b", HomeGoals: 2, Neutral: true}
		if i >= 10 {
			r.Date, r.Home, r.Away = r.Date.AddDate(2, 0, 0), "b", "a"
		}
		history = append(history, r)
	}
	for _, name := range rated {
		ratings := observed(t, name, history).Ratings("north")
		if len(ratings) != 2 || ratings[0].Team != "b" || ratings[0].Quality() < 0.02 {
			t.Errorf("%s: ratings %+v, want b well ahead", name, ratings)
		}
	}
}

func TestNeutralGround(t *testing.T) {
	t.Parallel()

	history := made(33, "north", 8, 3)
	for _, name := range names() {
		// A recalibration that leans towards home sides must not do so here.
		text := strings.Replace(marshalled(t, untrained(t, name)), `"shift":0`, `"shift":0.3`, 1)
		model, err := forecast.LoadModel(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		f := model.Start()
		f.Observe(history)
		fixture := history[len(history)-1].Fixture()
		withHome, _, _ := f.Forecast(fixture).Outcome()
		fixture.Neutral = true
		home, draw, away := f.Forecast(fixture).Outcome()
		if home >= withHome {
			t.Errorf("%s: home wins with %.3f on neutral ground, %.3f at home", name, home, withHome)
		}
		fixture.Home, fixture.Away = fixture.Away, fixture.Home
		turned, same, back := f.Forecast(fixture).Outcome()
		near(t, name+" home", back, home, 1e-12)
		near(t, name+" draw", same, draw, 1e-12)
		near(t, name+" away", turned, away, 1e-12)
	}
}

// Forecasts before and after a forecast are the same: reading changes nothing.
func TestForecastOnlyReads(t *testing.T) {
	t.Parallel()

	history := made(34, "north", 8, 2)
	for _, name := range names() {
		f := observed(t, name, history)
		fixture := history[len(history)-1].Fixture()
		before := f.Forecast(fixture).Parameters()
		next := fixture
		next.Date, next.Season, next.Home = fixture.Date.AddDate(1, 0, 0), football.SeasonOf(fixture.Date.AddDate(1, 0, 0)), "newcomer"
		f.Forecast(next)
		f.Ratings("north")
		if after := f.Forecast(fixture).Parameters(); after != before {
			t.Errorf("%s: %+v became %+v", name, before, after)
		}
	}
}

func TestBaseRatesForget(t *testing.T) {
	t.Parallel()

	f := untrained(t, forecast.BaseRates).Start()
	match := func(day string, home int) []forecast.Result {
		return []forecast.Result{{Competition: "north", Date: date(day), Home: "a", Away: "b", HomeGoals: home}}
	}
	for range 30 {
		f.Observe(match("2001-01-01", 1))
	}
	f.Observe(match("2005-12-30", 0))
	fixture := forecast.Fixture{Competition: "north", Date: date("2006-01-01")}
	home, _, _ := f.Forecast(fixture).Outcome()
	near(t, "with five years", home, (30+4.6)/41, 1e-12)
	f.Observe(match("2006-01-03", 0))
	home, _, _ = f.Forecast(fixture).Outcome()
	near(t, "without the oldest", home, 4.6/12, 1e-12)
}
