package fault_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const (
	leagues      = 8
	seasons      = 6
	teams        = 16
	everyMatch   = leagues * seasons * teams * (teams - 1)
	everyEdition = leagues * seasons
)

// madeData writes seasons of made-up leagues in football-data.co.uk's columns,
// enough for an ingestion to be interrupted in its midst.
func madeData(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	for league := range leagues {
		name := filepath.Join(dir, fmt.Sprintf("made-league-%c", 'a'+league))
		if err := os.Mkdir(name, 0o755); err != nil {
			t.Fatal(err)
		}
		for s := range seasons {
			file := filepath.Join(name, fmt.Sprintf("season-%02d%02d.csv", 10+s, 11+s))
			if err := os.WriteFile(file, season(random, 2010+s), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func season(random *rand.Rand, year int) []byte {
	var out bytes.Buffer
	out.WriteString("Date,HomeTeam,AwayTeam,FTHG,FTAG\n")
	start := time.Date(year, time.August, 10, 0, 0, 0, 0, time.UTC)
	for home := range teams {
		for away := range teams {
			if home == away {
				continue
			}
			day := start.AddDate(0, 0, (home*teams+away)*270/(teams*teams))
			// The lower the number, the better the team.
			goals := random.IntN(3) + random.IntN(1+(teams-home)/5)
			conceded := random.IntN(2) + random.IntN(1+(teams-away)/5)
			fmt.Fprintf(&out, "%s,Club %02d,Club %02d,%d,%d\n", day.Format("02/01/2006"), home, away, goals, conceded)
		}
	}
	return out.Bytes()
}
