package footballdatacouk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/provider/footballdatacouk"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

const header = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HS,AS,B365H,B365D,B365A,PSCH,PSCD,PSCA\n"

func edition(t testing.TB) ingesting.Edition {
	t.Helper()
	competition, _ := football.FindCompetition("E0")
	season, err := football.NewSeason(2021, 2022)
	if err != nil {
		t.Fatal(err)
	}
	return ingesting.Edition{Source: footballdatacouk.Name, Competition: competition, Season: season, Locator: "2122/E0.csv"}
}

func parse(t testing.TB, text string) (ingesting.Batch, error) {
	t.Helper()
	return footballdatacouk.Parse(t.Context(), strings.NewReader(text), edition(t), "2122/E0.csv")
}

// found is what a test looks at in a finding.
type found struct {
	Rule         quality.Rule
	Line, Column int
	Field        string
}

func findings(b ingesting.Batch) []found {
	var all []found
	for _, f := range b.Findings {
		all = append(all, found{f.Rule, f.Place.Line, f.Place.Column, f.Place.Field})
	}
	return all
}

func TestParseReadsEverything(t *testing.T) {
	got, err := parse(t, "\xef\xbb\xbf"+header+
		"E0,13/08/2021,20:00,Brentford,Arsenal,2,0,H,1,0,8,22,4,3.4,1.95,3.94,3.33,2.13\r\n"+
		",,,,,,,,,,,,,,,,,\r\n"+
		"\"E0\",2022-01-14, ,\"Brighton & Hove Albion\",\"Crystal \"\"Palace\"\"\",,,,,,,,2.0,3.4,3.75,,,,,,\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows != 2 || len(got.Records) != 2 || len(got.Findings) != 0 {
		t.Fatalf("%d rows, %d records, findings %+v", got.Rows, len(got.Records), got.Findings)
	}
	first, second := got.Records[0], got.Records[1]
	// 20:00 is British Summer Time.
	if want := time.Date(2021, 8, 13, 19, 0, 0, 0, time.UTC); !first.KickOff.Equal(want) || !first.TimeKnown {
		t.Errorf("kick-off %s, %v, want %s", first.KickOff, first.TimeKnown, want)
	}
	if first.Home != "Brentford" || first.Away != "Arsenal" || first.Status != football.Finished ||
		first.FullTime.String() != "2-0" || first.HalfTime.String() != "1-0" ||
		first.Stats.Shots.Home() != 8 || first.Stats.Shots.Away() != 22 || first.Stats.Corners != nil {
		t.Errorf("first: %+v", first)
	}
	if diff := cmp.Diff(quality.Place{File: "2122/E0.csv", Line: 2, Column: 1}, first.Place); diff != "" {
		t.Errorf("place: %s", diff)
	}
	if diff := cmp.Diff([]string{"bet365 pre_match 4 3.4 1.95", "pinnacle closing 3.94 3.33 2.13"}, oddsOf(first)); diff != "" {
		t.Errorf("odds: %s", diff)
	}
	if second.Home != "Brighton & Hove Albion" || second.Away != `Crystal "Palace"` || second.Status != football.Scheduled ||
		second.TimeKnown || !second.KickOff.Equal(time.Date(2022, 1, 14, 0, 0, 0, 0, time.UTC)) || len(second.Odds) != 1 {
		t.Errorf("second: %+v", second)
	}
}

func oddsOf(r ingesting.Record) []string {
	var all []string
	for _, o := range r.Odds {
		home, draw, away := o.Prices()
		all = append(all, fmt.Sprint(o.Bookmaker(), " ", o.Stage(), " ", home, " ", draw, " ", away))
	}
	return all
}

