package forecast

import "math"

// negligible is the probability that a grid may leave out on one side.
const negligible = 1e-12

// outcomes are the chances of home win, draw and away win under the model of
// Dixon & Coles (1997) with rates home and away and dependence rho. Sums run
// until what is left of both Poisson distributions is negligible, and are
// normalised, so they add up to one.
func outcomes(home, away, rho float64) (win, draw, loss float64) {
	both := math.Exp(-home - away)
	ph, pa := math.Exp(-home), math.Exp(-away)
	below := 0.0 // chance that the away side scores fewer than n
	under := 0.0 // chance that the home side scores fewer than n
	for n := 1.0; ; n++ {
		draw += ph * pa
		win += ph * below
		loss += pa * under
		below += pa
		under += ph
		if n > home && n > away && 1-below < negligible && 1-under < negligible {
			break
		}
		if n > 4*MaxRate+40 { // Rounding alone must not keep the loop going.
			break
		}
		ph *= home / n
		pa *= away / n
	}
	// The four corrected cells move this much mass from draws to wins.
	moved := rho * home * away * both
	win, draw, loss = max(win+moved, 0), max(draw-2*moved, 0), max(loss+moved, 0)
	total := win + draw + loss
	return win / total, draw / total, loss / total
}

// rhoBounds are the least and the greatest rho at which no cell of the score
// grid has a negative probability.
func rhoBounds(home, away float64) (low, high float64) {
	return max(-1/home, -1/away, -1), min(1/(home*away), 1)
}

// tau is the factor by which Dixon & Coles (1997) change the probability of
// the score i-j.
func tau(i, j int, home, away, rho float64) float64 {
	switch {
	case i == 0 && j == 0:
		return 1 - rho*home*away
	case i == 0 && j == 1:
		return 1 + rho*home
	case i == 1 && j == 0:
		return 1 + rho*away
	case i == 1 && j == 1:
		return 1 - rho
	}
	return 1
}

// poisson is the probability of 0, 1, 2, … events at rate, cut where the rest
// is negligible and normalised.
func poisson(rate float64) []float64 {
	p := math.Exp(-rate)
	mass := make([]float64, 0, 16)
	total := 0.0
	for n := 1; ; n++ {
		mass = append(mass, p)
		total += p
		done := float64(n) > rate && 1-total < negligible
		if (done && n >= 2) || n > 4*MaxRate+40 {
			break
		}
		p *= rate / float64(n)
	}
	for i := range mass {
		mass[i] /= total
	}
	return mass
}
