package maintaining_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/ports/notifying"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/responding"
)

var (
	today   = time.Date(2026, 3, 31, 3, 0, 0, 0, time.UTC)
	errDied = errors.New("the worker died just then")
)

// world is a system in memory. It counts the calls to it, and dies at one of
// them: before it had an effect, or after, so that only the answer is lost.
type world struct {
	calls, dieAt int
	after        bool

	indexes map[string]operation.Index
	dead    map[string]int64 // table to dead rows
	left    int              // rows that have expired
	old     map[string]int   // tenant to predictions that are over
	samples map[string]float64
	results map[string]operation.StepResult
	logs    []string
	busy    bool
	traffic *maintaining.Requests
	state   maintaining.State
	tenants []tenancy.Tenant
	points  []operation.Point
	holders []maintaining.Holder
	keys    []maintaining.KeyHeld

	competition string
}

func newWorld() *world {
	key := []operation.Key{{Width: 16, Align: 1}}
	return &world{
		indexes: map[string]operation.Index{
			"fat":      {Name: "fat", Table: "t", Bytes: 64 << 20, Entries: 100_000, Keys: key, Valid: true, Definition: "CREATE INDEX fat ON t USING btree (a)"},
			"lean":     {Name: "lean", Table: "t", Bytes: 4 << 20, Entries: 100_000, Keys: key, Valid: true, Scans: 5, Definition: "CREATE INDEX lean ON t USING btree (b)"},
			"x_ccnew1": {Name: "x_ccnew1", Table: "t", Bytes: 1 << 20, Entries: 10, Keys: key, Definition: "CREATE INDEX x_ccnew1 ON t USING btree (c)"},
		},
		dead: map[string]int64{"t": 50_000, "clean": 0}, left: 7, old: map[string]int{"a": 3, "b": 0}, logs: []string{"app.log.1"},
		samples: map[string]float64{}, results: map[string]operation.StepResult{},
		competition: "serie-b",
		state:       maintaining.State{Host: "here", CPUs: 2, Load: 1, Memory: 100, Available: 50, Disks: []maintaining.Disk{{Path: "/", Total: 1000, Free: 500}}},
		tenants:     []tenancy.Tenant{{ID: "a", Slug: "a", Name: "A", Settings: tenancy.Settings{RetentionDays: 30}}, {ID: "b", Slug: "b", Name: "B", Settings: tenancy.Settings{RetentionDays: 400}}},
	}
}

// do runs an effect, unless this is the call to die at.
func (w *world) do(effect func()) error {
	w.calls++
	dies := w.calls == w.dieAt
	if dies && !w.after {
		return errDied
	}
	effect()
	if dies {
		return errDied
	}
	return nil
}

func nothing() {}

// incidents is one that is open.
type incidents struct{}

func (incidents) Open(context.Context, string) ([]responding.Followed, error) {
	return []responding.Followed{{Incident: operation.Incident{Severity: operation.P3, Title: "It is slow", OpenedAt: today}}}, nil
}

func (w *world) maintainer() *maintaining.Maintainer {
	parts := maintaining.Parts{
		Reports: reports{world: w}, Samples: samples{w}, Runs: w, Refusals: w, Incidents: incidents{}, Machine: w, Logs: w, Updates: updates{w}, Backups: backups{w},
		Business: w, Expired: expired{w}, Suspects: suspects{w}, Rights: w, Inspection: w, Surgery: w, Tenants: tenants{world: w}, Retention: w, Program: w,
		Renderer: renderer{}, Now: func() time.Time { return today },
		Checker: checking.NewChecker([]checking.Dependency{{Name: "PostgreSQL", Probe: func(context.Context) error { return nil }}}, time.Second, func() time.Time { return today }),
	}
	if w.traffic != nil {
		parts.Traffic = traffic{w}
	}
	return maintaining.New(parts)
}

type (
	reports struct {
		*world
		maintaining.Reports
	}
	samples  struct{ *world }
	updates  struct{ *world }
	backups  struct{ *world }
	expired  struct{ *world }
	suspects struct{ *world }
	traffic  struct{ *world }
	tenants  struct {
		*world
		provisioning.Tenants
	}
	renderer struct{}
)

func (renderer) Page(operation.Report) ([]byte, error) { return nil, nil }

