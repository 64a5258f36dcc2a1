package forecast

import (
	"math"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
)

// Grid is the probability of every score of a match, with home goals down and
// away goals across. Its cells are never negative and sum to one.
type Grid struct {
	rows, columns int
	cells         []float64 // row by row
}

// Grid is the distribution over scores: independent Poisson goals with the low
// scores corrected by Dixon & Coles (1997), cut where less than 1e-12 is left,
// then the home-win, draw and away-win regions each scaled so that they hold
// exactly the forecast's outcome probabilities.
func (f Forecast) Grid() Grid {
	p := f.parameters
	home, away := poisson(p.LambdaHome), poisson(p.LambdaAway)
	g := Grid{rows: len(home), columns: len(away), cells: make([]float64, len(home)*len(away))}
	var held [3]float64
	for i, ph := range home {
		for j, pa := range away {
			cell := ph * pa
			if i < 2 && j < 2 {
				cell = max(cell*tau(i, j, p.LambdaHome, p.LambdaAway, p.Rho), 0)
			}
			g.cells[i*g.columns+j] = cell
			held[region(i, j)] += cell
		}
	}
	g.rescale(held, [3]float64{p.Home, p.Draw, p.Away})
	return g
}

// region is the outcome of the score i-j.
func region(i, j int) football.Outcome {
	switch {
	case i > j:
		return football.HomeWin
	case i < j:
		return football.AwayWin
	}
	return football.Draw
}

// rescale makes each outcome's region hold what is wanted of it.
func (g Grid) rescale(held, wanted [3]float64) {
	var factor [3]float64
	for o := range factor {
		if held[o] > 0 {
			factor[o] = wanted[o] / held[o]
		}
	}
	for i := range g.rows {
		for j := range g.columns {
			g.cells[i*g.columns+j] *= factor[region(i, j)]
		}
	}
}

// Size is the number of home and of away goals that the grid tells apart,
// from nought up.
func (g Grid) Size() (home, away int) { return g.rows, g.columns }

// At is the probability of the score home-away, zero outside the grid.
func (g Grid) At(home, away int) float64 {
	if home < 0 || away < 0 || home >= g.rows || away >= g.columns {
		return 0
	}
	return g.cells[home*g.columns+away]
}

// Sum adds up the probability of all scores that hold answers true for. Every
// market is such a sum.
func (g Grid) Sum(holds func(home, away int) bool) float64 {
	total := 0.0
	for i := range g.rows {
		for j := range g.columns {
			if holds(i, j) {
				total += g.cells[i*g.columns+j]
			}
		}
	}
	return total
}

// Mean is the expected number of goals of each side.
func (g Grid) Mean() (home, away float64) {
	for i := range g.rows {
		for j := range g.columns {
			home += float64(i) * g.cells[i*g.columns+j]
			away += float64(j) * g.cells[i*g.columns+j]
		}
	}
	return home, away
}

// Outcome is the probability of a home win, a draw and an away win.
func (g Grid) Outcome() (home, draw, away float64) {
	var held [3]float64
	for i := range g.rows {
		for j := range g.columns {
			held[region(i, j)] += g.cells[i*g.columns+j]
		}
	}
	return held[football.HomeWin], held[football.Draw], held[football.AwayWin]
}

// BothToScore is the probability that neither side stays without a goal.
func (g Grid) BothToScore() float64 {
	return g.Sum(func(home, away int) bool { return home > 0 && away > 0 })
}

// Total is a market on the number of goals of both sides together.
type Total struct {
	// Over, Push and Under are the probabilities of more goals than the line,
	// exactly as many (stakes are returned), and fewer.
	Over, Push, Under float64
}

// ErrLine is returned for a line that no market has.
var ErrLine = &domain.Error{Kind: domain.Invalid, Code: "forecast.line"}

// Total is the market at line, a whole or half number that is not negative;
// [ErrLine] for others. A half line has no push.
func (g Grid) Total(line float64) (Total, error) {
	if ok := line >= 0 && line <= 2*football.MaxGoals && line*2 == math.Trunc(line*2); !ok {
		return Total{}, domain.Errorf(domain.Invalid, ErrLine.Code,
			"line %v must be a whole or half number between 0 and %d", line, 2*football.MaxGoals)
	}
	return Total{
		Over:  g.Sum(func(home, away int) bool { return float64(home+away) > line }),
		Push:  g.Sum(func(home, away int) bool { return float64(home+away) == line }),
		Under: g.Sum(func(home, away int) bool { return float64(home+away) < line }),
	}, nil
}
