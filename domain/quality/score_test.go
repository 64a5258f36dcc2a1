package quality_test

import (
	"math"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/quality"
)

func TestScore(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		report quality.Report
		want   float64
	}{
		"clean":            {quality.Report{Rows: 380}, 1},
		"nothing at all":   {quality.Report{}, 0},
		"one row rejected": {quality.Report{Rows: 100, Broken: map[quality.Rule]int{quality.ImpossibleScore: 1}}, 0.99},
		"warnings weigh less": {
			quality.Report{Rows: 100, Broken: map[quality.Rule]int{quality.PastFixture: 4, quality.OddsOutOfRange: 10}}, 0.98,
		},
		"new teams cost nothing":  {quality.Report{Rows: 10, Broken: map[quality.Rule]int{quality.UnknownTeam: 10}}, 1},
		"never below nothing":     {quality.Report{Rows: 1, Broken: map[quality.Rule]int{quality.UnreadableRow: 9}}, 0},
		"an unreadable file only": {quality.Report{Rows: 1, Broken: map[quality.Rule]int{quality.SourceUnread: 1}}, 0},
	}
	for name, tt := range tests {
		if got := tt.report.Score(); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: score %v, want %v", name, got, tt.want)
		}
		if got := tt.report.Passes(quality.DefaultThreshold); got != (tt.want >= quality.DefaultThreshold) {
			t.Errorf("%s: passes = %v", name, got)
		}
	}
}

func TestStale(t *testing.T) {
	t.Parallel()
	newest := time.Date(2026, 5, 24, 0, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]bool{80 * 24 * time.Hour: false, 101 * 24 * time.Hour: true} {
		if got := (quality.Report{Newest: newest, MeasuredAt: newest.Add(after)}).Stale(); got != want {
			t.Errorf("stale after %v = %v", after, got)
		}
	}
	if (quality.Report{MeasuredAt: newest}).Stale() {
		t.Error("stale without any result")
	}
}

func TestEveryRuleIsExplained(t *testing.T) {
	t.Parallel()
	for _, rule := range []quality.Rule{
		quality.UnreadableRow, quality.ImpossibleDate, quality.MissingTeam, quality.UnknownTeam, quality.ImpossibleScore,
		quality.MissingScore, quality.DuplicateMatch, quality.ConflictResult, quality.TwiceInADay, quality.PastFixture,
		quality.OddsOutOfRange, quality.CountOutOfRange, quality.SourcesDisagree, quality.StaleSource, quality.SourceUnread,
	} {
		if rule.Meaning() == "" || rule.Severity() == "" {
			t.Errorf("%s has no meaning or severity", rule)
		}
	}
}
