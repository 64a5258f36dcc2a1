package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asOf is a day on which the last season of the made leagues is half over.
const asOf = "2019-01-15"

// leagues makes a folder of n leagues with seasons up to 2018-19, in
// football-data.co.uk's columns, and returns it with the number of matches. In
// each, ten teams meet twice, and a lower number wins more often.
func leagues(t *testing.T, n, seasons int) (dir string, matches int) {
	t.Helper()
	dir = t.TempDir()
	chance := rand.New(rand.NewPCG(7, 11))
	for league := range n {
		name := fmt.Sprintf("made-league-%d", league)
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		for first := 2019 - seasons; first < 2019; first++ {
			file := fmt.Sprintf("season-%02d%02d.csv", first%100, (first+1)%100)
			text, rows := season(chance, first)
			matches += rows
			if err := os.WriteFile(filepath.Join(dir, name, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir, matches
}

func season(chance *rand.Rand, first int) (text string, rows int) {
	var b strings.Builder
	b.WriteString("Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\n")
	day := time.Date(first, time.August, 10, 0, 0, 0, 0, time.UTC)
	for gap := 1; gap < 10; gap++ {
		for home := range 10 {
			away := (home + gap) % 10
			scored, conceded := goals(chance, 6+away-home), goals(chance, 4+home-away)
			fmt.Fprintf(&b, "%s,Team %d,Team %d,%d,%d,%s\n",
				day.AddDate(0, 0, 28*(gap-1)+2*home).Format("02/01/2006"), home, away, scored, conceded, result(scored, conceded))
			rows++
		}
	}
	return b.String(), rows
}

func goals(chance *rand.Rand, strength int) (n int) {
	for range 5 {
		if chance.IntN(50) < strength+8 {
			n++
		}
	}
	return n
}

func result(home, away int) string {
	switch {
	case home > away:
		return "H"
	case home < away:
		return "A"
	}
	return "D"
}
