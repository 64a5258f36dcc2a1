package openfootball_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/provider/openfootball"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

func edition(t testing.TB, league string) ingesting.Edition {
	t.Helper()
	competition, ok := football.FindCompetition(league)
	season, err := football.NewSeason(2021, 2022)
	if err != nil || !ok {
		t.Fatal(league, err)
	}
	return ingesting.Edition{Source: openfootball.Name, Competition: competition, Season: season, Locator: "f.json"}
}

func parse(t testing.TB, text string) (ingesting.Batch, error) {
	t.Helper()
	return openfootball.Parse(t.Context(), strings.NewReader(text), edition(t, "de.1"), "f.json")
}

// matches puts match objects into a file, one a line, from line 2 on.
func matches(objects ...string) string {
	return "{\"name\": \"Bundesliga\", \"matches\": [\n" + strings.Join(objects, ",\n") + "\n]}\n"
}

// told is what a test looks at in a record.
type told struct {
	Home, Away, KickOff, Round string
	Status                     football.Status
	FullTime, HalfTime         string
	Line, Column               int
}

func records(b ingesting.Batch) []told {
	var all []told
	for _, r := range b.Records {
		w := told{
			Home: r.Home, Away: r.Away, KickOff: r.KickOff.Format(time.DateOnly), Round: r.Round, Status: r.Status,
			Line: r.Place.Line, Column: r.Place.Column,
		}
		if r.TimeKnown {
			w.KickOff = r.KickOff.Format(time.RFC3339)
		}
		if r.FullTime != nil {
			w.FullTime = r.FullTime.String()
		}
		if r.HalfTime != nil {
			w.HalfTime = r.HalfTime.String()
		}
		all = append(all, w)
	}
	return all
}

