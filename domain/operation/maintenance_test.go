package operation_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func TestChecklistsHaveStepsOfTheirOwn(t *testing.T) {
	seen := make(map[string]operation.Plan)
	for _, plan := range operation.Plans {
		for _, s := range operation.Checklist(plan) {
			if other, double := seen[s.Name]; double || s.Title == "" || s.About == "" {
				t.Errorf("%s of %s: %+v (also of %s)", s.Name, plan, s, other)
			}
			seen[s.Name] = plan
			if found, of, ok := operation.FindStep(s.Name); !ok || of != plan || found != s {
				t.Errorf("found %+v of %s", found, of)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	tests := map[string]struct {
		plan  string
		names []string
		want  int
		field string
	}{
		"nothing is the daily plan":      {want: 6},
		"in the plan's order":            {plan: "monthly", names: []string{"vacuum", "reindex"}, want: 2},
		"no plan":                        {plan: "yearly", field: "plan"},
		"no step of this plan":           {plan: "weekly", names: []string{"reindex"}, field: "steps"},
		"one that is not among the good": {names: []string{"health", "dance"}, field: "steps"},
	}
	for name, test := range tests {
		plan, err := operation.ParsePlan(test.plan)
		var steps []operation.Step
		if err == nil {
			steps, err = operation.Choose(plan, test.names)
		}
		var wrong *domain.Error
		if test.field != "" {
			if !errors.As(err, &wrong) || wrong.Field != test.field {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || len(steps) != test.want {
			t.Errorf("%s: %v, %v", name, steps, err)
		}
	}
	if steps, _ := operation.Choose(operation.Monthly, []string{"vacuum", "reindex"}); steps[0].Name != "reindex" {
		t.Errorf("in the order %v", steps)
	}
}

func TestOutcome(t *testing.T) {
	note := func(v operation.Verdict, remedy string) operation.StepResult {
		r := operation.StepResult{Step: "health", Notes: []operation.Note{{Verdict: v, Remedy: remedy}}}
		r.Judge()
		return r
	}
	part := operation.StepResult{Figures: []operation.Figure{{Name: "x"}}, Notes: []operation.Note{{Verdict: operation.Skipped, Remedy: "set it up"}}}
	if part.Judge(); part.Verdict != operation.Attention {
		t.Errorf("a step that skipped a part is %s", part.Verdict)
	}
	part.Notes[0].Remedy = ""
	if part.Judge(); part.Verdict != operation.Fine {
		t.Errorf("a step that skipped what is not known here is %s", part.Verdict)
	}
	failed := operation.StepResult{Step: "health", Verdict: operation.Failing}
	tests := map[string]struct {
		results []operation.StepResult
		aborted string
		want    operation.Verdict
	}{
		"nothing to say":          {[]operation.StepResult{{Verdict: operation.Fine}}, "", operation.Fine},
		"good news":               {[]operation.StepResult{note(operation.Fine, "")}, "", operation.Fine},
		"a warning":               {[]operation.StepResult{note(operation.Fine, ""), note(operation.Attention, "")}, "", operation.Attention},
		"not known here":          {[]operation.StepResult{note(operation.Skipped, "")}, "", operation.Fine},
		"skipped, with a remedy":  {[]operation.StepResult{note(operation.Skipped, "set it up")}, "", operation.Attention},
		"a failure after warning": {[]operation.StepResult{note(operation.Attention, ""), failed}, "", operation.Failing},
		"aborted":                 {nil, "not today", operation.Failing},
	}
	for name, test := range tests {
		r := operation.Report{Plan: operation.Daily, Results: test.results, Aborted: test.aborted}
		if r.Conclude(monday); r.Outcome != test.want || r.Ended != monday {
			t.Errorf("%s: %s, want %s", name, r.Outcome, test.want)
		}
	}
}

func line(days int, value func(day int) float64) []operation.Point {
	points := make([]operation.Point, days)
	for i := range points {
		points[i] = operation.Point{At: monday.AddDate(0, 0, i), Value: value(i)}
	}
	return points
}

func TestATrendFollowsMostAndNotTheOdd(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	points := line(60, func(day int) float64 {
		if day == 20 || day == 41 { // a disk that was cleaned up, a table loaded twice
			return 5_000
		}
		return 100 + 3*float64(day) + noise.NormFloat64()
	})
	trend := operation.FitTrend(points)
	if math.Abs(trend.Slope-3) > 0.05 || math.Abs(trend.At(monday)-100) > 1.5 {
		t.Errorf("slope %.3f, level %.2f; want 3 and 100", trend.Slope, trend.At(monday))
	}
	later := monday.AddDate(0, 0, 100)
	low, high := trend.Band(later)
	if low > 400 || high < 400 || high-low > 30 {
		t.Errorf("in 100 days from %.1f to %.1f, want 400 within", low, high)
	}
	near, far := spread(trend, monday.AddDate(0, 0, 30)), spread(trend, monday.AddDate(0, 0, 300))
	if far <= near {
		t.Errorf("the band is %.2f wide near and %.2f far off", near, far)
	}
}

func spread(trend *operation.Trend, at time.Time) float64 {
	low, high := trend.Band(at)
	return high - low
}

// Of values that stray normally, the band holds about nineteen of twenty.
func TestTheBandHoldsWhatItSays(t *testing.T) {
	noise := rand.New(rand.NewPCG(3, 4))
	inside, tries := 0, 2_000
	for range tries {
		trend := operation.FitTrend(line(40, func(day int) float64 { return float64(day) + noise.NormFloat64() }))
		at := monday.AddDate(0, 0, 50)
		low, high := trend.Band(at)
		if v := 50 + noise.NormFloat64(); v >= low && v <= high {
			inside++
		}
	}
	if share := float64(inside) / float64(tries); share < 0.92 || share > 0.98 {
		t.Errorf("the band held %.1f %% of values, want about 95", 100*share)
	}
}

func TestTooLittleIsNoTrend(t *testing.T) {
	for name, points := range map[string][]operation.Point{
		"nothing":        nil,
		"four points":    line(4, func(day int) float64 { return float64(day) }),
		"within an hour": {{At: monday}, {At: monday}, {At: monday}, {At: monday}, {At: monday.Add(time.Hour)}},
	} {
		if trend := operation.FitTrend(points); trend != nil {
			t.Errorf("%s: %+v", name, trend)
		}
	}
	if flat := operation.FitTrend(line(10, func(int) float64 { return 7 })); flat == nil || flat.Slope != 0 {
		t.Errorf("flat: %+v", flat)
	}
}

func TestReaches(t *testing.T) {
	growing := operation.FitTrend(line(30, func(day int) float64 { return 10 * float64(day) }))
	from := monday.AddDate(0, 0, 29)
	if at, earliest := growing.Reaches(500, from); !at.Equal(monday.AddDate(0, 0, 50)) || earliest.After(at) || earliest.IsZero() {
		t.Errorf("on %v, at the earliest %v", at, earliest)
	}
	shrinking := operation.FitTrend(line(30, func(day int) float64 { return 100 - float64(day) }))
	if at, earliest := shrinking.Reaches(500, from); !at.IsZero() || !earliest.IsZero() {
		t.Errorf("what shrinks reaches it on %v, %v", at, earliest)
	}
}

// What was added at once is taken to stay; a dip is not.
func TestACarefulTrendGoesOnFromAStep(t *testing.T) {
	for name, test := range map[string]struct{ last, want float64 }{"a step up": {1_000, 1_100}, "a dip": {1, 390}} {
		points := line(30, func(day int) float64 { return 10 * float64(day) })
		points[29].Value = test.last
		chart := operation.Chart{Points: points, Careful: true}
		if chart.Fit(); math.Abs(chart.Trend.At(monday.AddDate(0, 0, 39))-test.want) > 1 {
			t.Errorf("%s: ten days later %.0f, want %.0f", name, chart.Trend.At(monday.AddDate(0, 0, 39)), test.want)
		}
	}
}

func TestWaste(t *testing.T) {
	uuids := []operation.Key{{Width: 16, Align: 1}}
	text := []operation.Key{{Width: 16, Align: 1}, {Width: 0, Align: 1}}
	tests := map[string]struct {
		index   operation.Index
		bloated bool
		known   bool
	}{
		// A page holds 8152 × 0.9 / 28 = 262 entries of a uuid: 400,000 take 1,527
		// pages and eight inner ones, 12 MiB.
		"as built":             {operation.Index{Bytes: 1536 * 8192, Entries: 400_000, Keys: uuids, Valid: true}, false, true},
		"a tenth is left":      {operation.Index{Bytes: 1536 * 8192, Entries: 40_000, Keys: uuids, Valid: true}, true, true},
		"small":                {operation.Index{Bytes: 4 << 20, Entries: 10, Keys: uuids, Valid: true}, false, true},
		"never counted":        {operation.Index{Bytes: 1 << 30, Entries: -1, Keys: uuids, Valid: true}, false, false},
		"a width nobody knows": {operation.Index{Bytes: 1 << 30, Entries: 10, Keys: text, Valid: true}, false, false},
		"far from its best":    {operation.Index{Bytes: 100 << 20, Entries: 1_000_000, Keys: text, Best: 40, Valid: true}, true, true},
		"at its best":          {operation.Index{Bytes: 100 << 20, Entries: 1_000_000, Keys: text, Best: 100, Valid: true}, false, true},
		"invalid":              {operation.Index{Bytes: 1 << 30, Entries: 10, Keys: uuids}, false, true},
	}
	for name, test := range tests {
		waste, share, known := test.index.Waste()
		if test.index.Bloated() != test.bloated || known != test.known {
			t.Errorf("%s: bloated %v, known %v, waste %.0f (%.2f)", name, test.index.Bloated(), known, waste, share)
		}
	}
	built := tests["as built"].index
	if _, share, _ := built.Waste(); share > 0.01 {
		t.Errorf("an index as it is built has %.3f of waste", share)
	}
}
