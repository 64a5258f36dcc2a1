package footballdatacouk

import "github.com/football-prediction/football-prediction/domain/football"

// bookmakers gives names to the prefixes of the site's odds columns
// (https://www.football-data.co.uk/notes.txt). Where two prefixes mean one
// bookmaker, a file's first in this order is taken. Prices before the match
// are in PREFIX + H, D, A; closing ones in PREFIX + CH, CD, CA.
var bookmakers = []struct{ prefix, name string }{
	{"b365", "bet365"},
	{"bs", "blue-square"},
	{"bw", "bwin"},
	{"bf", "betfair"},
	{"bfe", "betfair-exchange"},
	{"bfd", "betfred"},
	{"bmgm", "betmgm"},
	{"bv", "betvictor"},
	{"cl", "coral"},
	{"gb", "gamebookers"},
	{"iw", "interwetten"},
	{"lb", "ladbrokes"},
	{"ps", "pinnacle"},
	{"p", "pinnacle"},
	{"sb", "sportingbet"},
	{"sj", "stan-james"},
	{"so", "sporting-odds"},
	{"sy", "stanleybet"},
	{"vc", "vc-bet"},
	{"wh", "william-hill"},
	{"1xb", "1xbet"},
	{"avg", "market-average"},
	{"bbav", "market-average"},
	{"max", "market-maximum"},
	{"bbmx", "market-maximum"},
}

var stages = []struct {
	infix string
	stage football.Stage
}{{"", football.PreMatch}, {"c", football.Closing}}

// oddsColumns are the columns of one bookmaker's prices.
type oddsColumns struct {
	bookmaker string
	stage     football.Stage
	at        [3]int // home win, draw, away win
}

func findOdds(index map[string]int) []oddsColumns {
	var found []oddsColumns
	taken := make(map[oddsColumns]bool)
	for _, b := range bookmakers {
		for _, s := range stages {
			who := oddsColumns{bookmaker: b.name, stage: s.stage}
			if taken[who] {
				continue
			}
			columns, complete := who, true
			for i, outcome := range []string{"h", "d", "a"} {
				at, ok := index[b.prefix+s.infix+outcome]
				columns.at[i], complete = at, complete && ok
			}
			if complete {
				taken[who] = true
				found = append(found, columns)
			}
		}
	}
	return found
}
