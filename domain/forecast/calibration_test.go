package forecast_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// drawn are trials whose outcomes follow what truth makes of the forecasts.
func drawn(n int, truth forecast.Calibration) forecast.Trials {
	random := rand.New(rand.NewPCG(7, 7))
	var trials forecast.Trials
	for range n {
		home, draw, away := forecast.Outcomes(0.5+2*random.Float64(), 0.5+2*random.Float64(), -0.05)
		h, d, _ := truth.Apply(home, draw, away)
		happened, u := football.AwayWin, random.Float64()
		if u < h {
			happened = football.HomeWin
		} else if u < h+d {
			happened = football.Draw
		}
		trials.Add(home, away, happened)
	}
	return trials
}

func TestCalibrateFindsDistortion(t *testing.T) {
	t.Parallel()

	truth := forecast.Calibration{Shift: 0.2, Stretch: 0.8, Width: 0.15}
	got := drawn(40_000, truth).Calibrate()
	near(t, "shift", got.Shift, truth.Shift, 0.03)
	near(t, "stretch", got.Stretch, truth.Stretch, 0.03)
	near(t, "width", got.Width, truth.Width, 0.03)
}

func TestCalibrateIsOptimal(t *testing.T) {
	t.Parallel()

	trials := drawn(2_000, forecast.Calibration{Shift: -0.3, Stretch: 1.3})
	best := trials.Calibrate()
	least := trials.Loss(best)
	const away = 1e-3
	for _, other := range []forecast.Calibration{
		{best.Shift + away, best.Stretch, best.Width},
		{best.Shift - away, best.Stretch, best.Width},
		{best.Shift, best.Stretch + away, best.Width},
		{best.Shift, best.Stretch - away, best.Width},
		{best.Shift, best.Stretch, best.Width + away},
		{best.Shift, best.Stretch, best.Width - away},
	} {
		if loss := trials.Loss(other); loss <= least {
			t.Errorf("%+v has loss %v, no more than %v of %+v", other, loss, least, best)
		}
	}
	loss, _, gain := trials.Survey(forecast.Calibration{Shift: best.Shift + 0.05, Stretch: best.Stretch, Width: best.Width})
	near(t, "loss after one step", loss-gain, least, 0.05*gain)
}

func TestCalibrationGradient(t *testing.T) {
	t.Parallel()

	at := forecast.Calibration{Shift: 0.1, Stretch: 0.9, Width: -0.2}
	for _, happened := range []football.Outcome{football.HomeWin, football.Draw, football.AwayWin} {
		var trials forecast.Trials
		trials.Add(0.45, 0.3, happened)
		got := trials.Scores(at)
		for i, want := range finiteDifferences(at, trials) {
			near(t, happened.String(), got[i], want, 1e-7)
		}
	}
}

// finiteDifferences are those of the log-likelihood of the only trial, without
// the ridge that [forecast.Trials.Loss] adds.
func finiteDifferences(at forecast.Calibration, trials forecast.Trials) [3]float64 {
	const h = 1e-5
	var none forecast.Trials
	value := func(c forecast.Calibration) float64 { return none.Loss(c) - trials.Loss(c) }
	slope := func(step forecast.Calibration) float64 {
		up := forecast.Calibration{Shift: at.Shift + step.Shift, Stretch: at.Stretch + step.Stretch, Width: at.Width + step.Width}
		down := forecast.Calibration{Shift: at.Shift - step.Shift, Stretch: at.Stretch - step.Stretch, Width: at.Width - step.Width}
		return (value(up) - value(down)) / (2 * h)
	}
	return [3]float64{
		slope(forecast.Calibration{Shift: h}), slope(forecast.Calibration{Stretch: h}), slope(forecast.Calibration{Width: h}),
	}
}

// A calibration may not invent impossible chances, however sure the forecast.
func TestCalibrationStaysDistribution(t *testing.T) {
	t.Parallel()

	for _, c := range []forecast.Calibration{{Stretch: 1}, {2, 5, 2}, {-2, 0.05, -2}} {
		for _, p := range [][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0.4, 0.3, 0.3}, {1e-12, 0, 1 - 1e-12}} {
			home, draw, away := c.Apply(p[0], p[1], p[2])
			if ok := home >= 0 && draw >= 0 && away >= 0 && math.Abs(home+draw+away-1) < 1e-12; !ok {
				t.Errorf("%+v makes %v into %v, %v, %v", c, p, home, draw, away)
			}
		}
	}
}
