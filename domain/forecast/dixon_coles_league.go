package forecast

import (
	"cmp"
	"slices"

	"github.com/football-prediction/football-prediction/domain/football"
)

// dixonColesLeague is the state of one competition.
type dixonColesLeague struct {
	level, home, rho float64
	season           football.Season // the latest that was seen
	day              int             // that the sums are decayed to
	fresh            int             // matches since the last fit
	floor            dixonColesPrior // of the newcomers of the season
	teams            []dixonColesTeam
	numbers          map[football.TeamID]int
	pairings         []pairing
	places           map[meeting]int // of pairings
}

// meeting is what tells one pairing from another.
type meeting struct {
	home, away int
	neutral    bool
}

func newDixonColesLeague() *dixonColesLeague {
	return &dixonColesLeague{
		level: startLevel, home: startHome, rho: startRho,
		numbers: map[football.TeamID]int{}, places: map[meeting]int{},
	}
}

func (l *dixonColesLeague) observe(r Result, s *dixonColesSettings) {
	if r.Home == r.Away {
		return // A team cannot play itself; such a row says nothing.
	}
	l.enter(seasonAt(r.Season, r.Date), day(r.Date), s)
	home, away := l.meet(r.Home, s), l.meet(r.Away, s)
	key := meeting{home: home, away: away, neutral: r.Neutral}
	place, ok := l.places[key]
	if !ok {
		place = len(l.pairings)
		l.places[key] = place
		l.pairings = append(l.pairings, pairing{home: home, away: away, neutral: r.Neutral})
	}
	homeGoals, awayGoals := r.goals()
	l.pairings[place].add(homeGoals, awayGoals, 1)
	l.fresh++
}

// enter moves the league on to a match's season and day.
func (l *dixonColesLeague) enter(season football.Season, today int, s *dixonColesSettings) {
	if l.season == (football.Season{}) {
		l.season, l.day = season, today
	}
	if later(season, l.season) {
		l.floor = l.weakest()
		l.season = season
	}
	if today > l.day {
		factor := s.decayed(today - l.day)
		for i := range l.pairings {
			l.pairings[i].decay(factor)
		}
		l.day = today
	}
}

// meet is the number of the team, which plays in the league's season today.
func (l *dixonColesLeague) meet(id football.TeamID, s *dixonColesSettings) int {
	number, ok := l.numbers[id]
	if !ok {
		number = len(l.teams)
		l.numbers[id] = number
		l.teams = append(l.teams, dixonColesTeam{id: id})
	}
	t := &l.teams[number]
	if t.season != l.season {
		*t = t.enter(id, l.season, l.floor, s)
	}
	t.day = l.day
	t.matches++
	return number
}

// view is the team as fixture finds it; it changes nothing.
func (l *dixonColesLeague) view(id football.TeamID, fixture Fixture, s *dixonColesSettings) dixonColesTeam {
	if number, ok := l.numbers[id]; ok {
		return l.teams[number]
	}
	season, floor := seasonAt(fixture.Season, fixture.Date), l.floor
	if later(season, l.season) {
		floor = l.weakest()
	}
	return dixonColesTeam{}.enter(id, season, floor, s)
}

// current counts the teams of the latest season.
func (l *dixonColesLeague) current() int {
	n := 0
	for _, t := range l.teams {
		if t.season == l.season {
			n++
		}
	}
	return n
}

// weakest is the mean of the three weakest teams of the latest season, zero
// before there was one.
func (l *dixonColesLeague) weakest() dixonColesPrior {
	var teams []dixonColesTeam
	for _, t := range l.teams {
		if t.season == l.season {
			teams = append(teams, t)
		}
	}
	slices.SortStableFunc(teams, func(a, b dixonColesTeam) int {
		return cmp.Compare(a.attack+a.defence, b.attack+b.defence)
	})
	var prior dixonColesPrior
	weakest := min(3, (len(teams)+5)/6)
	for _, t := range teams[:weakest] {
		prior.attack += t.attack / float64(weakest)
		prior.defence += t.defence / float64(weakest)
	}
	return prior
}
