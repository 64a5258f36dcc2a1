package forecast_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// trainable is just enough to tune on: 1,584 matches of two leagues.
func trainable() []forecast.Result {
	return append(made(11, "north", 12, 6), made(12, "south", 12, 6)...)
}

func train(tb testing.TB, name string, history []forecast.Result, options forecast.TrainOptions) forecast.Model {
	tb.Helper()
	model, err := forecast.Train(context.Background(), name, history, options)
	if err != nil {
		tb.Fatal(err)
	}
	return model
}

func marshalled(tb testing.TB, m forecast.Model) string {
	tb.Helper()
	text, err := m.MarshalSettings()
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestTrainIsDeterministic(t *testing.T) {
	t.Parallel()

	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			one := train(t, name, trainable(), forecast.TrainOptions{})
			other := train(t, name, shuffled(trainable(), 3), forecast.TrainOptions{})
			if diff := cmp.Diff(marshalled(t, one), marshalled(t, other)); diff != "" {
				t.Errorf("two trainings on the same matches differ:\n%s", diff)
			}
			if !one.Sufficient() || one.Matches() != len(trainable()) {
				t.Errorf("sufficient %v on %d matches", one.Sufficient(), one.Matches())
			}
			checkRoundTrip(t, one)
		})
	}
}

// checkRoundTrip writes and loads the model, which must forecast the same.
func checkRoundTrip(t *testing.T, model forecast.Model) {
	t.Helper()
	loaded, err := forecast.LoadModel(model.Name(), []byte(marshalled(t, model)))
	if err != nil {
		t.Fatal(err)
	}
	if marshalled(t, loaded) != marshalled(t, model) || loaded.PickThreshold() != model.PickThreshold() {
		t.Errorf("loaded %s, wrote %s", marshalled(t, loaded), marshalled(t, model))
	}
	before, after := model.Start(), loaded.Start()
	history := made(13, "north", 8, 2)
	before.Observe(history)
	after.Observe(history)
	for _, r := range history {
		if diff := cmp.Diff(before.Forecast(r.Fixture()).Parameters(), after.Forecast(r.Fixture()).Parameters()); diff != "" {
			t.Fatalf("the loaded model forecasts otherwise:\n%s", diff)
		}
	}
}

// Nothing from Until on may touch the model.
func TestTrainLooksBackOnly(t *testing.T) {
	t.Parallel()

	history := trainable()
	until := date("2006-12-15")
	changed := append([]forecast.Result(nil), history...)
	earlier := 0
	for i := range changed {
		if changed[i].Date.Before(until) {
			earlier++
		} else {
			changed[i].HomeGoals += 4
		}
	}
	options := forecast.TrainOptions{Until: until}
	one, other := train(t, forecast.Default, history, options), train(t, forecast.Default, changed, options)
	if diff := cmp.Diff(marshalled(t, one), marshalled(t, other)); diff != "" {
		t.Errorf("matches after Until changed the model:\n%s", diff)
	}
	if _, to := one.Range(); !one.Sufficient() || one.Matches() != earlier || !to.Before(until) {
		t.Errorf("trained on %d matches up to %s, want %d before %s", one.Matches(), to, earlier, until)
	}
}

func TestTrainOnLittle(t *testing.T) {
	t.Parallel()

	season := made(21, "north", 12, 3)
	histories := map[string][]forecast.Result{
		"no match": nil, "one match": season[:1], "ten matches": season[:10], "three seasons": season,
		"one team": {{Competition: "north", Date: season[0].Date, Home: "a", Away: "a", HomeGoals: 1}},
	}
	for what, history := range histories {
		for _, name := range names() {
			t.Run(what+"/"+name, func(t *testing.T) {
				t.Parallel()

				model := train(t, name, history, forecast.TrainOptions{})
				if model.Sufficient() {
					t.Errorf("%d matches are said to be sufficient", len(history))
				}
				if p := model.PickThreshold(); p < 0.4 || p > 0.9 {
					t.Errorf("pick threshold %v", p)
				}
				f := model.Start()
				f.Observe(history)
				if _, err := forecast.New(f.Forecast(season[0].Fixture()).Parameters()); err != nil {
					t.Error(err)
				}
				checkRoundTrip(t, model)
			})
		}
	}
}

func TestTrainProgress(t *testing.T) {
	t.Parallel()

	last, calls := 0, 0
	train(t, forecast.Default, trainable(), forecast.TrainOptions{Progress: func(done, total int, message string) {
		if done < last || done > total || message == "" {
			t.Errorf("progress went from %d to %d of %d, %q", last, done, total, message)
		}
		last, calls = done, calls+1
	}})
	if calls < 10 {
		t.Errorf("told %d times", calls)
	}
}