func (r reports) Keep(_ context.Context, _ string, s operation.StepResult) error {
	return r.do(func() { r.results[s.Step] = s })
}

func (s samples) Keep(_ context.Context, _ time.Time, all []maintaining.Sample) error {
	return s.do(func() {
		for _, one := range all {
			s.samples[one.Name+" "+one.Subject] = one.Value
		}
	})
}

func (s samples) Since(context.Context, string, string, time.Time) ([]operation.Point, error) {
	return s.points, s.do(nothing)
}

func (s samples) Subjects(context.Context, string, time.Time, int) ([]string, error) {
	return []string{"one"}, s.do(nothing)
}

func (s samples) Best(context.Context, string) (map[string]float64, error) { return nil, s.do(nothing) }

func (w *world) Failed(context.Context, time.Time) ([]maintaining.FailedRuns, error) {
	return []maintaining.FailedRuns{{Workflow: "Ingest", Ending: "failed", Count: 2, Latest: "ingest-1"}}, w.do(nothing)
}

func (w *world) Refused(context.Context, time.Time) ([]maintaining.Counted, error) {
	return []maintaining.Counted{{What: "session.refused", Count: 4, Latest: today}}, w.do(nothing)
}

func (t traffic) Requests(context.Context, time.Duration) (maintaining.Requests, error) {
	return *t.traffic, t.do(nothing)
}

func (w *world) Look(context.Context) (maintaining.State, error) { return w.state, w.do(nothing) }

func (w *world) Sweep(_ context.Context, _ time.Time, _ int64, dry bool) (maintaining.Swept, error) {
	swept := maintaining.Swept{Folders: []string{"/logs"}, Files: 2, Removed: slices.Clone(w.logs)}
	return swept, w.do(func() {
		if !dry {
			w.logs = nil
		}
	})
}

func (u updates) Pending(context.Context) ([]maintaining.Update, error) {
	return []maintaining.Update{{Package: "libssl3", Have: "1", Want: "2", Security: true}}, u.do(nothing)
}

func (b backups) Newest(context.Context) ([]maintaining.BackedUp, error) {
	return []maintaining.BackedUp{
		{Kind: "database", Taken: today.Add(-time.Hour), Verified: today.Add(-time.Hour)},
		{Kind: "redis", Taken: today.Add(-time.Hour), Verified: today.Add(-72 * time.Hour)},
		{Kind: "application"},
	}, b.do(nothing)
}

func (w *world) Figures(context.Context, time.Time) (maintaining.Worth, error) {
	return maintaining.Worth{
		Tenants: map[string]int{"active": 2}, Fixtures: 3, Forecast: 2, Picks: 4, Right: 2,
		Quality: []maintaining.DataQuality{{Competition: w.competition, Score: 0.5, Threshold: 0.8}},
		Newest:  []maintaining.Counted{{What: "openfootball", Latest: today.AddDate(0, 0, -20)}},
	}, w.do(nothing)
}

func (e expired) Remove(_ context.Context, _ time.Time, dry bool, _ maintaining.Progress) ([]maintaining.Removed, error) {
	n := e.left
	return []maintaining.Removed{{What: "Sessions", Rows: n}}, e.do(func() {
		if !dry {
			e.left = 0
		}
	})
}

func (s suspects) Findings(context.Context, time.Time) ([]maintaining.SecurityFinding, error) {
	return []maintaining.SecurityFinding{{Kind: "brute_force", Tenant: "a", Count: 2, Unresolved: 1, Latest: today}}, s.do(nothing)
}

func (s suspects) Networks(context.Context) ([]maintaining.Network, error) {
	return []maintaining.Network{{Hash: "aabb", Failures: 60, Latest: today}}, s.do(nothing)
}

func (w *world) Of(context.Context, string) ([]maintaining.Holder, []maintaining.KeyHeld, error) {
	return w.holders, w.keys, w.do(nothing)
}

func (w *world) Database(context.Context) (maintaining.Database, error) {
	return maintaining.Database{Version: "15", Bytes: 1 << 30, Connections: 5, Most: 100, HitShare: 0.99}, w.do(nothing)
}

