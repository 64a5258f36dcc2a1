package footballdatacouk

import "github.com/football-prediction/football-prediction/domain/football"

// statColumns are the two columns of a count and where it belongs.
type statColumns struct {
	home, away int
	of         func(*football.Stats) **football.Count
}

// statNames are the site's abbreviations, in lower case.
var statNames = []struct {
	home, away string
	of         func(*football.Stats) **football.Count
}{
	{"hs", "as", func(s *football.Stats) **football.Count { return &s.Shots }},
	{"hst", "ast", func(s *football.Stats) **football.Count { return &s.ShotsOnTarget }},
	{"hc", "ac", func(s *football.Stats) **football.Count { return &s.Corners }},
	{"hy", "ay", func(s *football.Stats) **football.Count { return &s.YellowCards }},
	{"hr", "ar", func(s *football.Stats) **football.Count { return &s.RedCards }},
}

func findStats(index map[string]int) []statColumns {
	var found []statColumns
	for _, s := range statNames {
		home, hasHome := index[s.home]
		away, hasAway := index[s.away]
		if hasHome && hasAway {
			found = append(found, statColumns{home: home, away: away, of: s.of})
		}
	}
	return found
}
