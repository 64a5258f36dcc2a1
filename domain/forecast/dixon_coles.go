package forecast

import (
	"math"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
)

// dixonColes is the model of Dixon & Coles (1997), "Modelling association
// football scores and inefficiencies in the football betting market": attacks
// and defences fitted by weighted maximum likelihood, older matches counting
// less, with a ridge prior that keeps teams of few matches sensible. It is
// refitted after every round, which is when as many matches have been played
// as it takes for every team to play once.
type dixonColes struct {
	settings    dixonColesSettings
	calibration calibration
	leagues     map[football.CompetitionCode]*dixonColesLeague
}

// dixonColesSettings are the hyper-parameters of a Dixon-Coles model.
type dixonColesSettings struct {
	halfLife float64 // days until a match counts half
	// Ridges are in units of information: one match gives about 1.4.
	ridge, newcomerRidge float64
	// A newcomer's prior is newcomerShare of the mean of the last season's
	// three weakest teams; later seasons keep keepPrior of it.
	newcomerShare, keepPrior float64
}

// dixonColesDefaults are what too little history leaves in place, and where
// tuning starts; see [scoreDrivenDefaults].
var dixonColesDefaults = dixonColesSettings{
	halfLife: 330, ridge: 12, newcomerRidge: 35, newcomerShare: 0.75, keepPrior: 0.7,
}

func (s *dixonColesSettings) dials() []dial {
	return []dial{
		{"half_life_days", &s.halfLife, 30, 3000, 60},
		{"ridge", &s.ridge, 0.1, 200, 3},
		{"newcomer_ridge", &s.newcomerRidge, 0.1, 200, 8},
		{"newcomer_share", &s.newcomerShare, 0, 1.5, 0.15},
		{"keep_prior", &s.keepPrior, 0, 1, 0.25},
	}
}

func (s *dixonColesSettings) forecaster(c calibration) Forecaster {
	return &dixonColes{settings: *s, calibration: c, leagues: map[football.CompetitionCode]*dixonColesLeague{}}
}

func (d *dixonColes) Observe(results []Result) {
	touched := map[*dixonColesLeague]bool{}
	for _, r := range chronological(results) {
		league := d.leagues[r.Competition]
		if league == nil {
			league = newDixonColesLeague()
			d.leagues[r.Competition] = league
		}
		league.observe(r, &d.settings)
		touched[league] = true
	}
	for league := range touched {
		if league.fresh >= max(league.current()/2, 1) {
			league.refit(&d.settings)
		}
	}
}

func (d *dixonColes) Forecast(fixture Fixture) Forecast {
	league := d.leagues[fixture.Competition]
	if league == nil {
		league = newDixonColesLeague()
	}
	home, away := league.view(fixture.Home, fixture, &d.settings), league.view(fixture.Away, fixture, &d.settings)
	x, y := league.level+home.attack-away.defence, league.level+away.attack-home.defence
	if !fixture.Neutral {
		x += league.home
	}
	return assemble(x, y, league.rho, d.calibration, fixture.Neutral)
}

func (d *dixonColes) Ratings(competition football.CompetitionCode) []Rating {
	league := d.leagues[competition]
	if league == nil {
		return nil
	}
	var ratings []Rating
	for _, t := range league.teams {
		if t.season == league.season {
			ratings = append(ratings, Rating{
				Team: t.id, Attack: t.attack, Defence: t.defence, Matches: t.matches,
				LastPlayed: time.Unix(int64(t.day)*24*60*60, 0).UTC(),
			})
		}
	}
	return centred(ratings)
}

// decayed is what a weight of one is worth after days.
func (s *dixonColesSettings) decayed(days int) float64 {
	return math.Exp2(-float64(max(days, 0)) / s.halfLife)
}
