package forecast

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// maximum climbs from theta and rho to the greatest value: Newton's steps
// with a Cholesky factor for theta, ρ by itself in between. It stops when a
// step gains no more than tolerance, or after steps of them.
func (l *likelihood) maximum(theta []float64, rho, tolerance float64, steps int) ([]float64, float64) {
	here := l.at(theta)
	value := here.value(rho)
	if math.IsInf(value, -1) { // The start does not fit these scores.
		rho, value = 0, here.value(0)
	}
	gradient, hessian := make([]float64, len(theta)), make([]float64, len(theta)*len(theta))
	for range steps {
		here.derivatives(rho, gradient, hessian)
		here = here.climb(rho, value, ascent(gradient, hessian))
		rho = here.bestRho(rho)
		reached := here.value(rho)
		gained := reached - value
		value = reached
		if gained <= tolerance {
			break
		}
	}
	return here.theta, rho
}

// ascent solves for Newton's step, with a larger diagonal where the curvature
// is not that of a maximum; no step where even that does not help.
func ascent(gradient, hessian []float64) []float64 {
	n := len(gradient)
	step := mat.NewVecDense(n, nil)
	for damping := 0.0; damping < 1e6; damping = 10*damping + 1e-3 {
		curved := mat.NewSymDense(n, hessian)
		for k := range n {
			curved.SetSym(k, k, curved.At(k, k)+damping)
		}
		var factor mat.Cholesky
		if factor.Factorize(curved) && factor.SolveVecTo(step, mat.NewVecDense(n, gradient)) == nil {
			return step.RawVector().Data
		}
	}
	return make([]float64, n)
}

// climb goes the step, or the greatest of its halves that gains; where none
// does, it stays.
func (p point) climb(rho, value float64, step []float64) point {
	for share := 1.0; share > 1e-6; share /= 2 {
		theta := make([]float64, len(p.theta))
		for k := range theta {
			theta[k] = p.theta[k] + share*step[k]
		}
		if next := p.at(theta); next.value(rho) >= value {
			return next
		}
	}
	return p
}

// lowScore is a term weight·log(1 + ρ·slope) of the log-likelihood.
type lowScore struct{ weight, slope float64 }

func (p point) lowScores() []lowScore {
	terms := make([]lowScore, 0, 4*len(p.pairings))
	for k := range p.pairings {
		r := p.rates[k]
		for i := range 2 {
			for j := range 2 {
				if w := p.pairings[k].low[i][j]; w > 0 {
					terms = append(terms, lowScore{weight: w, slope: tau(i, j, r.home, r.away, 1) - 1})
				}
			}
		}
	}
	return terms
}

// bestRho maximises over ρ alone, in which the log-likelihood is concave:
// Newton's steps, held inside the bounds that the scores leave.
func (p point) bestRho(rho float64) float64 {
	terms := p.lowScores()
	low, high := -1.0, 1.0
	for _, t := range terms {
		if t.slope > 0 {
			low = max(low, -1/t.slope)
		} else if t.slope < 0 {
			high = min(high, -1/t.slope)
		}
	}
	for range 50 {
		first, second := -p.rhoRidge*rho, -p.rhoRidge
		for _, t := range terms {
			d := t.slope / (1 + rho*t.slope)
			first, second = first+t.weight*d, second-t.weight*d*d
		}
		if second == 0 {
			return rho
		}
		next := rho - first/second
		// A step across a bound goes half the way there.
		if next <= low {
			next = (rho + low) / 2
		} else if next >= high {
			next = (rho + high) / 2
		}
		if math.Abs(next-rho) < 1e-10 {
			return next
		}
		rho = next
	}
	return rho
}
