package forecast

import "github.com/football-prediction/football-prediction/domain/football"

const (
	// baseRateDays is how long base rates remember: five years.
	baseRateDays = 5*365 + 1
	// baseRatePrior is how many matches the prior of a league counts for.
	baseRatePrior = 10
)

// tally counts matches with their outcomes and goals.
type tally struct {
	matches, homeGoals, awayGoals float64
	outcomes                      [3]float64
}

// typical is one match as European leagues play it on average.
var typical = tally{matches: 1, homeGoals: 1.5, awayGoals: 1.15, outcomes: [3]float64{0.46, 0.26, 0.28}}

func (t *tally) add(other tally, times float64) {
	t.matches += times * other.matches
	t.homeGoals += times * other.homeGoals
	t.awayGoals += times * other.awayGoals
	for o := range t.outcomes {
		t.outcomes[o] += times * other.outcomes[o]
	}
}

// baseRates forecasts every match of a league alike, from the last five years
// of it: the yardstick that any forecaster must beat.
type baseRates struct {
	leagues map[football.CompetitionCode]*baseRateLeague
}

// baseRateLeague keeps a tally a day and their sum over the window. The tallies
// are whole numbers, so taking an old day away leaves no rounding behind.
type baseRateLeague struct {
	days  []int
	daily []tally
	sum   tally
}

// baseRateSettings is empty: there is nothing to tune.
type baseRateSettings struct{}

func (*baseRateSettings) dials() []dial { return nil }

func (*baseRateSettings) forecaster(calibration) Forecaster {
	return &baseRates{leagues: map[football.CompetitionCode]*baseRateLeague{}}
}

func (b *baseRates) Observe(results []Result) {
	for _, r := range chronological(results) {
		league := b.leagues[r.Competition]
		if league == nil {
			league = &baseRateLeague{}
			b.leagues[r.Competition] = league
		}
		league.observe(r)
	}
}

func (l *baseRateLeague) observe(r Result) {
	home, away := r.goals()
	played := tally{matches: 1, homeGoals: home, awayGoals: away}
	played.outcomes[r.Outcome()] = 1
	today := day(r.Date)
	if last := len(l.days) - 1; last >= 0 && l.days[last] >= today {
		l.daily[last].add(played, 1)
	} else {
		l.days, l.daily = append(l.days, today), append(l.daily, played)
	}
	l.sum.add(played, 1)
	for l.days[0] < today-baseRateDays {
		l.sum.add(l.daily[0], -1)
		l.days, l.daily = l.days[1:], l.daily[1:]
	}
}

func (b *baseRates) Forecast(fixture Fixture) Forecast {
	var t tally
	if league := b.leagues[fixture.Competition]; league != nil {
		t = league.sum
	}
	t.add(typical, baseRatePrior)
	if fixture.Neutral {
		t = t.neutral()
	}
	p := Parameters{
		LambdaHome: min(max(t.homeGoals/t.matches, MinRate), MaxRate),
		LambdaAway: min(max(t.awayGoals/t.matches, MinRate), MaxRate),
		Home:       t.outcomes[football.HomeWin] / t.matches,
		Away:       t.outcomes[football.AwayWin] / t.matches,
	}
	p.Draw = 1 - p.Home - p.Away
	return Forecast{p}
}

// neutral shares goals and wins evenly between the sides.
func (t tally) neutral() tally {
	goals := (t.homeGoals + t.awayGoals) / 2
	wins := (t.outcomes[football.HomeWin] + t.outcomes[football.AwayWin]) / 2
	return tally{
		matches: t.matches, homeGoals: goals, awayGoals: goals,
		outcomes: [3]float64{wins, t.outcomes[football.Draw], wins},
	}
}

// Ratings is empty: base rates know no teams.
func (b *baseRates) Ratings(football.CompetitionCode) []Rating { return nil }