func (w *world) Tables(context.Context) ([]maintaining.Table, error) {
	var all []maintaining.Table
	for name, dead := range w.dead {
		all = append(all, maintaining.Table{Name: name, Bytes: 100, Live: 100_000, Dead: dead, Analysed: today})
	}
	slices.SortFunc(all, func(a, b maintaining.Table) int { return strings.Compare(a.Name, b.Name) })
	return all, w.do(nothing)
}

func (w *world) Indexes(context.Context) ([]operation.Index, error) {
	var all []operation.Index
	for _, i := range w.indexes {
		all = append(all, i)
	}
	slices.SortFunc(all, func(a, b operation.Index) int { return strings.Compare(a.Name, b.Name) })
	return all, w.do(nothing)
}

func (w *world) Statements(context.Context, int) ([]maintaining.Statement, maintaining.Statement, error) {
	return []maintaining.Statement{{Text: "SELECT\n  1", Calls: 2, Mean: 0.5, Total: 1}}, maintaining.Statement{Calls: 2, Mean: 0.5, Total: 1}, w.do(nothing)
}

func (w *world) Holdings(context.Context) (map[string]float64, error) {
	return map[string]float64{"a": 3}, w.do(nothing)
}

func (w *world) Alone(ctx context.Context, use func(context.Context, maintaining.Surgeon) error) error {
	if w.busy {
		return maintaining.ErrBusy
	}
	return use(ctx, w)
}

func (w *world) LeftOver(context.Context) (names []string, err error) {
	for name, i := range w.indexes {
		if !i.Valid {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, w.do(nothing)
}

func (w *world) Drop(_ context.Context, index string) error {
	return w.do(func() { delete(w.indexes, index) })
}

// Rebuild leaves a half-built index when it dies before it is done.
func (w *world) Rebuild(_ context.Context, index string) (int64, error) {
	i := w.indexes[index]
	// PostgreSQL finds another name while that of an earlier one is taken.
	half := operation.Index{Name: fmt.Sprintf("%s_ccnew%d", index, w.calls), Table: i.Table, Bytes: 1 << 20}
	w.indexes[half.Name] = half
	err := w.do(func() {
		delete(w.indexes, half.Name)
		i.Bytes = int64(i.Expected())
		w.indexes[index] = i
	})
	return i.Bytes, err
}

func (w *world) Vacuum(_ context.Context, table string) error {
	return w.do(func() { w.dead[table] = 0 })
}

func (t tenants) List(context.Context) ([]tenancy.Tenant, error) { return t.tenants, t.do(nothing) }

func (w *world) Predictions(_ context.Context, tenant string, _ time.Time, dry bool) (int, error) {
	n := w.old[tenant]
	return n, w.do(func() {
		if !dry {
			w.old[tenant] = 0
		}
	})
}

func (w *world) AuditDetails(context.Context, string, time.Time, bool) (int, error) {
	return 0, w.do(nothing)
}

func (w *world) Modules() []maintaining.Module {
	return []maintaining.Module{{Path: "go", Version: "go1.26"}, {Path: "example.com/a", Version: "v1", Replaced: "../a"}}
}

func (w *world) Vulnerabilities(context.Context) ([]maintaining.Vulnerability, error) {
	return []maintaining.Vulnerability{{ID: "GO-1", Module: "example.com/a", Called: true}}, w.do(nothing)
}

var (
	_ maintaining.Inspection = (*world)(nil)
	_ maintaining.Surgery    = (*world)(nil)
	_ notifying.Notifier     = (*post)(nil)
)

// post keeps what is sent to all but one address.
type post struct {
	sent   []notifying.Message
	refuse string
}

func (p *post) Send(_ context.Context, m notifying.Message) error {
	if m.To == p.refuse {
		return errors.New("mailbox unknown")
	}
	p.sent = append(p.sent, m)
	return nil
}

// shelf holds one report.
type shelf struct {
	maintaining.Reports
	report operation.Report
}

func (s *shelf) Get(context.Context, string) (operation.Report, error) { return s.report, nil }
func (s *shelf) Page(context.Context, string) ([]byte, error)          { return []byte("<html>"), nil }

func (s *shelf) Sent(_ context.Context, _ string, people int) error {
	s.report.Sent = people
	return nil
}

type addresses []string

func (a addresses) Operators(context.Context) ([]string, error) { return a, nil }
