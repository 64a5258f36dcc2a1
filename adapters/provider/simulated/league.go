// Package simulated plays made-up leagues whose teams' strengths are known:
// for trying the platform without a network, and for tests that ask whether a
// model finds the truth.
package simulated

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
)

// league is one made-up competition. More clubs exist than play in a season,
// so that there is promotion and relegation.
type league struct {
	competition football.Competition
	size        int
	clubs       []string
	slots       []slot
	homeEdge    float64 // in log goals
	goals       float64 // of an average side away, per match
}

// slot is a kick-off: days after the round's Friday, and the local time.
type slot struct{ day, hour, minute int }

var leagues = []league{
	{
		competition: football.Competition{Code: "simulated-premier", Name: "Simulated Premier", Country: "Simulated North", TimeZone: "Europe/London"},
		size:        20,
		clubs: []string{
			"Ashbourne Rovers", "Blackmere City", "Caldwell United", "Dunmoor Athletic", "Eastholm Town", "Fernleigh Wanderers",
			"Greywater Albion", "Harrowgate Vale", "Ironbridge County", "Kestrel Park", "Langdon Forest", "Marlow Harriers",
			"Northwick Orient", "Oakhurst Rangers", "Penrose Argyle", "Quarrybank", "Ravensworth", "Silverton Borough",
			"Thornbury Alexandra", "Underhill Stanley", "Westmarch", "Yarrowdale", "Wexcombe Thistle",
		},
		slots: []slot{
			{0, 20, 0}, {1, 12, 30}, {1, 15, 0}, {1, 15, 0}, {1, 15, 0}, {1, 15, 0}, {1, 17, 30}, {2, 14, 0}, {2, 16, 30}, {3, 20, 0},
		},
		homeEdge: 0.24, goals: 1.2,
	},
	{
		competition: football.Competition{Code: "simulated-liga", Name: "Simulated Liga", Country: "Simulated South", TimeZone: "Europe/Madrid"},
		size:        18,
		clubs: []string{
			"Alborán", "Belmonte", "Cerro Azul", "Dos Ríos", "Estrella del Mar", "Fuenteclara", "Guadalora", "Hondarria", "Isla Verde",
			"Jaramilla", "La Vega", "Miralcampo", "Navaluna", "Olivares Real", "Peñascal", "Quintanar", "Río Seco", "San Telmo",
			"Torremar", "Unión Valdoro", "Villasol",
		},
		slots: []slot{
			{0, 21, 0}, {1, 14, 0}, {1, 16, 15}, {1, 18, 30}, {1, 21, 0}, {2, 14, 0}, {2, 16, 15}, {2, 18, 30}, {2, 21, 0},
		},
		homeEdge: 0.3, goals: 1.05,
	},
}

// Strength is the truth about a team at a moment, in log goals: an average
// team has none of either.
type Strength struct{ Attack, Defence float64 }

// strength moves smoothly with time: a level of its own and two slow waves. A
// closed form needs no history, so any day can be asked for.
func (l *league) strength(seed uint64, club int, at time.Time) Strength {
	source := random(seed, string(l.competition.Code), "strength", l.clubs[club])
	level := 0.28 * source.NormFloat64()
	style := 0.1 * source.NormFloat64()
	years := at.Sub(epoch).Hours() / (24 * 365.25)
	wave := func() float64 {
		period := 2 + 6*source.Float64()
		return 0.1 * math.Sin(2*math.Pi*(years/period+source.Float64()))
	}
	return Strength{Attack: level + style + wave() + wave(), Defence: level - style + wave() + wave()}
}

var epoch = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// members are the clubs of a season, by index: all but the weakest when it
// begins.
func (l *league) members(seed uint64, season football.Season) []int {
	at := l.firstFriday(season)
	clubs := make([]int, len(l.clubs))
	rating := make([]float64, len(l.clubs))
	for i := range clubs {
		s := l.strength(seed, i, at)
		clubs[i], rating[i] = i, s.Attack+s.Defence
	}
	slices.SortStableFunc(clubs, func(a, b int) int { return cmp.Compare(rating[b], rating[a]) })
	clubs = clubs[:l.size]
	slices.Sort(clubs)
	return clubs
}

// firstFriday is when a season begins: the first Friday from 7 August on.
func (l *league) firstFriday(season football.Season) time.Time {
	day := time.Date(season.FirstYear(), time.August, 7, 0, 0, 0, 0, time.UTC)
	return day.AddDate(0, 0, int(time.Friday-day.Weekday()+7)%7)
}
