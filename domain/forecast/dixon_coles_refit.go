package forecast

import "slices"

// forgotten is the weight below which matches are dropped.
const forgotten = 0.03

// A league never seen plays like the average of European leagues; its own
// matches outweigh that after some rounds.
const (
	startLevel   = 0.12
	startHome    = 0.27
	startRho     = -0.05
	levelRidge   = 10
	rhoRidge     = 20
	fitTolerance = 1e-3
	fitSteps     = 12
)

// refit moves all strengths to the greatest likelihood of what was observed.
func (l *dixonColesLeague) refit(s *dixonColesSettings) {
	l.fresh = 0
	l.forget()
	problem, theta := l.problem(s)
	theta, l.rho = problem.maximum(theta, l.rho, fitTolerance, fitSteps)
	l.level, l.home = theta[levelAt], theta[homeAt]
	for i := range l.teams {
		l.teams[i].attack = theta[firstTeam+i]
		l.teams[i].defence = theta[firstTeam+len(l.teams)+i]
	}
}

// problem is the likelihood to maximise, and where to start.
func (l *dixonColesLeague) problem(s *dixonColesSettings) (*likelihood, []float64) {
	n := len(l.teams)
	p := &likelihood{
		teams: n, pairings: l.pairings, rhoRidge: rhoRidge,
		centre: make([]float64, firstTeam+2*n), ridge: make([]float64, firstTeam+2*n),
	}
	theta := make([]float64, p.size())
	theta[levelAt], theta[homeAt] = l.level, l.home
	p.centre[levelAt], p.centre[homeAt] = startLevel, startHome
	p.ridge[levelAt], p.ridge[homeAt] = levelRidge, levelRidge
	for i, t := range l.teams {
		attack, defence := firstTeam+i, firstTeam+n+i
		theta[attack], theta[defence] = t.attack, t.defence
		p.centre[attack], p.centre[defence] = t.prior.attack, t.prior.defence
		p.ridge[attack], p.ridge[defence] = s.ridge, s.ridge
		if t.newcomer {
			p.ridge[attack], p.ridge[defence] = s.newcomerRidge, s.newcomerRidge
		}
	}
	return p, theta
}

// forget drops pairings of negligible weight, and teams that are left with
// none and are not of the season, so that a fit costs the same for ever.
func (l *dixonColesLeague) forget() {
	kept := make([]bool, len(l.teams))
	l.pairings = slices.DeleteFunc(l.pairings, func(p pairing) bool { return p.weight < forgotten })
	for _, p := range l.pairings {
		kept[p.home], kept[p.away] = true, true
	}
	renumbered := make([]int, len(l.teams))
	var teams []dixonColesTeam
	clear(l.numbers)
	for i, t := range l.teams {
		if kept[i] || t.season == l.season {
			renumbered[i] = len(teams)
			l.numbers[t.id] = len(teams)
			teams = append(teams, t)
		}
	}
	l.teams = teams
	clear(l.places)
	for i := range l.pairings {
		p := &l.pairings[i]
		p.home, p.away = renumbered[p.home], renumbered[p.away]
		l.places[meeting{p.home, p.away, p.neutral}] = i
	}
}