func TestTrainStops(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	calls := 0
	_, err := forecast.Train(ctx, forecast.Default, trainable(), forecast.TrainOptions{Progress: func(int, int, string) {
		calls++
		if calls == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want %v", err, context.Canceled)
	}
	if calls > 6 {
		t.Errorf("went on for %d steps after the context ended", calls-3)
	}
}

func TestUnknownModel(t *testing.T) {
	t.Parallel()

	if _, err := forecast.Train(context.Background(), "oracle", nil, forecast.TrainOptions{}); !errors.Is(err, forecast.ErrMethod) {
		t.Errorf("Train error = %v, want %v", err, forecast.ErrMethod)
	}
	if _, err := forecast.LoadModel("oracle", []byte("{}")); !errors.Is(err, forecast.ErrMethod) {
		t.Errorf("LoadModel error = %v, want %v", err, forecast.ErrMethod)
	}
}

func TestLoadModelRefuses(t *testing.T) {
	t.Parallel()

	good := marshalled(t, untrained(t, forecast.Default))
	swap := func(old, replacement string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%s does not hold %s", good, old)
		}
		return strings.Replace(good, old, replacement, 1)
	}
	texts := map[string]string{
		"nothing":              "",
		"no JSON":              "settings",
		"empty":                "{}",
		"cut short":            good[:len(good)/2],
		"more after the end":   good + "{}",
		"another format":       swap(`"format":1`, `"format":2`),
		"unknown field":        swap(`"format":1`, `"format":1,"odds":true`),
		"unknown value":        swap(`"rho"`, `"roh"`),
		"one value more":       swap(`"rho"`, `"roh":0,"rho"`),
		"value out of bounds":  swap(`"rho":-0.075`, `"rho":-0.9`),
		"threshold above one":  swap(`"pick_threshold":0.6`, `"pick_threshold":1.6`),
		"inverted calibration": swap(`"stretch":1`, `"stretch":-1`),
		"negative matches":     swap(`"matches":0`, `"matches":-1`),
		"settings of another":  marshalled(t, untrained(t, "dixon-coles")),
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if _, err := forecast.LoadModel(forecast.Default, []byte(text)); !errors.Is(err, forecast.ErrSettings) {
				t.Errorf("error = %v, want %v", err, forecast.ErrSettings)
			}
		})
	}
}

func FuzzLoadModel(f *testing.F) {
	for _, name := range names() {
		f.Add(name, marshalled(f, untrained(f, name)))
	}
	f.Add(forecast.Default, `{"format":1,"values":{"rho":1e999}}`)
	f.Fuzz(func(t *testing.T, name, text string) {
		model, err := forecast.LoadModel(name, []byte(text))
		if err != nil {
			return
		}
		p := model.Start().Forecast(forecast.Fixture{Date: time.Unix(0, 0)}).Parameters()
		if _, err := forecast.New(p); err != nil {
			t.Errorf("%s made %v", text, err)
		}
	})
}

// From 0.8 down to 0.6 three picks in four were right, which is enough; from
// 0.5 on they were not.
func TestPickThreshold(t *testing.T) {
	t.Parallel()

	var trials forecast.Trials
	add := func(n int, home float64, happened football.Outcome) {
		for range n {
			trials.Add(home, (1-home)/2, happened)
		}
	}
	add(200, 0.8, football.HomeWin)
	add(100, 0.6, football.HomeWin)
	near(t, "all right", trials.PickThreshold(), 0.6, 1e-9)
	add(100, 0.6, football.AwayWin)
	near(t, "three in four", trials.PickThreshold(), 0.6, 1e-9)
	add(400, 0.5, football.Draw)
	near(t, "with many wrong below", trials.PickThreshold(), 0.6, 1e-9)
	add(200, 0.6, football.Draw)
	near(t, "wrong from 0.6 on", trials.PickThreshold(), 0.8, 1e-9)

	near(t, "with nothing to go by", forecast.Trials{}.PickThreshold(), 0.6, 0)
}

func TestSearchFindsTheBottom(t *testing.T) {
	t.Parallel()

	bowl := func(v []float64) float64 { return (v[0]-3)*(v[0]-3) + 2*(v[1]+1)*(v[1]+1) + v[2]*v[2] }
	got := forecast.Search(bowl, []float64{0, 0, 5}, []float64{-9, -0.5, -9}, []float64{9, 9, 9}, []float64{1, 1, 0}, 60)
	near(t, "inside", got[0], 3, 1e-2)
	near(t, "at its bound", got[1], -0.5, 0)
	near(t, "without a step", got[2], 5, 0)
}

func ExampleNames() {
	for _, n := range forecast.Names() {
		fmt.Println(n.Name)
	}
	// Output:
	// score-driven
	// dixon-coles
	// base-rates
}
