package forecast

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
)

// Forecaster follows results and forecasts fixtures. Every competition is a
// stream of its own: what happens in one changes no forecast in another.
//
// Forecast and Ratings only read, so they may run beside each other, but not
// beside Observe.
type Forecaster interface {
	// Observe takes the results of one day, in any order. Days come in order;
	// a result older than what was seen is taken in as if it were of that day.
	Observe(day []Result)
	// Forecast is for any fixture, also of teams and competitions never seen:
	// those get a prior. It knows what was observed, whatever the date.
	Forecast(fixture Fixture) Forecast
	// Ratings are the teams of the competition's latest season, best first;
	// empty for forecasters that rate no teams.
	Ratings(competition football.CompetitionCode) []Rating
}

// Rating is how good a forecaster believes a team to be. Attack and Defence
// are in natural logarithms of goals against a team of average strength: an
// attack of 0.1 scores 10 % more, a defence of 0.1 concedes 10 % less.
type Rating struct {
	Team            football.TeamID
	Attack, Defence float64
	Matches         int       // observed in this competition
	LastPlayed      time.Time // day in UTC
}

// Quality is the mean of attack and defence: by what factor, as a logarithm,
// the team lifts the ratio of goals for to goals against, halved.
func (r Rating) Quality() float64 { return (r.Attack + r.Defence) / 2 }

// The rates that forecasters use lie well inside what [New] takes.
const (
	leastLogRate    = -2.5 // 0.08 goals
	greatestLogRate = 2.2  // 9.0 goals
)

// assemble is the forecast from the logarithms of both rates. It cannot fail:
// what is out of bounds is held to them. The shift of c is about home sides,
// so neutral ground goes without it.
func assemble(logHome, logAway, rho float64, c calibration, neutral bool) Forecast {
	if neutral {
		c.shift = 0
	}
	home, away := rate(logHome), rate(logAway)
	low, high := rhoBounds(home, away)
	rho = min(max(rho, low), high)
	win, draw, loss := c.apply(outcomes(home, away, rho))
	return Forecast{Parameters{
		LambdaHome: home, LambdaAway: away, Rho: rho,
		Home: win, Draw: draw, Away: loss,
	}}
}

// rate is the goals expected at a logarithm that may be out of bounds.
func rate(log float64) float64 {
	return math.Exp(min(max(log, leastLogRate), greatestLogRate))
}

// centred sorts ratings, best first, and makes their mean attack and mean
// defence zero, as [Rating] promises.
func centred(ratings []Rating) []Rating {
	slices.SortFunc(ratings, func(a, b Rating) int { return cmp.Compare(a.Team, b.Team) })
	attack, defence := 0.0, 0.0
	for _, r := range ratings {
		attack += r.Attack / float64(len(ratings))
		defence += r.Defence / float64(len(ratings))
	}
	for i := range ratings {
		ratings[i].Attack -= attack
		ratings[i].Defence -= defence
	}
	slices.SortStableFunc(ratings, func(a, b Rating) int { return cmp.Compare(b.Quality(), a.Quality()) })
	return ratings
}
