package footballdatacouk

import "strings"

// columns says where a file has what; -1 is nowhere.
type columns struct {
	names              []string
	date, time         int
	home, away         int
	homeGoals          int
	awayGoals          int
	homeHalf, awayHalf int
	stats              []statColumns
	odds               []oddsColumns
}

// aliases are the names of a column, in lower case.
var (
	dateNames      = []string{"date", "matchdate", "match_date"}
	timeNames      = []string{"time"}
	homeNames      = []string{"hometeam", "home", "ht", "home_team"}
	awayNames      = []string{"awayteam", "away", "at", "away_team"}
	homeGoalsNames = []string{"fthg", "hg", "homegoals", "home_goals"}
	awayGoalsNames = []string{"ftag", "ag", "awaygoals", "away_goals"}
	homeHalfNames  = []string{"hthg"}
	awayHalfNames  = []string{"htag"}
)

// readHeader finds the columns in a header. missing names the first that a
// file can't do without and this one hasn't; it is empty when all are there.
func readHeader(header []field) (_ columns, missing string) {
	index := make(map[string]int, len(header))
	var c columns
	for i, f := range header {
		c.names = append(c.names, strings.Clone(f.text))
		name := strings.ToLower(f.text)
		if _, again := index[name]; !again {
			index[name] = i
		}
	}
	find := func(names []string) int {
		for _, name := range names {
			if i, ok := index[name]; ok {
				return i
			}
		}
		return -1
	}
	c.date, c.time = find(dateNames), find(timeNames)
	c.home, c.away = find(homeNames), find(awayNames)
	c.homeGoals, c.awayGoals = find(homeGoalsNames), find(awayGoalsNames)
	c.homeHalf, c.awayHalf = find(homeHalfNames), find(awayHalfNames)
	c.stats, c.odds = findStats(index), findOdds(index)
	switch {
	case c.date < 0:
		missing = "Date"
	case c.home < 0:
		missing = "HomeTeam"
	case c.away < 0:
		missing = "AwayTeam"
	}
	return c, missing
}

// name is the header of column i.
func (c *columns) name(i int) string {
	if i >= 0 && i < len(c.names) {
		return c.names[i]
	}
	return ""
}
