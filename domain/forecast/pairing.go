package forecast

// pairing sums up the matches of one team at another's ground: what the
// likelihood of Dixon & Coles (1997) needs of them. As each sum is linear in
// the weights, a decay multiplies it, however many matches it holds.
type pairing struct {
	home, away           int // teams, numbered from 0
	neutral              bool
	weight               float64
	homeGoals, awayGoals float64       // weighted
	low                  [2][2]float64 // weight of the scores 0-0, 0-1, 1-0 and 1-1
}

func (p *pairing) add(homeGoals, awayGoals, weight float64) {
	p.weight += weight
	p.homeGoals += weight * homeGoals
	p.awayGoals += weight * awayGoals
	if homeGoals < 2 && awayGoals < 2 {
		p.low[int(homeGoals)][int(awayGoals)] += weight
	}
}

func (p *pairing) decay(factor float64) {
	p.weight *= factor
	p.homeGoals *= factor
	p.awayGoals *= factor
	for i := range p.low {
		for j := range p.low[i] {
			p.low[i][j] *= factor
		}
	}
}

// curvature is the first and second derivatives of one pairing's
// log-likelihood by x = log λ_home and y = log λ_away.
type curvature struct{ x, y, xx, xy, yy float64 }

func (p *pairing) curvature(home, away, rho float64) curvature {
	c := curvature{
		x: p.homeGoals - p.weight*home, y: p.awayGoals - p.weight*away,
		xx: -p.weight * home, yy: -p.weight * away,
	}
	if w := p.low[0][0]; w > 0 { // log(1 − ρ λ_home λ_away)
		t := tau(0, 0, home, away, rho)
		first, second := w*(1-1/t), w*(t-1)/(t*t)
		c.x, c.y = c.x+first, c.y+first
		c.xx, c.xy, c.yy = c.xx+second, c.xy+second, c.yy+second
	}
	if w := p.low[0][1]; w > 0 { // log(1 + ρ λ_home)
		t := tau(0, 1, home, away, rho)
		c.x, c.xx = c.x+w*(1-1/t), c.xx+w*(t-1)/(t*t)
	}
	if w := p.low[1][0]; w > 0 { // log(1 + ρ λ_away)
		t := tau(1, 0, home, away, rho)
		c.y, c.yy = c.y+w*(1-1/t), c.yy+w*(t-1)/(t*t)
	}
	return c
}
