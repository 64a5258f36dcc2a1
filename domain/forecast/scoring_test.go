package forecast_test

import (
	"math"
	"testing"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

func TestScoringRules(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		home, draw, away    float64
		happened            football.Outcome
		rps, logLoss, brier float64
	}{
		"certain and right": {home: 1, happened: football.HomeWin},
		"certain and wrong": {home: 1, happened: football.AwayWin, rps: 1, logLoss: 15 * math.Ln10, brier: 2},
		"one off":           {home: 1, happened: football.Draw, rps: 0.5, logLoss: 15 * math.Ln10, brier: 2},
		"home":              {home: 0.5, draw: 0.3, away: 0.2, happened: football.HomeWin, rps: 0.145, logLoss: math.Ln2, brier: 0.38},
		"draw":              {home: 0.5, draw: 0.3, away: 0.2, happened: football.Draw, rps: 0.145, logLoss: -math.Log(0.3), brier: 0.78},
		"away":              {home: 0.5, draw: 0.3, away: 0.2, happened: football.AwayWin, rps: 0.445, logLoss: -math.Log(0.2), brier: 0.98},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			near(t, "RPS", forecast.RPS(tt.home, tt.draw, tt.away, tt.happened), tt.rps, 1e-12)
			near(t, "log loss", forecast.LogLoss(tt.home, tt.draw, tt.away, tt.happened), tt.logLoss, 1e-12)
			near(t, "Brier", forecast.Brier(tt.home, tt.draw, tt.away, tt.happened), tt.brier, 1e-12)
		})
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		a, b []float64
		want forecast.Paired
	}{
		"none":    {},
		"one":     {a: []float64{3}, b: []float64{1}, want: forecast.Paired{Mean: 2}},
		"three":   {a: []float64{1, 2, 3}, b: []float64{1, 1, 1}, want: forecast.Paired{Mean: 1, StdErr: 1 / math.Sqrt(3)}},
		"unequal": {a: []float64{1, 2, 3, 99}, b: []float64{1, 1, 1}, want: forecast.Paired{Mean: 1, StdErr: 1 / math.Sqrt(3)}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := forecast.Compare(tt.a, tt.b)
			near(t, "mean", got.Mean, tt.want.Mean, 1e-12)
			near(t, "standard error", got.StdErr, tt.want.StdErr, 1e-12)
		})
	}
}

func TestEvaluator(t *testing.T) {
	t.Parallel()

	e := forecast.NewEvaluator(0.65)
	strong := mustNew(t, forecast.Parameters{LambdaHome: 2, LambdaAway: 1, Home: 0.7, Draw: 0.2, Away: 0.1})
	weak := mustNew(t, forecast.Parameters{LambdaHome: 1, LambdaAway: 1, Home: 0.5, Draw: 0.3, Away: 0.2})
	e.Add(strong, football.HomeWin)
	e.Add(strong, football.AwayWin)
	e.Add(weak, football.Draw)
	got := e.Evaluation()

	if got.Matches != 3 || got.Picks != 2 {
		t.Errorf("matches %d, picks %d, want 3 and 2", got.Matches, got.Picks)
	}
	rps := []float64{(0.09 + 0.01) / 2, (0.49 + 0.81) / 2, (0.25 + 0.04) / 2}
	near(t, "RPS", got.RPS.Mean, (rps[0]+rps[1]+rps[2])/3, 1e-12)
	near(t, "standard error of RPS", got.RPS.StdErr, spread(rps)/math.Sqrt(3), 1e-12)
	near(t, "log loss", got.LogLoss.Mean, -(math.Log(0.7)+math.Log(0.1)+math.Log(0.3))/3, 1e-12)
	near(t, "accuracy", got.Accuracy.Mean, 1.0/3, 1e-12)
	near(t, "pick accuracy", got.PickAccuracy.Mean, 0.5, 1e-12)
	// 0.7 twice with one right, 0.2 thrice with none, 0.1 twice with one,
	// 0.5 once with none, 0.3 once with one.
	near(t, "ECE", got.ECE, (2*0.2+3*0.2+2*0.4+0.5+0.7)/9, 1e-12)
	near(t, "skill", got.Skill(forecast.Evaluation{RPS: forecast.Score{Mean: 2 * got.RPS.Mean}}), 0.5, 1e-12)
}

func spread(values []float64) float64 {
	mean, squares := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / float64(len(values)-1))
}

func TestEmptyEvaluation(t *testing.T) {
	t.Parallel()

	got := forecast.NewEvaluator(0.5).Evaluation()
	if got.Matches != 0 || got.RPS.Mean != 0 || got.ECE != 0 || got.Skill(got) != 0 {
		t.Errorf("evaluation of nothing = %+v", got)
	}
}
