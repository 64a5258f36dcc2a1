package forecast_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// names are those of every forecaster.
func names() []string {
	var out []string
	for _, n := range forecast.Names() {
		out = append(out, n.Name)
	}
	return out
}

// untrained is the model called name with its defaults.
func untrained(tb testing.TB, name string) forecast.Model {
	tb.Helper()
	model, err := forecast.Train(context.Background(), name, nil, forecast.TrainOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	return model
}

// walked are the parameters of all forecasts of a walk, in its order.
func walked(tb testing.TB, name string, history []forecast.Result) []forecast.Parameters {
	tb.Helper()
	var out []forecast.Parameters
	err := forecast.Walk(context.Background(), untrained(tb, name).Start(), history, time.Time{}, time.Time{},
		func(_ forecast.Result, f forecast.Forecast) error {
			out = append(out, f.Parameters())
			return nil
		})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// What happens on a day or later must not change a forecast of that day.
func TestWalkDoesNotLookAhead(t *testing.T) {
	t.Parallel()

	history := made(1, "north", 8, 3)
	const cut = 100
	first := cut
	for history[first].Date.Equal(history[cut-1].Date) {
		first++ // The first match of the day after.
	}
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			before := walked(t, name, history)
			changed := append([]forecast.Result(nil), history...)
			changed[cut-1].HomeGoals += 9
			for i := first; i < len(changed); i++ {
				changed[i].AwayGoals += 5
			}
			after := walked(t, name, changed)
			if diff := cmp.Diff(before[:first], after[:first]); diff != "" {
				t.Errorf("a later result changed an earlier forecast:\n%s", diff)
			}
			if cmp.Equal(before[first:], after[first:]) {
				t.Error("results changed no later forecast")
			}
		})
	}
}

func TestWalkIgnoresOrder(t *testing.T) {
	t.Parallel()

	history := append(made(2, "north", 8, 2), made(3, "south", 6, 2)...)
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(walked(t, name, history), walked(t, name, shuffled(history, 5))); diff != "" {
				t.Errorf("the order of rows changed forecasts:\n%s", diff)
			}
		})
	}
}

// One competition's forecasts are the same with or without another beside it.
func TestCompetitionsAreIndependent(t *testing.T) {
	t.Parallel()

	north, south := made(2, "north", 8, 2), made(3, "south", 6, 2)
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			model := untrained(t, name)
			alone, together := model.Start(), model.Start()
			for _, r := range north {
				alone.Observe([]forecast.Result{r})
			}
			for i := range north {
				together.Observe(north[i : i+1])
				together.Observe(south[i%len(south) : i%len(south)+1])
			}
			fixture := north[len(north)-1].Fixture()
			if diff := cmp.Diff(alone.Forecast(fixture).Parameters(), together.Forecast(fixture).Parameters()); diff != "" {
				t.Errorf("another competition changed a forecast:\n%s", diff)
			}
		})
	}
}

func TestWalkBounds(t *testing.T) {
	t.Parallel()

	history := made(1, "north", 4, 1)
	from, to := history[2].Date, history[len(history)-3].Date.Add(15*time.Hour)
	tests := map[string]struct {
		from, to time.Time
		want     int
	}{
		"all":       {want: 12},
		"from":      {from: from, want: 10},
		"to":        {to: to, want: 10},
		"from…to":   {from: from, to: to, want: 8},
		"backwards": {from: to, to: from},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			seen := 0
			err := forecast.Walk(context.Background(), untrained(t, forecast.Default).Start(), history, tt.from, tt.to,
				func(forecast.Result, forecast.Forecast) error { seen++; return nil })
			if err != nil || seen != tt.want {
				t.Errorf("visited %d matches, error %v, want %d", seen, err, tt.want)
			}
		})
	}
}

func TestWalkStops(t *testing.T) {
	t.Parallel()

	history, f := made(1, "north", 4, 1), untrained(t, forecast.Default).Start()
	enough := errors.New("enough")
	err := forecast.Walk(context.Background(), f, history, time.Time{}, time.Time{},
		func(forecast.Result, forecast.Forecast) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("error of visit came back as %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err = forecast.Walk(ctx, f, history, time.Time{}, time.Time{},
		func(forecast.Result, forecast.Forecast) error { t.Error("visited after the end"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error of a context that ended = %v", err)
	}
}

func TestForecastsOfAnything(t *testing.T) {
	t.Parallel()

	history := made(4, "north", 8, 3)
	last := history[len(history)-1]
	fixtures := map[string]forecast.Fixture{
		"nothing":             {},
		"unknown league":      {Competition: "moon", Date: last.Date, Home: "a", Away: "b"},
		"unknown teams":       {Competition: "north", Date: last.Date, Home: "a", Away: "b"},
		"one unknown":         {Competition: "north", Date: last.Date, Home: last.Home, Away: "b"},
		"itself":              {Competition: "north", Date: last.Date, Home: last.Home, Away: last.Home},
		"years ahead":         {Competition: "north", Date: last.Date.AddDate(9, 0, 0), Home: last.Home, Away: last.Away},
		"long ago":            {Competition: "north", Date: last.Date.AddDate(-50, 0, 0), Home: last.Home, Away: last.Away},
		"neutral ground":      {Competition: "north", Date: last.Date, Home: last.Home, Away: last.Away, Neutral: true},
		"season out of order": {Competition: "north", Season: football.SeasonOf(last.Date.AddDate(-2, 0, 0)), Date: last.Date, Home: last.Home, Away: last.Away},
	}
	for _, name := range names() {
		f := untrained(t, name).Start()
		for range 2 { // First knowing nothing, then everything.
			for what, fixture := range fixtures {
				if _, err := forecast.New(f.Forecast(fixture).Parameters()); err != nil {
					t.Errorf("%s, %s: %v", name, what, err)
				}
			}
			f.Observe(history)
		}
	}
}

// Freak results, and rows that cannot be, must leave every number finite.
func TestExtremeResults(t *testing.T) {
	t.Parallel()

	plain := made(5, "north", 6, 2)
	spoil := map[string]func(i int, r *forecast.Result){
		"goalless":   func(_ int, r *forecast.Result) { r.HomeGoals, r.AwayGoals = 0, 0 },
		"forty":      func(_ int, r *forecast.Result) { r.HomeGoals, r.AwayGoals = 40, 0 },
		"a million":  func(_ int, r *forecast.Result) { r.HomeGoals, r.AwayGoals = 1_000_000, -1_000_000 },
		"one-one":    func(_ int, r *forecast.Result) { r.HomeGoals, r.AwayGoals = 1, 1 },
		"nil-one":    func(_ int, r *forecast.Result) { r.HomeGoals, r.AwayGoals = 0, 1 },
		"itself":     func(_ int, r *forecast.Result) { r.Away = r.Home },
		"no date":    func(_ int, r *forecast.Result) { r.Date = time.Time{} },
		"no season":  func(_ int, r *forecast.Result) { r.Season = football.Season{} },
		"odd one in": func(i int, r *forecast.Result) { r.HomeGoals += 40 * (i % 2) },
	}
	for what, change := range spoil {
		t.Run(what, func(t *testing.T) {
			t.Parallel()

			history := append([]forecast.Result(nil), plain...)
			for i := range history {
				change(i, &history[i])
			}
			for _, name := range names() {
				for i, p := range walked(t, name, history) {
					if _, err := forecast.New(p); err != nil {
						t.Fatalf("%s, match %d: %v", name, i, err)
					}
				}
			}
		})
	}
}
