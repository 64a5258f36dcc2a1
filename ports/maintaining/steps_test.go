package maintaining_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

func perform(t *testing.T, w *world, step string, dry bool) (operation.StepResult, error) {
	t.Helper()
	return w.maintainer().Perform(t.Context(), maintaining.Order{Report: "r", Step: step, DryRun: dry}, func(int, int, string) {})
}

func allSteps() (names []string) {
	for _, plan := range operation.Plans {
		for _, s := range operation.Checklist(plan) {
			names = append(names, s.Name)
		}
	}
	return names
}

// things are what a step may change, as one value to compare.
func (w *world) things() []any {
	return []any{w.indexes, w.dead, w.left, w.old, w.samples, w.logs}
}

// Whatever call of whichever step a worker dies at, with the effect or without:
// the next attempt ends well, everything is as if nothing had happened, and no
// invalid index is left behind.
func TestAStepThatDiesIsDoneByTheNextAttempt(t *testing.T) {
	for _, step := range allSteps() {
		t.Run(step, func(t *testing.T) {
			good := newWorld()
			if _, err := perform(t, good, step, false); err != nil {
				t.Fatal(err)
			}
			deaths := 0
			for at := 1; at <= good.calls; at++ {
				for _, after := range []bool{false, true} {
					w := newWorld()
					w.dieAt, w.after = at, after
					if _, err := perform(t, w, step, false); err != nil {
						deaths++
						if _, err := perform(t, w, step, false); err != nil {
							t.Fatalf("after it died at call %d: %v", at, err)
						}
					}
					if diff := cmp.Diff(good.things(), w.things()); diff != "" {
						t.Errorf("died at call %d (after its effect: %v), then (-want +got):\n%s", at, after, diff)
					}
					if left, _ := w.LeftOver(t.Context()); len(left) > 0 && (step == "reindex" || step == "leftovers") {
						t.Errorf("died at call %d: left %v", at, left)
					}
					if _, kept := w.results[step]; !kept {
						t.Errorf("died at call %d: nothing is kept", at)
					}
				}
			}
			if good.calls > 0 && deaths == 0 {
				t.Error("it never died")
			}
		})
	}
}

// A dry run tells and leaves all as it is.
func TestADryRunChangesNothing(t *testing.T) {
	for _, name := range allSteps() {
		w := newWorld()
		before := fmt.Sprint(w.things()...)
		result, err := perform(t, w, name, true)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if after := fmt.Sprint(w.things()...); after != before {
			t.Errorf("%s changed\n%s to\n%s", name, before, after)
		}
		if step, _, _ := operation.FindStep(name); step.Changes && name != "performance" && !strings.Contains(result.Summary, "would be") {
			t.Errorf("%s says %q", name, result.Summary)
		}
	}
}

// What each step has to say about a world with something of everything.
func TestStepsTell(t *testing.T) {
	tests := map[string]struct {
		verdict operation.Verdict
		notes   []string // beginnings
	}{
		"health":       {operation.Fine, nil},
		"errors":       {operation.Attention, []string{"Failed requests were not looked at", "2 runs of Ingest failed", "1 incident is open."}},
		"resources":    {operation.Fine, []string{"PostgreSQL 15"}},
		"backups":      {operation.Attention, []string{"The newest verified backup of redis is of 2026-03-28", "There is no verified backup of application"}},
		"business":     {operation.Attention, []string{"1 fixture of the coming week has no forecast", "The data of serie-b are too poor", "openfootball has brought nothing since 2026-03-11"}},
		"logs":         {operation.Fine, nil},
		"expired":      {operation.Fine, nil},
		"security":     {operation.Attention, []string{"1 security finding is not resolved"}},
		"addresses":    {operation.Attention, []string{"1 network failed"}},
		"permissions":  {operation.Fine, nil},
		"updates":      {operation.Attention, []string{"1 update for security"}},
		"performance":  {operation.Attention, []string{"Times of requests were not looked at"}},
		"tables":       {operation.Fine, []string{"t holds 50000 dead rows"}},
		"indexes":      {operation.Attention, []string{"1 index is bloated", "x_ccnew1 on t is invalid"}},
		"queries":      {operation.Attention, []string{"1 of the costliest statements takes more than 100 ms"}},
		"dependencies": {operation.Attention, []string{"1 known vulnerability in the code"}},
		"capacity":     {operation.Attention, []string{"Nothing was measured yet"}},
	}
	for step, test := range tests {
		result, err := perform(t, newWorld(), step, false)
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		var notes []string
		for _, n := range result.Notes {
			notes = append(notes, n.Text)
		}
		if result.Verdict != test.verdict || len(notes) != len(test.notes) || result.Summary == "" {
			t.Errorf("%s: %s, %q: %q", step, result.Verdict, result.Summary, notes)
			continue
		}
		for i, want := range test.notes {
			if !strings.HasPrefix(notes[i], want) {
				t.Errorf("%s: note %q, want %q", step, notes[i], want)
			}
		}
	}
}