func TestParseHeaders(t *testing.T) {
	for name, head := range map[string]string{
		"the site's":    "Date,HomeTeam,AwayTeam,FTHG,FTAG",
		"old":           "Div,Date,HT,AT,HG,AG",
		"plain":         "date,home,away,HomeGoals,AwayGoals",
		"quoted":        `"Date","Home","Away","HG","AG"`,
		"after a blank": ",,\n\nDate,HomeTeam,AwayTeam,FTHG,FTAG",
		"named twice":   "Date,HomeTeam,AwayTeam,FTHG,FTAG,Date,FTHG",
	} {
		t.Run(name, func(t *testing.T) {
			row := "14/08/21,Leeds,Everton,1,1\n"
			if strings.HasPrefix(head, "Div") {
				row = "E0," + row
			}
			got, err := parse(t, head+"\n"+row)
			if err != nil || len(got.Records) != 1 || got.Records[0].FullTime.String() != "1-1" {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestParseDates(t *testing.T) {
	want := time.Date(2021, 8, 14, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{"14/08/21", "14/08/2021", "14/8/2021", "2021-08-14"} {
		got, err := parse(t, "Date,HomeTeam,AwayTeam\n"+text+",Leeds,Everton\n")
		if err != nil || len(got.Records) != 1 || !got.Records[0].KickOff.Equal(want) {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "31/02/2022", "29/02/2022", "2021-13-01", "0/1/2022", "14.08.2021", "14/08/202", "21-08-14", "14/08", "08/14/2021", "+1/08/2021", "14/08/2023", "01/01/2021"} {
		got, err := parse(t, "Date,HomeTeam,AwayTeam\n"+text+",Leeds,Everton\n")
		want := []found{{quality.ImpossibleDate, 2, 1, "Date"}}
		if diff := cmp.Diff(want, findings(got)); err != nil || len(got.Records) != 0 || diff != "" {
			t.Errorf("%q: %v, %+v, %s", text, err, got.Records, diff)
		}
	}
}

func TestParseBadRows(t *testing.T) {
	const good = "E0,14/08/2021,,Leeds,Everton,1,1,D,0,0\n"
	tests := map[string]struct {
		row  string
		kept int // records beside the good ones before and after
		want found
	}{
		"score -1":            {"E0,15/08/2021,,Burnley,Chelsea,-1,0,A,,", 0, found{quality.ImpossibleScore, 3, 32, "FTHG"}},
		"score 1000":          {"E0,15/08/2021,,Burnley,Chelsea,0,1000,A,,", 0, found{quality.ImpossibleScore, 3, 34, "FTAG"}},
		"score of letters":    {"E0,15/08/2021,,Burnley,Chelsea,x,0,A,,", 0, found{quality.UnreadableRow, 3, 32, "FTHG"}},
		"score of halves":     {"E0,15/08/2021,,Burnley,Chelsea,1.5,0,A,,", 0, found{quality.UnreadableRow, 3, 32, "FTHG"}},
		"half a score":        {"E0,15/08/2021,,Burnley,Chelsea,1,,A,,", 1, found{quality.MissingScore, 3, 32, "FTHG"}},
		"31 February":         {"E0,31/02/2022,,Burnley,Chelsea,1,0,A,,", 0, found{quality.ImpossibleDate, 3, 4, "Date"}},
		"no time":             {"E0,15/08/2021,25:00,Burnley,Chelsea,1,0,A,,", 0, found{quality.ImpossibleDate, 3, 15, "Time"}},
		"half above full":     {"E0,15/08/2021,,Burnley,Chelsea,1,0,H,2,0", 1, found{quality.CountOutOfRange, 3, 38, "HTHG"}},
		"half of letters":     {"E0,15/08/2021,,Burnley,Chelsea,1,0,H,x,0", 1, found{quality.CountOutOfRange, 3, 38, "HTHG"}},
		"no home team":        {"E0,15/08/2021,, ,Chelsea,1,0,H,,", 0, found{quality.MissingTeam, 3, 16, "HomeTeam"}},
		"no away team":        {"E0,15/08/2021,,Burnley,,1,0,H,,", 0, found{quality.MissingTeam, 3, 24, "AwayTeam"}},
		"against itself":      {"E0,15/08/2021,,Man United,Manchester United,1,0,H,,", 0, found{quality.UnreadableRow, 3, 1, ""}},
		"cut row":             {"E0,15/08/2021", 0, found{quality.MissingTeam, 3, 14, "HomeTeam"}},
		"row too wide":        {good[:len(good)-1] + strings.Repeat(",", 8) + ",x", 0, found{quality.UnreadableRow, 3, 48, ""}},
		"10,000 columns":      {"E0,15/08/2021" + strings.Repeat(",1", 10000), 0, found{quality.UnreadableRow, 3, 1035, ""}},
		"unclosed quote":      {`E0,15/08/2021,,"Burnley,Chelsea,1,0,H,,`, 0, found{quality.UnreadableRow, 3, 16, ""}},
		"text after quote":    {`E0,15/08/2021,,"Burn"ley,Chelsea,1,0,H,,`, 0, found{quality.UnreadableRow, 3, 22, ""}},
		"NUL byte":            {"E0,15/08/2021,,Burn\x00ley,Chelsea,1,0,H,,", 0, found{quality.UnreadableRow, 3, 20, ""}},
		"count out of range":  {"E0,15/08/2021,,Burnley,Chelsea,1,0,H,,,-3,5", 1, found{quality.CountOutOfRange, 3, 40, "HS"}},
		"count of letters":    {"E0,15/08/2021,,Burnley,Chelsea,1,0,H,,,a,5", 1, found{quality.CountOutOfRange, 3, 40, "HS"}},
		"odds out of range":   {"E0,15/08/2021,,Burnley,Chelsea,1,0,H,,,,,1.5,0,3", 1, found{quality.OddsOutOfRange, 3, 46, "B365D"}},
		"odds of letters":     {"E0,15/08/2021,,Burnley,Chelsea,1,0,H,,,,,evens,3,3", 1, found{quality.OddsOutOfRange, 3, 42, "B365H"}},
		"odds not a number":   {"E0,15/08/2021,,Burnley,Chelsea,1,0,H,,,,,3,3,NaN", 1, found{quality.OddsOutOfRange, 3, 46, "B365A"}},
		"odds of two":         {"E0,15/08/2021,,Burnley,Chelsea,1,0,H,,,,,1.5,,3", 1, found{quality.OddsOutOfRange, 3, 46, "B365D"}},
		"told again":          {good[:len(good)-1], 0, found{quality.DuplicateMatch, 3, 1, ""}},
		"a line beyond a MB":  {"E0," + strings.Repeat("x", 1<<20), 0, found{quality.UnreadableRow, 3, 1<<20 + 1, ""}},
		"outside the season":  {"E0,15/08/2020,,Burnley,Chelsea,1,0,H,,", 0, found{quality.ImpossibleDate, 3, 4, "Date"}},
		"a fixture before it": {"E0,28/08/2021,,Norwich,Leicester,,,,,\nE0,28/08/2021,,Norwich,Leicester,1,2,A,,", 1, found{quality.DuplicateMatch, 3, 1, ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parse(t, header+good+tt.row+"\nE0,21/08/2021,,Arsenal,Chelsea,0,2,A,,\n")
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Records) != tt.kept+2 {
				t.Errorf("%d records, want %d", len(got.Records), tt.kept+2)
			}
			if diff := cmp.Diff([]found{tt.want}, findings(got)); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
			f := got.Findings[0]
			if f.Place.File != "2122/E0.csv" || f.Reason == "" || len(f.Raw) > quality.MaxRaw || f.Source != footballdatacouk.Name ||
				f.Competition != "premier-league" || f.Season.String() != "2021-22" {
				t.Errorf("finding %+v", f)
			}
		})
	}
}

func TestTwoResultsForOneMatch(t *testing.T) {
	got, err := parse(t, header+
		"E0,14/08/2021,,Man United,Leeds,5,1,H,,\n"+
		"E0,14/08/2021,,Manchester United,Leeds United,1,5,A,,\n"+
		"E0,14/11/2021,,Man United,Leeds,0,0,D,,\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []found{{quality.ConflictResult, 3, 1, ""}}
	if diff := cmp.Diff(want, findings(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(got.Records) != 2 || got.Records[0].FullTime.String() != "5-1" {
		t.Errorf("records %+v", got.Records)
	}
	if reason := got.Findings[0].Reason; reason != "Manchester United – Leeds United ended 1-5 here and 5-1 in line 2; that one is kept" {
		t.Errorf("reason %q", reason)
	}
}

func TestParseRefusesFiles(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"empty":         {"", "2122/E0.csv: the file is empty"},
		"blank":         {"\n\n , ,\n", "2122/E0.csv: the file is empty"},
		"UTF-16":        {"\xff\xfeD\x00a\x00", "2122/E0.csv, line 1, column 1: the file is UTF-16; save it as UTF-8"},
		"UTF-16 big":    {"\xfe\xff\x00D", "2122/E0.csv, line 1, column 1: the file is UTF-16; save it as UTF-8"},
		"binary":        {"\x7fELF\x02\x01\x00\x00", "2122/E0.csv, line 1, column 1: the file holds NUL bytes, so it is no text"},
		"a web page":    {"<!DOCTYPE html>\n<html>", "2122/E0.csv, line 1, column 1: the header has no column Date, so this is no file of football-data.co.uk"},
		"no home":       {"\nDate,AwayTeam\n", "2122/E0.csv, line 2, column 1: the header has no column HomeTeam, so this is no file of football-data.co.uk"},
		"10,000 wide":   {"Date,HomeTeam,AwayTeam" + strings.Repeat(",c", 10000), "2122/E0.csv, line 1, column 1042: the row has more than 512 columns"},
		"unclosed":      {`Date,"HomeTeam,AwayTeam`, "2122/E0.csv, line 1, column 6: a quote is opened and never closed"},
		"a header > MB": {strings.Repeat("x", 1<<20+1), "2122/E0.csv, line 1, column 1048577: the line is longer than 1 MB"},
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

func TestATruncatedFileKeepsItsWholeRows(t *testing.T) {
	got, err := parse(t, header+"E0,14/08/2021,,Leeds,Everton,1,1,D,0,0,,,,,,,,\nE0,15/08/2021,,Burnley,Chel")
	if err != nil {
		t.Fatal(err)
	}
	want := []found{{quality.UnreadableRow, 3, 28, ""}}
	if diff := cmp.Diff(want, findings(got)); diff != "" || len(got.Records) != 1 {
		t.Errorf("%d records, %s", len(got.Records), diff)
	}
	// A last row that is whole needs no newline.
	got, err = parse(t, "Date,HomeTeam,AwayTeam,FTHG,FTAG\n15/08/2021,Burnley,Chelsea,0,1")
	if err != nil || len(got.Records) != 1 || len(got.Findings) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestParseDecodesWindows1252(t *testing.T) {
	got, err := parse(t, "Date,HomeTeam,AwayTeam\n14/08/2021,K\xf6ln \x80,Málaga\n15/08/2021,Ni\xf1o,Cádiz\n")
	if err != nil || len(got.Records) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	// A line is one or the other: the second name of the first was UTF-8.
	if got.Records[0].Home != "Köln €" || got.Records[1].Home != "Niño" {
		t.Errorf("records %+v", got.Records)
	}
}

func TestParseStopsAtItsLimits(t *testing.T) {
	var many strings.Builder
	many.WriteString("Date,HomeTeam,AwayTeam\n")
	for i := range footballdatacouk.MaxRows + 5 {
		fmt.Fprintf(&many, "14/08/2021,Home %d,Away\n", i)
	}
	got, err := parse(t, many.String())
	want := []found{{quality.SourceUnread, footballdatacouk.MaxRows + 2, 1, ""}}
	if diff := cmp.Diff(want, findings(got)); err != nil || diff != "" || got.Rows != footballdatacouk.MaxRows || len(got.Records) != got.Rows {
		t.Errorf("%v, %d rows, %d records, %s", err, got.Rows, len(got.Records), diff)
	}
}

func TestParseHonoursTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	text := "Date,HomeTeam,AwayTeam\n" + strings.Repeat("\n", 1000)
	if _, err := footballdatacouk.Parse(ctx, strings.NewReader(text), edition(t), "f"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
