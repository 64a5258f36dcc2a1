package football_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/football"
)

func TestResolveTeam(t *testing.T) {
	tests := map[string]struct {
		country, name string
		want          football.TeamName
	}{
		"football-data.co.uk": {"England", "Man United", football.TeamName{Key: "manchester-united", Name: "Manchester United", Known: true}},
		"football-data.org":   {"England", "Manchester United FC", football.TeamName{Key: "manchester-united", Name: "Manchester United", Known: true}},
		"openfootball":        {"England", " Manchester  United ", football.TeamName{Key: "manchester-united", Name: "Manchester United", Known: true}},
		"ampersand":           {"England", "Brighton and Hove Albion FC", football.TeamName{Key: "brighton-and-hove-albion", Name: "Brighton & Hove Albion", Known: true}},
		"apostrophe":          {"England", "Nott’m Forest", football.TeamName{Key: "nottingham-forest", Name: "Nottingham Forest", Known: true}},
		"athletic":            {"England", "Sunderland AFC", football.TeamName{Key: "sunderland", Name: "Sunderland", Known: true}},
		"form in the middle":  {"Chile", "Unión FC Norte", football.TeamName{Key: "union-fc-norte", Name: "Unión FC Norte"}},
		"accents":             {"Germany", "Bor. Monchengladbach", football.TeamName{Key: "borussia-monchengladbach", Name: "Borussia Mönchengladbach", Known: true}},
		"combining accents":   {"Spain", "Ma\u0301laga CF", football.TeamName{Key: "malaga-cf", Name: "Málaga CF", Known: true}},
		"year":                {"Germany", "VfL Bochum 1848", football.TeamName{Key: "vfl-bochum", Name: "VfL Bochum", Known: true}},
		"dotted capital i":    {"Turkey", "İstanbul Başakşehir", football.TeamName{Key: "istanbul-basaksehir", Name: "İstanbul Başakşehir", Known: true}},
		"dotless i":           {"Turkey", "Kasımpaşa SK", football.TeamName{Key: "kasimpasa", Name: "Kasımpaşa", Known: true}},
		"not its country":     {"Spain", "Man United", football.TeamName{Key: "man-united", Name: "Man United"}},
		"unknown":             {"Norway", " FK  Bodø/Glimt", football.TeamName{Key: "bodo-glimt", Name: "FK Bodø/Glimt"}},
		"unknown, first club": {"Germany", "1. FC Lokomotive Leipzig", football.TeamName{Key: "lokomotive-leipzig", Name: "1. FC Lokomotive Leipzig"}},
		"unknown, old":        {"Sweden", "Norrköping 1897", football.TeamName{Key: "norrkoping", Name: "Norrköping 1897"}},
		"year is the name":    {"Bulgaria", "CSKA 1948", football.TeamName{Key: "cska-1948", Name: "CSKA 1948"}},
		"nothing but a form":  {"Norway", "FC", football.TeamName{Key: "fc", Name: "FC"}},
		"another script":      {"Greece", "ΠΑΣ Λαμία", football.TeamName{Key: "πασ-λαμια", Name: "ΠΑΣ Λαμία"}},
		"punctuation":         {"Norway", "?!", football.TeamName{Key: "?!", Name: "?!"}},
		"empty":               {"Norway", "  ", football.TeamName{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, football.ResolveTeam(tt.country, tt.name)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestDifferentClubsStayApart lists clubs whose names are easily taken for one
// another.
func TestDifferentClubsStayApart(t *testing.T) {
	for country, names := range map[string][]string{
		"England": {
			"Wimbledon FC", "AFC Wimbledon", "MK Dons", "Liverpool", "AFC Liverpool", "Sheffield United", "Sheffield Weds",
			"Man City", "Man United", "Bristol City", "Bristol Rvs", "Newcastle United", "Newport County", "Notts County", "Nott'm Forest",
		},
		"Spain": {
			"Real Madrid", "Real Madrid Castilla", "Ath Madrid", "Ath Bilbao", "Real Sociedad", "Sociedad B", "Sevilla", "Sevilla B",
			"Betis", "Espanol", "Barcelona", "Barcelona B", "Sp Gijon", "Villarreal", "Villarreal B", "Extremadura", "Extremadura UD",
		},
		"Italy":    {"Inter", "Milan", "Juventus", "Juve Stabia", "Torino", "Roma", "Verona", "Chievo", "Vicenza", "Piacenza", "Parma"},
		"Portugal": {"Sp Lisbon", "Sp Braga", "Sporting Braga", "Guimaraes", "Setubal", "Belenenses", "Belenenses SAD", "Nacional", "Uniao Madeira"},
		"France":   {"Paris FC", "Paris SG", "Ajaccio", "Ajaccio GFCO", "Bastia", "CA Bastia", "Lens", "Reims", "Rennes"},
		"Germany": {
			"Hamburg", "St Pauli", "Munich 1860", "Bayern Munich", "Ein Frankfurt", "FSV Frankfurt", "FC Koln", "Fortuna Koln",
			"Leipzig", "VfB Leipzig", "Stuttgart", "Stuttgarter Kickers", "Hertha", "Union Berlin", "RW Essen", "Uerdingen", "Leverkusen",
		},
		"Scotland": {"Dundee", "Dundee United", "Rangers", "Cove Rangers", "Berwick Rangers", "Queens Park", "Queen of Sth", "Hearts", "Kelty Hearts"},
		"Turkey":   {"Gaziantep", "Gaziantepspor", "Malatyaspor", "Yeni Malatyaspor", "Adanaspor", "Ad. Demirspor", "Istanbulspor", "Buyuksehyr"},
		"Greece":   {"Olympiakos", "Olympiakos Volos", "Volos NFC", "Niki Volos", "Panathinaikos", "Panionios", "Apollon", "Kalamaria"},
		"Belgium":  {"Club Brugge", "Cercle Brugge", "RAAL La Louvière", "RAA La Louvière", "Beerschot VA", "Germinal", "Antwerp"},
		"Austria":  {"Austria Wien", "Rapid Wien", "Austria Klagenfurt", "Austria Lustenau", "Sturm Graz", "Grazer AK"},
	} {
		whose := make(map[string]string)
		for _, name := range names {
			key := football.ResolveTeam(country, name).Key
			other, taken := whose[key]
			// Two spellings of one club are listed for Braga only, on purpose.
			if taken && name != "Sporting Braga" {
				t.Errorf("%s: %q and %q are both %s", country, other, name, key)
			}
			whose[key] = name
		}
	}
}

func TestKnownTeamsFindThemselves(t *testing.T) {
	for _, country := range []string{
		"England", "Spain", "Italy", "Germany", "France", "Netherlands", "Portugal", "Belgium",
		"Scotland", "Turkey", "Greece", "Austria", "Switzerland", "Brazil",
	} {
		teams := football.KnownTeams(country)
		if len(teams) < 12 {
			t.Errorf("%s has %d teams", country, len(teams))
		}
		for _, team := range teams {
			for _, spelling := range []string{team.Name, team.Key, strings.ToUpper(team.Key)} {
				if got := football.ResolveTeam(country, spelling); got != team {
					t.Errorf("%s: %q is %+v, want %+v", country, spelling, got, team)
				}
			}
		}
	}
}

func FuzzResolveTeam(f *testing.F) {
	for _, name := range []string{"Man United", "1. FC Köln", "FC", "1 FC", "AFC 1900", "Brighton&Hove", "'", "İ", "a\u0301", "\xff", "日本"} {
		f.Add("England", name)
	}
	f.Fuzz(func(t *testing.T, country, name string) {
		team := football.ResolveTeam(country, name)
		if (team.Key == "") != (strings.TrimSpace(name) == "") {
			t.Errorf("the key of %q is %q", name, team.Key)
		}
		// What was resolved stays what it is when it is resolved again.
		if again := football.ResolveTeam(country, team.Name); again.Key != team.Key {
			t.Errorf("%q is %q, and %q is %q", name, team.Key, team.Name, again.Key)
		}
	})
}