// Steps that may not look say so, with the remedy, and never that all is well.
func TestWhatWasNotLookedAtIsNotCalledWell(t *testing.T) {
	for step, word := range map[string]string{
		"backups": "footballctl backup create", "leftovers": "MIGRATE_DATABASE_URL", "reindex": "MIGRATE_DATABASE_URL", "vacuum": "MIGRATE_DATABASE_URL",
	} {
		m := newWorld().maintainer()
		m.Backups, m.Surgery, m.Logs = nil, nil, nil
		result, err := m.Perform(t.Context(), maintaining.Order{Step: step}, func(int, int, string) {})
		if err != nil || result.Verdict != operation.Skipped || !strings.Contains(result.Notes[0].Remedy, word) {
			t.Errorf("%s: %+v, %v", step, result, err)
		}
		report := operation.Report{Plan: operation.Monthly, Results: []operation.StepResult{result}}
		if report.Conclude(today); report.Outcome != operation.Attention {
			t.Errorf("%s: the report is %s", step, report.Outcome)
		}
	}
}

// A name from outside must not become a command of whoever copies the remedy.
func TestRemediesQuoteWhatComesFromOutside(t *testing.T) {
	w := newWorld()
	w.competition = "x;rm -rf '~'"
	result, err := perform(t, w, "business", false)
	if err != nil {
		t.Fatal(err)
	}
	if remedy := result.Notes[1].Remedy; !strings.HasSuffix(remedy, `--competition 'x;rm -rf '\''~'\'''`) {
		t.Errorf("the remedy is %s", remedy)
	}
}

func TestAMachineThatIsFullIsTold(t *testing.T) {
	tests := map[string]struct {
		change func(*maintaining.State)
		says   string
	}{
		"disk":   {func(s *maintaining.State) { s.Disks[0].Free = 100 }, "The disk of / on here is at 90.0 %"},
		"memory": {func(s *maintaining.State) { s.Available = 5 }, "95.0 % of its memory"},
		"load":   {func(s *maintaining.State) { s.Load = 4 }, "a load of 4.0 on 2 processors"},
	}
	for name, test := range tests {
		w := newWorld()
		test.change(&w.state)
		result, err := perform(t, w, "resources", false)
		if err != nil || result.Verdict != operation.Attention || !strings.Contains(result.Notes[0].Text, test.says) {
			t.Errorf("%s: %+v, %v", name, result.Notes, err)
		}
	}
}

