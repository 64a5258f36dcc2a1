package forecast_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// made is a league of teams with known strengths: team 0 is the best, the last
// the worst, each season the last two give way to two new ones.
func made(seed uint64, competition football.CompetitionCode, teams, seasons int) []forecast.Result {
	random := rand.New(rand.NewPCG(seed, 1))
	club := make([]string, teams)
	for i := range club {
		club[i] = fmt.Sprintf("%s-%02d", competition, i)
	}
	var results []forecast.Result
	for year := range seasons {
		start := time.Date(2001+year, time.August, 4, 0, 0, 0, 0, time.UTC)
		if year > 0 {
			club[teams-1], club[teams-2] = fmt.Sprintf("%s-new-%02d-a", competition, year), fmt.Sprintf("%s-new-%02d-b", competition, year)
		}
		for round := range 2 * (teams - 1) {
			for _, pair := range pairs(teams, round) {
				quality := func(i int) float64 { return 0.9 * (0.5 - float64(i)/float64(teams-1)) }
				margin := 0.14 + quality(pair[0]) - quality(pair[1])
				results = append(results, forecast.Result{
					Competition: competition, Season: football.SeasonOf(start),
					Date: start.AddDate(0, 0, 7*round),
					Home: football.TeamID(club[pair[0]]), Away: football.TeamID(club[pair[1]]),
					HomeGoals: goals(random, math.Exp(0.25+margin)), AwayGoals: goals(random, math.Exp(0.25-margin)),
				})
			}
		}
	}
	return results
}

// pairs are the home and away teams of a round (circle method); the second half
// of a season turns the grounds round.
func pairs(teams, round int) [][2]int {
	at := func(i int) int {
		if i == 0 {
			return 0
		}
		return 1 + (i-1+round)%(teams-1)
	}
	var out [][2]int
	for i := range teams / 2 {
		a, b := at(i), at(teams-1-i)
		if (round+i)%2 == 1 {
			a, b = b, a
		}
		out = append(out, [2]int{a, b})
	}
	return out
}

// goals draws from a Poisson distribution (Knuth 1969).
func goals(random *rand.Rand, rate float64) int {
	n, left := 0, random.Float64()
	for limit := math.Exp(-rate); left > limit; n++ {
		left *= random.Float64()
	}
	return n
}

func shuffled(results []forecast.Result, seed uint64) []forecast.Result {
	out := append([]forecast.Result(nil), results...)
	rand.New(rand.NewPCG(seed, 2)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
