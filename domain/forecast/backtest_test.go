package forecast_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/forecast"
)

func backtest(tb testing.TB, history []forecast.Result, options forecast.BacktestOptions) forecast.Report {
	tb.Helper()
	report, err := forecast.Backtest(context.Background(), history, options)
	if err != nil {
		tb.Fatal(err)
	}
	return report
}

func logReport(tb testing.TB, name string, report forecast.Report, took time.Duration) {
	tb.Helper()
	e := report.Evaluation
	tb.Logf("%s: %d matches, RPS %.5f ± %.5f, log loss %.5f, Brier %.5f, accuracy %.4f, ECE %.4f, skill %.4f, RPS less base rates %.5f ± %.5f, %d picks from %.3f with %.3f right, %.1f s",
		name, e.Matches, e.RPS.Mean, e.RPS.StdErr, e.LogLoss.Mean, e.Brier.Mean, e.Accuracy.Mean, e.ECE, report.Skill,
		report.Advantage.Mean, report.Advantage.StdErr, e.Picks, report.Model.PickThreshold(), e.PickAccuracy.Mean, took.Seconds())
}

// portion is how much of the real matches a test goes through.
type portion struct {
	models            []string
	trainFrom, testTo string
	matches           int
	worst             map[string]float64 // RPS by model
}

// The figures that the forecasters are kept for: five leagues, seasons from
// 2012-13 on, everything tuned on matches before them.
func TestRealMatches(t *testing.T) {
	history := realMatches(t)
	for _, name := range measured.models {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			report := backtest(t, history, forecast.BacktestOptions{
				Model: name, TrainFrom: date(measured.trainFrom), TestFrom: date("2012-07-01"), TestTo: date(measured.testTo),
			})
			logReport(t, name, report, time.Since(start))
			e := report.Evaluation
			if e.Matches != measured.matches || len(report.Rows) != e.Matches {
				t.Errorf("%d matches, %d rows, want %d", e.Matches, len(report.Rows), measured.matches)
			}
			if e.RPS.Mean > measured.worst[name] {
				t.Errorf("RPS %.5f, want at most %v", e.RPS.Mean, measured.worst[name])
			}
			if e.Picks > 0 && e.PickAccuracy.Mean < 0.65 {
				t.Errorf("%.3f of %d picks were right, want 0.65", e.PickAccuracy.Mean, e.Picks)
			}
		})
	}
}

// What too little history falls back on is good by itself.
func TestDefaultsOnRealMatches(t *testing.T) {
	history := realMatches(t)
	e := forecast.NewEvaluator(0.6)
	err := forecast.Walk(context.Background(), untrained(t, forecast.Default).Start(), history, date("2012-07-01"), time.Time{},
		func(r forecast.Result, f forecast.Forecast) error {
			e.Add(f, r.Outcome())
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	got := e.Evaluation()
	t.Logf("%d matches, RPS %.5f, log loss %.5f", got.Matches, got.RPS.Mean, got.LogLoss.Mean)
	if got.Matches != 18159 || got.RPS.Mean > 0.1992 {
		t.Errorf("%d matches at RPS %.5f, want 18159 at no more than 0.1992", got.Matches, got.RPS.Mean)
	}
}

func TestBacktestOnMadeLeague(t *testing.T) {
	t.Parallel()

	history := made(41, "north", 10, 8)
	for _, name := range rated {
		report := backtest(t, shuffled(history, 1), forecast.BacktestOptions{
			Model: name, TestFrom: date("2005-07-01"), TestTo: date("2007-06-30"), Features: "results",
		})
		e := report.Evaluation
		if e.Matches != 2*90 || len(report.Rows) != e.Matches {
			t.Errorf("%s: %d matches, %d rows, want 180", name, e.Matches, len(report.Rows))
		}
		if report.Skill <= 0 || report.Advantage.Mean >= 0 {
			t.Errorf("%s: skill %v, %v from base rates, want better", name, report.Skill, report.Advantage)
		}
		if report.Model.Matches() != 4*90 {
			t.Errorf("%s: trained on %d matches, want 360", name, report.Model.Matches())
		}
	}
}

// Rows are what the model itself forecasts on each day.
func TestBacktestRows(t *testing.T) {
	t.Parallel()

	history := made(42, "north", 6, 3)
	report := backtest(t, history, forecast.BacktestOptions{Model: "dixon-coles", TestFrom: date("2003-07-01")})
	var want []forecast.Parameters
	err := forecast.Walk(context.Background(), report.Model.Start(), history, date("2003-07-01"), time.Time{},
		func(_ forecast.Result, f forecast.Forecast) error {
			want = append(want, f.Parameters())
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	var got []forecast.Parameters
	for _, row := range report.Rows {
		got = append(got, row.Forecast.Parameters())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ from a walk:\n%s", diff)
	}
}

func TestBacktestTrainFrom(t *testing.T) {
	t.Parallel()

	history := made(43, "north", 6, 4)
	options := forecast.BacktestOptions{TestFrom: date("2004-07-01"), TrainFrom: date("2003-07-01")}
	report := backtest(t, history, options)
	if from, _ := report.Model.Range(); report.Model.Matches() != 30 || from.Before(options.TrainFrom) {
		t.Errorf("trained on %d matches from %s", report.Model.Matches(), from)
	}
}

func TestBacktestRefuses(t *testing.T) {
	t.Parallel()

	from := date("2004-07-01")
	tests := map[string]struct {
		options forecast.BacktestOptions
		want    error
	}{
		"shots":        {forecast.BacktestOptions{TestFrom: from, Features: "shots"}, forecast.ErrFeatures},
		"odds":         {forecast.BacktestOptions{TestFrom: from, Features: "odds"}, forecast.ErrFeatures},
		"no such name": {forecast.BacktestOptions{TestFrom: from, Model: "oracle"}, forecast.ErrMethod},
		"no test day":  {forecast.BacktestOptions{}, forecast.ErrTestFrom},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if _, err := forecast.Backtest(context.Background(), nil, tt.options); !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
		})
	}
	if report := backtest(t, nil, forecast.BacktestOptions{TestFrom: from}); report.Evaluation.Matches != 0 {
		t.Errorf("a backtest of nothing scored %d matches", report.Evaluation.Matches)
	}
}