func TestThePermissionReviewNamesWhatIsOdd(t *testing.T) {
	long := today.AddDate(0, -6, 0)
	w := newWorld()
	w.tenants = w.tenants[:1]
	w.holders = []maintaining.Holder{
		{ID: "fine", Role: identity.TenantAdmin, Created: long, Seen: today},
		{ID: "new", Role: identity.TenantAdmin, Created: today},
		{ID: "idle", Role: identity.TenantAdmin, Created: long},
		{ID: "viewer", Role: identity.Viewer, Created: long},
		{ID: "bare", Role: identity.Operator, Created: today, Seen: today},
		{ID: "gone", Role: identity.Viewer, Disabled: true, Sessions: 2},
		{ID: "quiet", Role: identity.Viewer, Disabled: true},
	}
	w.keys = []maintaining.KeyHeld{
		{ID: "used", Created: long, Used: today},
		{ID: "stale", Created: long, Used: long},
		{ID: "never", Created: long},
		{ID: "mighty", Operates: true, Created: today},
		{ID: "ends", Operates: true, Created: today, Expires: today.AddDate(0, 1, 0)},
	}
	result, err := perform(t, w, "permissions", false)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, l := range result.Listings {
		for _, row := range l.Rows {
			found = append(found, row[1])
		}
	}
	if diff := cmp.Diff([]string{"idle", "bare", "gone", "stale", "never", "mighty"}, found); diff != "" || result.Verdict != operation.Attention {
		t.Errorf("%s\n%s", result.Verdict, diff)
	}
}

// A week that is much slower than those before is told.
func TestPerformanceIsComparedWithTheWeeksBefore(t *testing.T) {
	for name, test := range map[string]struct {
		before float64 // p95 of earlier weeks
		worse  bool
	}{"slower": {0.1, true}, "as before": {0.19, false}, "faster": {0.9, false}} {
		w := newWorld()
		w.traffic = &maintaining.Requests{Total: 1000, P95: 0.2}
		w.points = []operation.Point{{At: today.AddDate(0, 0, -14), Value: test.before}, {At: today.AddDate(0, 0, -7), Value: test.before}}
		result, err := perform(t, w, "performance", false)
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(result.Notes, func(n operation.Note) bool { return strings.HasPrefix(n.Text, "Time within which 95 %") })
		if told != test.worse || w.samples["request_p95_seconds "] != 0.2 {
			t.Errorf("%s: %+v, kept %v", name, result.Notes, w.samples)
		}
	}
}

// A disk that fills up is foreseen.
func TestCapacityForeseesAFullDisk(t *testing.T) {
	w := newWorld()
	for day := range 30 {
		w.points = append(w.points, operation.Point{At: today.AddDate(0, 0, day-30), Value: 200 + 10*float64(day)})
	}
	result, err := perform(t, w, "capacity", false)
	if err != nil {
		t.Fatal(err)
	}
	// 500 of 1000 today and 10 more each day: full in 50 days.
	full := today.AddDate(0, 0, 50).Format(time.DateOnly)
	if row := result.Listings[0].Rows[0]; row[3] != full || result.Verdict != operation.Attention || len(result.Charts) == 0 {
		t.Errorf("%v, %s; want %s", row, result.Verdict, full)
	}
}

func TestAReportIsMailedOnceToThoseWhoCanBeReached(t *testing.T) {
	m, office := newWorld().maintainer(), &post{refuse: "gone@example.com"}
	kept := &shelf{report: operation.Report{ID: "r1", Plan: operation.Daily, Ended: today, Outcome: operation.Attention, Results: []operation.StepResult{
		{Step: "health", Title: "Health", Verdict: operation.Attention, Notes: []operation.Note{{Verdict: operation.Attention, Text: "Redis is away.", Remedy: "Start it."}}},
	}}}
	m.Reports, m.Notifier, m.Recipients = kept, office, addresses{"op@example.com", "gone@example.com"}
	for range 2 {
		d, err := m.Send(t.Context(), "r1")
		if err != nil || d.Sent != 1 {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	if len(office.sent) != 1 || !strings.Contains(office.sent[0].Subject, "daily maintenance needs attention") || !strings.Contains(office.sent[0].Body, "Start it.") {
		t.Errorf("sent %+v", office.sent)
	}
}

// Two tables of one step do not share their rows.
func TestFindingsAndRefusalsAreApart(t *testing.T) {
	result, err := perform(t, newWorld(), "security", false)
	if err != nil || len(result.Listings) != 2 {
		t.Fatalf("%+v, %v", result.Listings, err)
	}
	if got := []string{result.Listings[0].Rows[0][0], result.Listings[1].Rows[0][0]}; cmp.Diff([]string{"brute_force", "session.refused"}, got) != "" {
		t.Errorf("they are %v", got)
	}
}
