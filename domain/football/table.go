package football

import (
	"cmp"
	"slices"
)

// Standing is a team's line in a league table.
type Standing struct {
	Position                       int // teams level on everything share one
	Team                           TeamID
	Played, Won, Drawn, Lost       int
	GoalsFor, GoalsAgainst, Points int
}

// GoalDifference is goals scored less goals conceded.
func (s Standing) GoalDifference() int { return s.GoalsFor - s.GoalsAgainst }

// Table is the league table of finished matches, best first: by points (three
// for a win), goal difference and goals scored. Leagues break further ties by
// rules of their own, so teams level on all three share a position.
func Table(matches []Match) []Standing {
	lines := make(map[TeamID]*Standing)
	line := func(team TeamID) *Standing {
		if lines[team] == nil {
			lines[team] = &Standing{Team: team}
		}
		return lines[team]
	}
	for _, m := range matches {
		home, away := line(m.Home), line(m.Away)
		if m.Status != Finished || m.FullTime == nil {
			continue
		}
		home.count(m.FullTime.Home(), m.FullTime.Away())
		away.count(m.FullTime.Away(), m.FullTime.Home())
	}
	return ranked(lines)
}

func (s *Standing) count(scored, conceded int) {
	s.Played++
	s.GoalsFor += scored
	s.GoalsAgainst += conceded
	switch {
	case scored > conceded:
		s.Won++
		s.Points += 3
	case scored == conceded:
		s.Drawn++
		s.Points++
	default:
		s.Lost++
	}
}

func ranked(lines map[TeamID]*Standing) []Standing {
	table := make([]Standing, 0, len(lines))
	for _, s := range lines {
		table = append(table, *s)
	}
	slices.SortFunc(table, func(a, b Standing) int { return cmp.Or(a.compare(b), cmp.Compare(a.Team, b.Team)) })
	for i := range table {
		table[i].Position = i + 1
		if i > 0 && table[i].compare(table[i-1]) == 0 {
			table[i].Position = table[i-1].Position
		}
	}
	return table
}

func (s Standing) compare(other Standing) int {
	return cmp.Or(
		cmp.Compare(other.Points, s.Points),
		cmp.Compare(other.GoalDifference(), s.GoalDifference()),
		cmp.Compare(other.GoalsFor, s.GoalsFor),
	)
}
