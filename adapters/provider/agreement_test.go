package provider_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
	_ "time/tzdata"

	"github.com/football-prediction/football-prediction/adapters/provider/folder"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// sharedData is real data that lies beside the project where it is built; a
// clone elsewhere has none.
const sharedData = "../../../shared/data"

// meeting is a match of a season, whoever tells of it. Every one of the
// compared leagues plays each pairing once a season.
type meeting struct {
	season     football.Season
	home, away string
}

// read is an edition and what was read of it.
type read struct {
	ingesting.Edition
	ingesting.Batch
}

// readBefore keeps what was read, since several tests look at it.
var readBefore = make(map[string][]read)

// readFolder reads everything below path.
func readFolder(t *testing.T, path string) []read {
	t.Helper()
	if all, ok := readBefore[path]; ok {
		return all
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here", path)
	}
	source := folder.New(path)
	editions, err := source.Editions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []read
	for _, e := range editions {
		batch, err := source.Read(t.Context(), e, "")
		if err != nil {
			t.Fatalf("%s: %v", e.Locator, err)
		}
		if batch.Fingerprint != e.Fingerprint || e.Fingerprint == "" {
			t.Errorf("%s: fingerprint %q when listed, %q when read", e.Locator, e.Fingerprint, batch.Fingerprint)
		}
		all = append(all, read{e, batch})
	}
	readBefore[path] = all
	return all
}

func TestAllLeaguesAreRead(t *testing.T) {
	files := readFolder(t, sharedData+"/leagues")
	records, odds := 0, 0
	broken := make(map[quality.Rule]int)
	for _, file := range files {
		records += len(file.Records)
		for _, r := range file.Records {
			if len(r.Odds) > 0 {
				odds++
			}
			for _, name := range []string{r.Home, r.Away} {
				if !football.ResolveTeam(file.Competition.Country, name).Known {
					t.Errorf("%s: %q is not in the catalogue", file.Competition.Country, name)
				}
			}
		}
		for _, f := range file.Findings {
			broken[f.Rule]++
			t.Logf("%s %s:%d:%d %s: %s", f.Rule, f.Place.File, f.Place.Line, f.Place.Column, f.Place.Field, f.Reason)
		}
	}
	t.Logf("%d files, %d records, %d with odds, findings %v", len(files), records, odds, broken)
	if len(files) != 145 || records != 51997 {
		t.Errorf("got %d files with %d records, want 145 with 51997", len(files), records)
	}
	for rule, n := range broken {
		if rule.Severity() == quality.Error {
			t.Errorf("%d rows were left out for %s", n, rule)
		}
	}
}

func TestAllOpenFootballIsRead(t *testing.T) {
	files := readFolder(t, sharedData+"/openfootball")
	records := 0
	statuses := make(map[football.Status]int)
	for _, file := range files {
		records += len(file.Records)
		for _, r := range file.Records {
			statuses[r.Status]++
			for _, name := range []string{r.Home, r.Away} {
				if !football.ResolveTeam(file.Competition.Country, name).Known {
					t.Errorf("%s: %q is not in the catalogue", file.Competition.Country, name)
				}
			}
		}
		for _, f := range file.Findings {
			t.Errorf("%s %s:%d:%d %s: %s", f.Rule, f.Place.File, f.Place.Line, f.Place.Column, f.Place.Field, f.Reason)
		}
	}
	t.Logf("%d files, %d records: %v", len(files), records, statuses)
	if len(files) != 68 || records != 24359 {
		t.Errorf("got %d files with %d records, want 68 with 24359", len(files), records)
	}
}

// TestSourcesAgree is the proof of the catalogue: two sources that write every
// second name differently tell of the same matches.
func TestSourcesAgree(t *testing.T) {
	results := make(map[meeting]football.Score)
	covered := make(map[football.CompetitionCode]bool)
	for _, file := range readFolder(t, sharedData+"/leagues") {
		covered[file.Competition.Code] = true
		for _, r := range file.Records {
			results[meetingOf(file.Edition, r)] = *r.FullTime
		}
	}
	agree := 0
	var differ []string
	for _, file := range readFolder(t, sharedData+"/openfootball") {
		for _, r := range file.Records {
			if r.FullTime == nil || !covered[file.Competition.Code] {
				continue
			}
			want, ok := results[meetingOf(file.Edition, r)]
			switch {
			case !ok:
				t.Errorf("%s: %s – %s is in no file of football-data.co.uk", file.Locator, r.Home, r.Away)
			case want != *r.FullTime:
				differ = append(differ, fmt.Sprintf("%s, line %d: %s – %s ended %s, for football-data.co.uk %s",
					file.Locator, r.Place.Line, r.Home, r.Away, r.FullTime, want))
			default:
				agree++
			}
		}
	}
	t.Logf("%d results agree, %d differ", agree, len(differ))
	for _, d := range differ {
		t.Log(d)
	}
	if agree < 14000 || len(differ) > agree/500 {
		t.Errorf("%d results agree and %d differ", agree, len(differ))
	}
}

func meetingOf(e ingesting.Edition, r ingesting.Record) meeting {
	return meeting{
		season: e.Season,
		home:   football.ResolveTeam(e.Competition.Country, r.Home).Key,
		away:   football.ResolveTeam(e.Competition.Country, r.Away).Key,
	}
}

// TestSeasonsHaveTheirNumberOfTeams catches two clubs under one key: within a
// season a source writes each club in one way.
func TestSeasonsHaveTheirNumberOfTeams(t *testing.T) {
	files := append(readFolder(t, sharedData+"/leagues"), readFolder(t, sharedData+"/openfootball")...)
	for _, file := range files {
		names := make(map[string]string)
		for _, r := range file.Records {
			for _, name := range []string{r.Home, r.Away} {
				key := football.ResolveTeam(file.Competition.Country, name).Key
				if other, ok := names[key]; ok && other != name {
					t.Errorf("%s: %q and %q are both %s", file.Locator, other, name, key)
				}
				names[key] = name
			}
		}
		if n := len(names); n%2 != 0 || n < 12 || n > 24 {
			t.Errorf("%s has %d teams", file.Locator, n)
		}
	}
}
