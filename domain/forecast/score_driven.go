package forecast

import (
	"math"

	"github.com/football-prediction/football-prediction/domain/football"
)

// scoreDriven follows goals with a score-driven model: Creal, Koopman & Lucas
// (2013), "Generalized autoregressive score models with applications", applied
// to football by Koopman & Lit (2019). With μ the level of a league, h its home
// advantage, q a team's quality and s its style (how open its matches are),
//
//	log λ_home = μ + h + (q_home − q_away) + (s_home + s_away)
//	log λ_away = μ − h − (q_home − q_away) + (s_home + s_away)
//
// and every state moves along the gradient of the match's log-likelihood,
// divided by its information. A quality is the sum of a slow part, carried
// through the summer, and a fast part that fades within weeks.
type scoreDriven struct {
	settings    scoreDrivenSettings
	calibration calibration
	leagues     map[football.CompetitionCode]*scoreDrivenLeague
}

func (s *scoreDriven) Observe(results []Result) {
	for _, r := range chronological(results) {
		league := s.leagues[r.Competition]
		if league == nil {
			league = s.settings.newLeague()
			s.leagues[r.Competition] = league
		}
		league.observe(r, &s.settings)
	}
}

func (s *scoreDriven) Forecast(fixture Fixture) Forecast {
	league := s.leagues[fixture.Competition]
	if league == nil {
		league = s.settings.newLeague()
	}
	logHome, logAway := league.rates(fixture, &s.settings)
	return assemble(logHome, logAway, s.settings.rho, s.calibration, fixture.Neutral)
}

func (s *scoreDriven) Ratings(competition football.CompetitionCode) []Rating {
	league := s.leagues[competition]
	if league == nil {
		return nil
	}
	var ratings []Rating
	for id, t := range league.teams {
		if t.season != league.season {
			continue
		}
		now := *t
		now.fade(league.day, &s.settings)
		ratings = append(ratings, now.rating(id))
	}
	return centred(ratings)
}

// observe moves the league and both teams by what r's goals say.
func (l *scoreDrivenLeague) observe(r Result, s *scoreDrivenSettings) {
	fixture := r.Fixture()
	l.enter(seasonAt(r.Season, r.Date), day(r.Date))
	home, away := l.meet(r.Home, s), l.meet(r.Away, s)
	if home == away {
		return // A team cannot play itself; such a row says nothing.
	}
	logHome, logAway := l.between(home, away, fixture.Neutral)
	lambdaHome, lambdaAway := rate(logHome), rate(logAway)
	goalsHome, goalsAway := r.goals()
	information := lambdaHome + lambdaAway
	// The gradients for quality and style, scaled by their information.
	margin := bounded((goalsHome-lambdaHome-goalsAway+lambdaAway)/information, s.mostSurprise)
	total := bounded((goalsHome-lambdaHome+goalsAway-lambdaAway)/information, s.mostSurprise)

	home.learn(margin, total, s)
	away.learn(-margin, total, s)
	l.level += s.levelGain * total
	if !fixture.Neutral {
		l.home += s.homeGain * margin
	}
}

// bounded holds x to ±limit, so that one freak score does not undo a season.
func bounded(x, limit float64) float64 { return math.Max(-limit, math.Min(limit, x)) }
