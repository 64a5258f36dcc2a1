package forecast

import "github.com/football-prediction/football-prediction/domain/football"

// dixonColesPrior is where a team is believed to be before it has played.
type dixonColesPrior struct{ attack, defence float64 }

// dixonColesTeam is what is known of one team in one league.
type dixonColesTeam struct {
	id              football.TeamID
	attack, defence float64
	prior           dixonColesPrior
	newcomer        bool // came into the league with season
	season          football.Season
	day, matches    int
}

// enter is the team as it begins a season.
func (t dixonColesTeam) enter(id football.TeamID, season football.Season, floor dixonColesPrior, s *dixonColesSettings) dixonColesTeam {
	gap := season.FirstYear() - t.season.FirstYear()
	t.newcomer = t.matches == 0 || gap > 1
	if t.newcomer {
		t.prior = dixonColesPrior{s.newcomerShare * floor.attack, s.newcomerShare * floor.defence}
	} else {
		t.prior = dixonColesPrior{s.keepPrior * t.prior.attack, s.keepPrior * t.prior.defence}
	}
	if t.matches == 0 {
		t.attack, t.defence = t.prior.attack, t.prior.defence
	}
	t.id, t.season = id, season
	return t
}
