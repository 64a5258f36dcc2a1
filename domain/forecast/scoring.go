package forecast

import (
	"math"

	"github.com/football-prediction/football-prediction/domain/football"
)

// RPS is the ranked probability score of chances of home win, draw and away
// win when happened came true: the squared distance of the cumulative
// distributions, divided by two, so from 0 (certain and right) to 1. Lower is
// better. Constantinou & Fenton (2012), "Solving the problem of inadequate
// scoring rules for assessing probabilistic football forecast models".
func RPS(home, draw, _ float64, happened football.Outcome) float64 {
	first, second := home, home+draw
	switch happened {
	case football.HomeWin:
		first, second = first-1, second-1
	case football.Draw:
		second--
	case football.AwayWin:
	}
	return (first*first + second*second) / 2
}

// leastLogged bounds the loss of an outcome that was held impossible: at
// 1e-15 it is 34.5 nats, very bad but finite.
const leastLogged = 1e-15

// LogLoss is minus the natural logarithm of the chance given to what happened,
// in nats (Good 1952, "Rational decisions").
func LogLoss(home, draw, away float64, happened football.Outcome) float64 {
	return -math.Log(max([3]float64{home, draw, away}[happened], leastLogged))
}

// Brier is the squared error summed over the three outcomes, from 0 to 2
// (Brier 1950, "Verification of forecasts expressed in terms of probability").
func Brier(home, draw, away float64, happened football.Outcome) float64 {
	score := 0.0
	for o, p := range [3]float64{home, draw, away} {
		if football.Outcome(o) == happened {
			p--
		}
		score += p * p
	}
	return score
}

// Paired is the difference of two forecasters on the same matches.
type Paired struct {
	Mean   float64 // of a−b: negative when a scored lower
	StdErr float64 // standard error of Mean; 0 for fewer than two matches
}

// Compare pairs the scores of two forecasters, match by match, which removes
// what makes some matches harder than others for both. Scores without a
// partner at the end of the longer slice are left out.
func Compare(a, b []float64) Paired {
	var difference mean
	for i := range min(len(a), len(b)) {
		difference.add(a[i] - b[i])
	}
	return Paired{Mean: difference.value(), StdErr: difference.stdErr()}
}

// mean is a running mean with its spread (Welford 1962).
type mean struct{ n, average, squares float64 }

func (m *mean) add(x float64) {
	m.n++
	from := x - m.average
	m.average += from / m.n
	m.squares += from * (x - m.average)
}

func (m *mean) value() float64 { return m.average }

func (m *mean) stdErr() float64 {
	if m.n < 2 {
		return 0
	}
	return math.Sqrt(m.squares / (m.n - 1) / m.n)
}
