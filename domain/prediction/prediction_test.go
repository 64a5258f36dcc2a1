package prediction_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/prediction"
)

func score(t *testing.T, home, away int) football.Score {
	t.Helper()
	s, err := football.NewScore(home, away)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pick(t *testing.T, outcome string, goals ...int) prediction.Pick {
	t.Helper()
	var home, away *int
	if len(goals) == 2 {
		home, away = &goals[0], &goals[1]
	}
	p, err := prediction.NewPick(outcome, home, away, 0.6)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPoints(t *testing.T) {
	for _, c := range []struct {
		pick       prediction.Pick
		home, away int
		want       int
	}{
		{pick(t, "", 2, 1), 2, 1, 10},
		{pick(t, "home", 2, 1), 3, 2, 5},
		{pick(t, "", 2, 1), 2, 0, 3},
		{pick(t, "", 2, 1), 1, 1, 0},
		{pick(t, "", 2, 1), 1, 2, 0},
		{pick(t, "", 1, 1), 0, 0, 5}, // a draw's difference is always right
		{pick(t, "", 0, 0), 0, 0, 10},
		{pick(t, "draw"), 0, 0, 3},
		{pick(t, "away"), 0, 3, 3},
		{pick(t, "away"), 3, 0, 0},
	} {
		if got := c.pick.Points(score(t, c.home, c.away)); got != c.want {
			t.Errorf("%+v on %d-%d earns %d, want %d", c.pick, c.home, c.away, got, c.want)
		}
	}
}

func TestBrierIsBestForWhoSaysWhatHeBelieves(t *testing.T) {
	win, loss := score(t, 1, 0), score(t, 0, 1)
	expected := func(said, believed float64) float64 {
		p := prediction.Pick{Outcome: football.HomeWin, Confidence: said}
		draw := p.Brier(score(t, 1, 1))
		return believed*p.Brier(win) + (1-believed)/2*(draw+p.Brier(loss))
	}
	for believed := 0.0; believed <= 1; believed += 0.1 {
		for said := 0.0; said <= 1; said += 0.05 {
			if expected(said, believed) < expected(believed, believed)-1e-12 {
				t.Errorf("who believes %.2f does better to say %.2f", believed, said)
			}
		}
	}
	if sure := (prediction.Pick{Outcome: football.HomeWin, Confidence: 1}); sure.Brier(win) != 0 || sure.Brier(loss) != 2 {
		t.Error("being sure scores neither 0 nor 2")
	}
}

func fieldOf(err error) string {
	var known *domain.Error
	if errors.As(err, &known) {
		return known.Field
	}
	return ""
}

func TestPicks(t *testing.T) {
	n := func(i int) *int { return &i }
	for name, c := range map[string]struct {
		outcome    string
		home, away *int
		confidence float64
		field      string
	}{
		"nothing":           {"", nil, nil, 0.5, "outcome"},
		"one goal":          {"home", n(1), nil, 0.5, "outcome"},
		"a contradiction":   {"away", n(2), n(1), 0.5, "outcome"},
		"another word":      {"HOME", nil, nil, 0.5, "outcome"},
		"too many goals":    {"", n(41), n(1), 0.5, "home_goals"},
		"negative goals":    {"", n(1), n(-1), 0.5, "home_goals"},
		"too sure":          {"home", nil, nil, 1.01, "confidence"},
		"not sure enough":   {"home", nil, nil, -0.01, "confidence"},
		"not even a number": {"home", nil, nil, math.NaN(), "confidence"},
	} {
		if _, err := prediction.NewPick(c.outcome, c.home, c.away, c.confidence); fieldOf(err) != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACorrectedResultSettlesAgain(t *testing.T) {
	p := prediction.Prediction{Pick: pick(t, "", 2, 1), Status: prediction.Pending}
	first := p.Settle(score(t, 0, 0), time.Unix(1, 0))
	again := first.Settle(score(t, 2, 1), time.Unix(2, 0))
	if first.Points != 0 || again.Points != 10 || again.Status != prediction.Settled || *again.Result != score(t, 2, 1) {
		t.Errorf("settled as %+v, then %+v", first, again)
	}
}

func TestStreaks(t *testing.T) {
	for _, c := range []struct {
		points           []int
		current, longest int
	}{{nil, 0, 0}, {[]int{3, 0, 5, 10, 3, 0, 3}, 1, 3}, {[]int{3, 3}, 2, 2}, {[]int{3, 0}, 0, 1}} {
		if current, longest := prediction.Streaks(c.points); current != c.current || longest != c.longest {
			t.Errorf("%v: %d and %d", c.points, current, longest)
		}
	}
}
