package football

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
)

// TeamName is what a source's spelling of a club comes down to.
type TeamName struct {
	// Key is the club's identity within its country, such as
	// "manchester-united": two spellings of one club share it, and two clubs
	// never do.
	Key string
	// Name is the usual name of a known club, else the trimmed input.
	Name string
	// Known says that the catalogue lists the club.
	Known bool
}

// ResolveTeam finds the club of country that name stands for. A club that the
// catalogue doesn't list gets a key made from its name: accents, punctuation
// and the forms that [stripForms] knows are left out. The key is empty only
// for a name that is empty.
func ResolveTeam(country, name string) TeamName {
	trimmed := strings.Join(strings.Fields(name), " ")
	folded := foldName(trimmed)
	if folded == "" {
		// Nothing but punctuation: better an odd key than a shared one.
		return TeamName{Key: trimmed, Name: trimmed}
	}
	bare := stripForms(folded)
	known := teamCatalogue[country]
	for _, spelling := range []string{folded, bare} {
		if team, ok := known[spelling]; ok {
			return team
		}
	}
	return TeamName{Key: strings.ReplaceAll(bare, " ", "-"), Name: trimmed}
}

// KnownTeams lists the clubs of country that the catalogue knows, in no
// particular order.
func KnownTeams(country string) []TeamName {
	seen := make(map[string]bool)
	var teams []TeamName
	for _, team := range teamCatalogue[country] {
		if !seen[team.Key] {
			seen[team.Key] = true
			teams = append(teams, team)
		}
	}
	return teams
}

// teamsCSV holds a club a line: country, key, name and the other names that
// football-data.co.uk, openfootball and football-data.org give it, divided by
// "|". Spellings that folding makes alike are listed once.
//
//go:embed teams.csv
var teamsCSV string

// teamCatalogue leads from a country and a folded spelling to the club.
var teamCatalogue = mustTeams(teamsCSV)

// mustTeams panics when the embedded catalogue is wrong, which a test of this
// package finds before anyone else can.
func mustTeams(text string) map[string]map[string]TeamName {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("teams.csv: %v", err))
	}
	catalogue := make(map[string]map[string]TeamName)
	for _, row := range rows[1:] {
		country, team := row[0], TeamName{Key: row[1], Name: row[2], Known: true}
		if catalogue[country] == nil {
			catalogue[country] = make(map[string]TeamName)
		}
		spellings := append(strings.Split(row[3], "|"), team.Name, strings.ReplaceAll(team.Key, "-", " "))
		for _, spelling := range spellings {
			claim(catalogue[country], foldName(spelling), team)
		}
	}
	return catalogue
}

// claim gives spelling to team and panics when another club has it.
func claim(teams map[string]TeamName, spelling string, team TeamName) {
	if spelling == "" {
		return
	}
	if other, taken := teams[spelling]; taken && other.Key != team.Key {
		panic(fmt.Sprintf("teams.csv: %q stands for both %s and %s", spelling, other.Key, team.Key))
	}
	teams[spelling] = team
}
