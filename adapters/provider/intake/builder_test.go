package intake_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/provider/intake"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

var day = time.Date(2021, 8, 14, 0, 0, 0, 0, time.UTC)

func record(line int, home, away, score string) ingesting.Record {
	r := ingesting.Record{Place: quality.Place{Line: line}, Home: home, Away: away, KickOff: day, Status: football.Scheduled}
	if score != "" {
		s, _ := football.NewScore(int(score[0]-'0'), int(score[2]-'0'))
		r.Status, r.FullTime = football.Finished, &s
	}
	return r
}

func TestAdd(t *testing.T) {
	tests := map[string]struct {
		second ingesting.Record
		day    time.Time
		kept   int
		score  string
		rules  []quality.Rule
	}{
		"another match":        {record(2, "Wolves", "Leeds", "0-0"), day, 2, "1-0", nil},
		"another day":          {record(2, "Leeds", "Everton", "0-0"), day.AddDate(0, 0, 1), 2, "1-0", nil},
		"the other way round":  {record(2, "Everton", "Leeds", "0-0"), day, 2, "1-0", nil},
		"told alike":           {record(2, "Leeds United", "Everton FC", "1-0"), day, 1, "1-0", []quality.Rule{quality.DuplicateMatch}},
		"told as fixture":      {record(2, "Leeds", "Everton", ""), day, 1, "1-0", []quality.Rule{quality.DuplicateMatch}},
		"told differently":     {record(2, "Leeds", "Everton", "0-1"), day, 1, "1-0", []quality.Rule{quality.ConflictResult}},
		"against itself":       {record(2, "Leeds", "Leeds United", "0-1"), day, 1, "1-0", []quality.Rule{quality.UnreadableRow}},
		"a name of a thousand": {record(2, strings.Repeat("x", 1000), "Leeds", ""), day, 1, "1-0", []quality.Rule{quality.UnreadableRow}},
		"a name with NUL":      {record(2, "Lee\x00ds", "Everton", ""), day, 1, "1-0", []quality.Rule{quality.UnreadableRow}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			competition, _ := football.FindCompetition("E0")
			b := intake.NewBuilder(ingesting.Edition{Competition: competition, Source: "s"}, "f")
			b.Add(record(1, "Leeds", "Everton", "1-0"), day, "first")
			b.Add(tt.second, tt.day, "second")
			got := b.Batch("print")
			var rules []quality.Rule
			for _, f := range got.Findings {
				rules = append(rules, f.Rule)
			}
			if diff := cmp.Diff(tt.rules, rules); diff != "" || len(got.Records) != tt.kept || got.Records[0].FullTime.String() != tt.score {
				t.Errorf("%d records, first %s, %s", len(got.Records), got.Records[0].FullTime, diff)
			}
			if got.Fingerprint != "print" || got.Records[0].Place.File != "f" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAResultTakesTheFixturesPlace(t *testing.T) {
	b := intake.NewBuilder(ingesting.Edition{}, "f")
	b.Add(record(1, "A", "B", ""), day, "")
	b.Add(record(2, "A", "B", "1-0"), day, "")
	got := b.Batch("")
	if len(got.Records) != 1 || got.Records[0].Place.Line != 2 || len(got.Findings) != 1 || got.Findings[0].Place.Line != 1 {
		t.Errorf("%+v", got)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	b := intake.NewBuilder(ingesting.Edition{}, "f")
	for range intake.MaxFindings + 7 {
		b.Report(quality.OddsOutOfRange, quality.Place{}, "", "bad")
	}
	got := b.Batch("").Findings
	if last := got[len(got)-1]; len(got) != intake.MaxFindings+1 || last.Reason != "7 more findings of this file were not kept" {
		t.Errorf("%d findings, the last %+v", len(got), last)
	}
}

func TestCut(t *testing.T) {
	for text, want := range map[string]string{
		"as it is":                  "as it is",
		"NUL\x00":                   "NUL�",
		"bad\xff":                   "bad�",
		strings.Repeat("é", 300):    strings.Repeat("é", 256),
		strings.Repeat("\xc3", 600): strings.Repeat("�", 1),
	} {
		got := intake.Cut(text)
		if len(got) > quality.MaxRaw || !utf8.ValidString(got) || got != want {
			t.Errorf("%q is cut to %q, want %q", text, got, want)
		}
	}
}

func TestGoals(t *testing.T) {
	for text, want := range map[string]int{"3": 3, " 4 ": 4, "2.0": 2, "-1": -1, "10.0": 10} {
		if got, err := intake.Goals(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "1.5", "1e3", "99999999999999999999", ".0"} {
		if got, err := intake.Goals(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}
