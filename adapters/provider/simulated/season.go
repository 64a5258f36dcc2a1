package simulated

import (
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
)

// fixture is a match before it is played; clubs are indices.
type fixture struct {
	round      int // from one
	home, away int
	kickOff    time.Time
}

// fixtures is the season's calendar, in the order of kick-off within rounds:
// every club meets every other at home and away, at most one round a week.
func (l *league) fixtures(seed uint64, season football.Season) ([]fixture, error) {
	zone, err := time.LoadLocation(l.competition.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("calendar of %s: %w", l.competition.Code, err)
	}
	clubs := l.members(seed, season)
	source := random(seed, string(l.competition.Code), "calendar", season.String())
	source.Shuffle(len(clubs), func(i, j int) { clubs[i], clubs[j] = clubs[j], clubs[i] })
	first := l.firstFriday(season)
	var all []fixture
	rounds := roundRobin(len(clubs))
	for r := range 2 * len(rounds) {
		for i, pair := range rounds[r%len(rounds)] {
			home, away := clubs[pair[0]], clubs[pair[1]]
			if r >= len(rounds) {
				home, away = away, home
			}
			at := l.slots[i%len(l.slots)]
			day := first.AddDate(0, 0, 7*week(r, 2*len(rounds))+at.day)
			all = append(all, fixture{
				round: r + 1, home: home, away: away,
				kickOff: time.Date(day.Year(), day.Month(), day.Day(), at.hour, at.minute, 0, 0, zone).UTC(),
			})
		}
	}
	return all, nil
}

// roundRobin pairs n teams, n even, by the circle method: one stays, the
// others turn. In n−1 rounds each meets each; sides alternate.
func roundRobin(n int) [][][2]int {
	rounds := make([][][2]int, n-1)
	for r := range rounds {
		for i := range n / 2 {
			a, b := (r+i)%(n-1), (r+n-1-i)%(n-1)
			if i == 0 {
				b = n - 1
			}
			if (i == 0 && r%2 == 1) || i%2 == 1 {
				a, b = b, a
			}
			rounds[r] = append(rounds[r], [2]int{a, b})
		}
	}
	return rounds
}

// weeks is how long a season lasts, from August into May.
const weeks = 42

// week is the one that a round, counted from zero, is played in. There are
// fewer rounds than weeks, so some are free.
func week(round, rounds int) int { return round * (weeks - 1) / (rounds - 1) }

// end is a moment after the season's last match.
func (l *league) end(season football.Season) time.Time {
	return l.firstFriday(season).AddDate(0, 0, 7*weeks)
}
