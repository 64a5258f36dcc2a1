package forecast

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/football"
)

// What follows opens the numerical core to the tests beside it.

// Low is a weight for each of the scores 0-0, 0-1, 1-0 and 1-1.
type Low = [2][2]float64

// Likelihood is the Dixon-Coles likelihood over teams numbered from 0.
type Likelihood struct{ *likelihood }

// NewLikelihood has one ridge for every parameter and for rho.
func NewLikelihood(teams int, ridge float64) Likelihood {
	l := &likelihood{teams: teams, rhoRidge: ridge}
	l.centre, l.ridge = make([]float64, l.size()), make([]float64, l.size())
	for i := range l.ridge {
		l.ridge[i] = ridge
	}
	return Likelihood{l}
}

func (l Likelihood) Add(home, away int, neutral bool, homeGoals, awayGoals int, weight float64) {
	p := pairing{home: home, away: away, neutral: neutral}
	p.add(float64(homeGoals), float64(awayGoals), weight)
	l.pairings = append(l.pairings, p)
}

func (l Likelihood) Size() int { return l.size() }

func (l Likelihood) Value(theta []float64, rho float64) float64 { return l.at(theta).value(rho) }

func (l Likelihood) Derivatives(theta []float64, rho float64) (gradient, hessian []float64) {
	gradient, hessian = make([]float64, len(theta)), make([]float64, len(theta)*len(theta))
	l.at(theta).derivatives(rho, gradient, hessian)
	return gradient, hessian
}

func (l Likelihood) Maximum(theta []float64, rho, tolerance float64, steps int) ([]float64, float64) {
	return l.maximum(theta, rho, tolerance, steps)
}

// Calibration is a recalibration with its three numbers.
type Calibration struct{ Shift, Stretch, Width float64 }

func (c Calibration) inner() calibration { return calibration{c.Shift, c.Stretch, c.Width} }

func (c Calibration) Apply(home, draw, away float64) (h, d, a float64) {
	return c.inner().apply(home, draw, away)
}

// Trials collects forecasts to calibrate on.
type Trials []trial

func (t *Trials) Add(home, away float64, happened football.Outcome) {
	middle, gap := cuts(home, away)
	*t = append(*t, trial{middle: middle, gap: gap, happened: happened})
}

func (t Trials) Calibrate() Calibration {
	c := calibrate(t)
	return Calibration{c.shift, c.stretch, c.width}
}

func (t Trials) Loss(c Calibration) float64 { return c.inner().loss(t) }

func (t Trials) Survey(c Calibration) (loss float64, step [3]float64, gain float64) {
	return c.inner().survey(t)
}

// Scores are the derivatives of the log-likelihood of one trial.
func (t Trials) Scores(c Calibration) [3]float64 {
	scores, _ := c.inner().scores(t[0], c.inner().widening())
	return scores[t[0].happened]
}

// PickThreshold is learned from uncalibrated trials.
func (t Trials) PickThreshold() float64 { return pickThreshold(unchanged, t) }

// Outcomes are the chances at two rates.
func Outcomes(home, away, rho float64) (win, draw, loss float64) { return outcomes(home, away, rho) }

// RhoBounds are the least and greatest rho at two rates.
func RhoBounds(home, away float64) (low, high float64) { return rhoBounds(home, away) }

// Search turns dials with starting steps, within bounds.
func Search(loss func([]float64) float64, start, low, high, steps []float64, rounds int) []float64 {
	s := search{loss: loss, rounds: rounds}
	for i := range start {
		s.dials = append(s.dials, dial{low: low[i], high: high[i], step: steps[i]})
	}
	return s.run(background, start)
}

var background = context.Background()