func TestParseToday(t *testing.T) {
	got, err := parse(t, "\xef\xbb\xbf"+matches(
		`{"round": "Matchday 1", "date": "2021-08-13", "time": "20:30", "team1": "Bor. Mönchengladbach", "team2": "Bayern München", "score": {"ht": [1, 1], "ft": [1, 1]}}`,
		`  {"round": 2, "date": "2022-01-21", "team1": " FC Augsburg ", "team2": "1. FC Köln", "score": {}}`,
		`{"date": "2022-01-22", "time": "15:30 UTC+2", "team1": "VfL Bochum", "team2": "1. FC Köln", "stage": "Playoffs", "score": null, "status": "POSTPONED"}`,
		`{"date": "2022-01-23", "team1": "VfL Bochum", "team2": "SC Freiburg", "score": {"ft": [0, 2]}, "status": "awarded"}`,
		`{"date": "2022-01-24", "team1": "VfL Bochum", "team2": "VfL Wolfsburg", "score": {"ft": [0, 1]}, "status": "abandoned"}`,
		`{"date": "2022-01-25", "team1": "VfL Bochum", "team2": "Hertha BSC", "score": [3, 1], "goals1": [{"name": "x", "minute": 3}]}`,
		`{"date": "2022-01-26", "team1": "VfL Bochum", "team2": "RB Leipzig", "score": {"ft": [null, null]}, "status": "cancelled"}`,
	))
	if err != nil || len(got.Findings) != 0 || got.Rows != 7 {
		t.Fatalf("%v, %d rows, %+v", err, got.Rows, got.Findings)
	}
	want := []told{
		{"Bor. Mönchengladbach", "Bayern München", "2021-08-13T18:30:00Z", "Matchday 1", football.Finished, "1-1", "1-1", 2, 1},
		{"FC Augsburg", "1. FC Köln", "2022-01-21", "2", football.Scheduled, "", "", 3, 3},
		{"VfL Bochum", "1. FC Köln", "2022-01-22T13:30:00Z", "Playoffs", football.Postponed, "", "", 4, 1},
		{"VfL Bochum", "SC Freiburg", "2022-01-23", "", football.Finished, "0-2", "", 5, 1},
		{"VfL Bochum", "VfL Wolfsburg", "2022-01-24", "", football.Abandoned, "", "", 6, 1},
		{"VfL Bochum", "Hertha BSC", "2022-01-25", "", football.Finished, "3-1", "", 7, 1},
		{"VfL Bochum", "RB Leipzig", "2022-01-26", "", football.Cancelled, "", "", 8, 1},
	}
	if diff := cmp.Diff(want, records(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParseRounds(t *testing.T) {
	got, err := parse(t, `{"name": "Bundesliga", "rounds": [
 {"name": "Matchday 1", "matches": [
  {"date": "2021-08-13", "team1": {"key": "bmg", "name": "Mönchengladbach", "code": "BMG"}, "team2": {"name": "Bayern"}, "score1": 1, "score2": 0, "score1i": 1, "score2i": 0}
 ]},
 {"name": "Matchday 2", "matches": [
  {"date": "2021-08-20", "team1": {"name": "Bayern"}, "team2": {"name": "Mönchengladbach"}, "score1": null, "score2": null}
 ]}, {"name": "Matchday 3", "matches": []}
]}`)
	want := []told{
		{"Mönchengladbach", "Bayern", "2021-08-13", "Matchday 1", football.Finished, "1-0", "1-0", 3, 3},
		{"Bayern", "Mönchengladbach", "2021-08-20", "Matchday 2", football.Scheduled, "", "", 6, 3},
	}
	if diff := cmp.Diff(want, records(got)); err != nil || diff != "" {
		t.Errorf("%v\n-want +got:\n%s", err, diff)
	}
}

// found is what a test looks at in a finding.
type found struct {
	Rule         quality.Rule
	Line, Column int
	Field        string
}

func TestParseBadMatches(t *testing.T) {
	const good = `{"date": "2021-08-14", "team1": "A", "team2": "B", "score": {"ft": [1, 0]}}`
	tests := map[string]struct {
		match string
		want  found
	}{
		"score -1":            {`{"date": "2021-08-15", "team1": "C", "team2": "D", "score": {"ft": [-1, 0]}}`, found{quality.ImpossibleScore, 3, 61, "score"}},
		"score 1000":          {`{"date": "2021-08-15", "team1": "C", "team2": "D", "score": {"ft": [0, 1000]}}`, found{quality.ImpossibleScore, 3, 61, "score"}},
		"old score 1000":      {`{"date": "2021-08-15", "team1": "C", "team2": "D", "score1": 1000, "score2": 0}`, found{quality.ImpossibleScore, 3, 62, "score1"}},
		"score of letters":    {`{"date": "2021-08-15", "team1": "C", "team2": "D", "score": {"ft": ["a", 0]}}`, found{quality.UnreadableRow, 3, 61, "score"}},
		"score of three":      {`{"date": "2021-08-15", "team1": "C", "team2": "D", "score": {"ft": [1, 0, 0]}}`, found{quality.UnreadableRow, 3, 61, "score"}},
		"half a score":        {`{"date": "2021-08-15", "team1": "C", "team2": "D", "score": {"ft": [1, null]}}`, found{quality.UnreadableRow, 3, 61, "score"}},
		"score as word":       {`{"date": "2021-08-15", "team1": "C", "team2": "D", "score": "1-0"}`, found{quality.UnreadableRow, 3, 61, "score"}},
		"half above full":     {`{"date": "2021-08-15", "team1": "C", "team2": "D", "score": {"ht": [2, 0], "ft": [1, 0]}}`, found{quality.ImpossibleScore, 3, 61, "score"}},
		"31 February":         {`{"date": "2022-02-31", "team1": "C", "team2": "D"}`, found{quality.ImpossibleDate, 3, 10, "date"}},
		"no date":             {`{"team1": "C", "team2": "D"}`, found{quality.ImpossibleDate, 3, 1, "date"}},
		"null date":           {`{"date": null, "team1": "C", "team2": "D"}`, found{quality.ImpossibleDate, 3, 10, "date"}},
		"outside the season":  {`{"date": "2019-08-15", "team1": "C", "team2": "D"}`, found{quality.ImpossibleDate, 3, 10, "date"}},
		"no such time":        {`{"date": "2021-08-15", "time": "24:00", "team1": "C", "team2": "D"}`, found{quality.ImpossibleDate, 3, 32, "time"}},
		"time in words":       {`{"date": "2021-08-15", "time": "noon", "team1": "C", "team2": "D"}`, found{quality.ImpossibleDate, 3, 32, "time"}},
		"no home team":        {`{"date": "2021-08-15", "team2": "D"}`, found{quality.MissingTeam, 3, 1, "team1"}},
		"no away team":        {`{"date": "2021-08-15", "team1": "C", "team2": {"key": "d"}}`, found{quality.MissingTeam, 3, 47, "team2"}},
		"team of the wild":    {`{"date": "2021-08-15", "team1": ["C"], "team2": "D"}`, found{quality.UnreadableRow, 3, 1, ""}},
		"against itself":      {`{"date": "2021-08-15", "team1": "C", "team2": "c FC"}`, found{quality.UnreadableRow, 3, 1, ""}},
		"told again":          {good, found{quality.DuplicateMatch, 3, 1, ""}},
		"no object":           {`"A - B"`, found{quality.UnreadableRow, 3, 1, ""}},
		"deep in the unknown": {`{"x": ` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`, found{quality.MissingTeam, 3, 1, "team1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parse(t, matches(good, tt.match, `{"date": "2021-08-16", "team1": "E", "team2": "F"}`))
			if err != nil || len(got.Records) != 2 || got.Rows != 3 || len(got.Findings) != 1 {
				t.Fatalf("%v, %d rows, %+v, %+v", err, got.Rows, got.Records, got.Findings)
			}
			f := got.Findings[0]
			if diff := cmp.Diff(tt.want, found{f.Rule, f.Place.Line, f.Place.Column, f.Place.Field}); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", f.Reason, diff)
			}
			if f.Place.File != "f.json" || f.Reason == "" || len(f.Raw) > quality.MaxRaw {
				t.Errorf("finding %+v", f)
			}
		})
	}
}

func TestTwoResultsForOneMatch(t *testing.T) {
	got, err := parse(t, matches(
		`{"date": "2021-08-14", "team1": "Bayern München", "team2": "1. FC Köln", "score": {"ft": [3, 2]}}`,
		`{"date": "2021-08-14", "team1": "FC Bayern München", "team2": "FC Koln", "score": {"ft": [2, 3]}}`))
	if err != nil || len(got.Records) != 1 || got.Records[0].FullTime.String() != "3-2" || len(got.Findings) != 1 {
		t.Fatalf("%v, %+v", err, got)
	}
	if f := got.Findings[0]; f.Rule != quality.ConflictResult || f.Place.Line != 3 || !strings.Contains(f.Reason, "line 2") {
		t.Errorf("finding %+v", f)
	}
}

func TestParseRefusesFiles(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"empty":        {" \n", "f.json: the file is empty"},
		"UTF-16":       {"\xff\xfe{\x00", "f.json: the file is UTF-16; save it as UTF-8"},
		"binary":       {"\x7fELF\x02\x01\x00", "f.json, line 1, column 1: invalid character '\\x7f' looking for beginning of value"},
		"a web page":   {"<!DOCTYPE html>", "f.json, line 1, column 1: invalid character '<' looking for beginning of value"},
		"clubs":        {`{"name": "x", "clubs": [1, {}]}`, "f.json, line 1, column 32: the file has no list of matches, so it is none of openfootball"},
		"a list":       {`[]`, `f.json, line 1, column 2: a "{" is needed here`},
		"no list":      {"{\n \"matches\": 3}", `f.json, line 2, column 14: a "[" is needed here`},
		"cut at once":  {"{\"name\": \"x\",\n \"matches\": [\n  {\"date\": ", "f.json, line 3, column 12: the file breaks off here"},
		"nested 20000": {`{"x": ` + strings.Repeat("[", 20000), "f.json, line 1, column 6: invalid character '[' exceeded max depth"},
		"16 MB":        {strings.Repeat(" ", 16<<20) + "{}", "f.json: the file is larger than 16 MB"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, tt.text)
			if !errors.Is(err, ingesting.ErrUnreadable) || err.Error() != "ingesting.unreadable: "+tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestATruncatedFileKeepsItsWholeMatches(t *testing.T) {
	whole := matches(`{"date": "2021-08-14", "team1": "A", "team2": "B"}`, `{"date": "2021-08-15", "team1": "C", "team2": "D"}`)
	got, err := parse(t, whole[:len(whole)-20])
	if err != nil || len(got.Records) != 1 || len(got.Findings) != 1 {
		t.Fatalf("%v, %+v", err, got)
	}
	f := got.Findings[0]
	if f.Rule != quality.SourceUnread || f.Place.Line != 3 || f.Reason != "the file breaks off here" {
		t.Errorf("finding %+v", f)
	}
}

func TestParseStopsAtItsLimit(t *testing.T) {
	objects := make([]string, openfootball.MaxMatches+1)
	for i := range objects {
		objects[i] = fmt.Sprintf(`{"date": "2021-08-14", "team1": "Team %d", "team2": "B"}`, i)
	}
	got, err := parse(t, matches(objects...))
	if err != nil || len(got.Records) != openfootball.MaxMatches || len(got.Findings) != 1 || got.Findings[0].Rule != quality.SourceUnread {
		t.Errorf("%v, %d records, %+v", err, len(got.Records), got.Findings)
	}
}

func TestParseHonoursTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	text := matches(`{"date": "2021-08-14", "team1": "A", "team2": "B"}`)
	if _, err := openfootball.Parse(ctx, strings.NewReader(text), edition(t, "de.1"), "f"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestTimesAreLocal(t *testing.T) {
	for league, want := range map[string]string{"en.1": "19:30", "de.1": "18:30", "gr.1": "17:30", "tr.1": "17:30", "br.1": "23:30"} {
		got, err := openfootball.Parse(t.Context(), strings.NewReader(matches(
			`{"date": "2021-08-14", "time": "20:30", "team1": "A", "team2": "B"}`)), edition(t, league), "f")
		if err != nil || len(got.Records) != 1 || got.Records[0].KickOff.Format("15:04") != want {
			t.Errorf("%s: %v, %+v, want %s", league, err, got.Records, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	const rows = 380
	objects := make([]string, rows)
	for i := range objects {
		objects[i] = fmt.Sprintf("    {\n      \"round\": \"Matchday %d\",\n      \"date\": \"2021-%02d-%02d\",\n      \"time\": \"15:00\",\n"+
			"      \"team1\": \"Team %d\",\n      \"team2\": \"Team %d\",\n      \"score\": {\n        \"ht\": [\n          1,\n          0\n        ],\n"+
			"        \"ft\": [\n          2,\n          1\n        ]\n      }\n    }", 1+i/10, 8+i%4, 1+i%28, i/19, 20+i%19)
	}
	text := matches(objects...)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := parse(b, text); err != nil || len(got.Records) != rows {
			b.Fatalf("%d records, findings %v, %v", len(got.Records), got.Findings, err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// FuzzParse asks of any file: no panic, every match accounted for, every
// record possible, every finding in its place.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "{}", `{"matches": []}`, `{"rounds": [{"name": "1", "matches": [{}]}]}`,
		matches(`{"round": "1", "date": "2021-08-13", "time": "20:30", "team1": "A", "team2": "B", "score": {"ht": [1, 1], "ft": [1, 1]}}`),
		matches(`{"date": "2021-08-13", "team1": {"name": "A"}, "team2": "B", "score1": 1, "score2": -1}`, `null`, `{"score": [1]}`),
		matches(`{"date": "2022-02-31", "time": "99:99 UTC-99:99", "team1": 3, "team2": null, "status": {}}`) + "}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parse(t, text)
		if err != nil {
			return
		}
		if len(got.Records)+len(got.Findings) < got.Rows || len(got.Records) > got.Rows {
			t.Errorf("%d rows became %d records and %d findings", got.Rows, len(got.Records), len(got.Findings))
		}
		for _, r := range got.Records {
			match := football.Match{
				Home: football.TeamID(r.Home), Away: football.TeamID(r.Away),
				KickOff: r.KickOff, Status: r.Status, FullTime: r.FullTime, HalfTime: r.HalfTime,
			}
			if err := match.Validate(); err != nil || r.Home == "" || r.Away == "" || r.Place.Line < 1 {
				t.Errorf("record %+v: %v", r, err)
			}
		}
		for _, finding := range got.Findings {
			if finding.Place.Line < 1 || finding.Place.Column < 1 || finding.Reason == "" {
				t.Errorf("finding %+v", finding)
			}
		}
	})
}
