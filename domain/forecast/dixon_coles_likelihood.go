package forecast

import "math"

// likelihood is the penalised log-likelihood of a Dixon-Coles model over n
// teams. Its parameters θ, 2+2n of them, are the level μ, the home advantage
// h, n attacks and n defences (higher is better):
//
//	log λ_home = μ + h + attack_home − defence_away
//	log λ_away = μ + attack_away − defence_home
//
// less ½ ridge (θ − centre)² for each, and the same for ρ around 0. The terms
// in the factorials of goals, which no parameter moves, are left out.
type likelihood struct {
	teams         int
	pairings      []pairing
	centre, ridge []float64
	rhoRidge      float64
}

// Where the parameters are: attacks begin at firstTeam, defences n later.
const (
	levelAt = iota
	homeAt
	firstTeam
)

func (l *likelihood) size() int { return firstTeam + 2*l.teams }

// design lists what log λ_home and log λ_away are made of: which parameters,
// and with which sign.
func (l *likelihood) design(p *pairing) (home, away [4]int, signs [4]float64) {
	home = [4]int{levelAt, firstTeam + p.home, firstTeam + l.teams + p.away, homeAt}
	away = [4]int{levelAt, firstTeam + p.away, firstTeam + l.teams + p.home, homeAt}
	signs = [4]float64{1, 1, -1, 1}
	if p.neutral {
		signs[3] = 0
	}
	return home, away, signs
}

func (l *likelihood) logRates(theta []float64, p *pairing) (x, y float64) {
	home, away, signs := l.design(p)
	for k := range 4 {
		x += signs[k] * theta[home[k]]
	}
	for k := range 3 {
		y += signs[k] * theta[away[k]]
	}
	return x, y
}

// point is a place on the likelihood: theta, and the logarithms and values of
// both rates of every pairing there, which all that follows is made of.
type point struct {
	*likelihood
	theta []float64
	rates []pairRates
}

type pairRates struct{ x, y, home, away float64 }

func (l *likelihood) at(theta []float64) point {
	p := point{likelihood: l, theta: theta, rates: make([]pairRates, len(l.pairings))}
	for i := range l.pairings {
		x, y := l.logRates(theta, &l.pairings[i])
		p.rates[i] = pairRates{x: x, y: y, home: math.Exp(x), away: math.Exp(y)}
	}
	return p
}

// value is the penalised log-likelihood, −Inf where a score that happened
// would have no probability.
func (p point) value(rho float64) float64 {
	total := -p.rhoRidge * rho * rho / 2
	for k, v := range p.theta {
		total -= p.ridge[k] * (v - p.centre[k]) * (v - p.centre[k]) / 2
	}
	for k := range p.pairings {
		q, r := &p.pairings[k], p.rates[k]
		total += q.homeGoals*r.x + q.awayGoals*r.y - q.weight*(r.home+r.away)
		for i := range 2 {
			for j := range 2 {
				if q.low[i][j] == 0 {
					continue
				}
				t := tau(i, j, r.home, r.away, rho)
				if ok := t > 0; !ok {
					return math.Inf(-1)
				}
				total += q.low[i][j] * math.Log(t)
			}
		}
	}
	return total
}

// derivatives fills gradient with that by theta, and hessian with minus the
// second derivatives (upper triangle, row by row).
func (p point) derivatives(rho float64, gradient, hessian []float64) {
	n := len(p.theta)
	clear(hessian)
	for k, v := range p.theta {
		gradient[k] = -p.ridge[k] * (v - p.centre[k])
		hessian[k*n+k] = p.ridge[k]
	}
	for k := range p.pairings {
		q, r := &p.pairings[k], p.rates[k]
		home, away, signs := p.design(q)
		c := q.curvature(r.home, r.away, rho)
		for a := range home {
			gradient[home[a]] += signs[a] * c.x
			for b := range home {
				addUpper(hessian, n, home[a], home[b], -signs[a]*signs[b]*c.xx)
			}
		}
		for a := range 3 { // The home advantage is no part of log λ_away.
			gradient[away[a]] += signs[a] * c.y
			for b := range 3 {
				addUpper(hessian, n, away[a], away[b], -signs[a]*signs[b]*c.yy)
			}
		}
		if c.xy == 0 {
			continue
		}
		for a := range home {
			for b := range 3 {
				addUpper(hessian, n, home[a], away[b], -signs[a]*signs[b]*c.xy)
				addUpper(hessian, n, away[b], home[a], -signs[a]*signs[b]*c.xy)
			}
		}
	}
}

// addUpper adds v to a cell of an n×n matrix unless it lies below the diagonal.
func addUpper(matrix []float64, n, i, j int, v float64) {
	if i <= j {
		matrix[i*n+j] += v
	}
}
