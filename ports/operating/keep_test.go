package operating_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
)

// world keeps operations and runs in memory.
type world struct {
	now     time.Time
	away    bool
	crash   bool // a server dies between starting a run and writing that down
	started int
	kept    []operating.Operation
	runs    map[string]operating.Sight // by workflow id, the latest
	foreign []operating.Run
	events  []auditing.Event
}

func newWorld() *world {
	return &world{now: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC), runs: map[string]operating.Sight{}}
}

func (w *world) dispatcher() *operating.Dispatcher {
	return operating.NewDispatcher(operating.Parts{
		Kinds: operating.Kinds, Engine: w, Finder: w, Store: w, Keys: w, Signer: w, Unit: w, Recorder: w,
		NewID: func() string { return fmt.Sprintf("op-%d", len(w.kept)) }, Now: func() time.Time { return w.now },
	})
}

func (w *world) Start(_ context.Context, o operating.Order) (operating.Begun, error) {
	if w.away {
		return operating.Begun{}, operating.ErrAway
	}
	if run, ok := w.runs[o.WorkflowID]; ok && (run.Operation == o.Operation || run.Status == operating.Running) {
		return operating.Begun{RunID: run.RunID, Foreign: run.Operation != o.Operation}, nil
	}
	w.started++
	run := operating.Sight{RunID: fmt.Sprintf("run-%d", w.started), Operation: o.Operation, Status: operating.Running, StartedAt: w.now}
	w.runs[o.WorkflowID] = run
	if w.crash {
		return operating.Begun{}, errors.New("killed")
	}
	return operating.Begun{RunID: run.RunID}, nil
}

func (w *world) Look(_ context.Context, r operating.Ref) (operating.Sight, error) {
	run, ok := w.runs[r.WorkflowID]
	switch {
	case w.away:
		return run, operating.ErrAway
	case !ok || r.RunID != "" && run.RunID != r.RunID:
		return run, operating.ErrNoRun
	}
	return run, nil
}

func (w *world) Approve(context.Context, operating.Ref, operation.Approval) error { return nil }
func (w *world) Abort(_ context.Context, r operating.Ref, _, _ string) error {
	w.end(r.WorkflowID, operating.Aborted)
	return nil
}

func (w *world) end(workflowID string, s operating.Status) {
	run := w.runs[workflowID]
	run.Status, run.EndedAt = s, w.now
	w.runs[workflowID] = run
}

func (w *world) Since(_ context.Context, _ []string, after time.Time, _ int, known func([]string) map[string]bool) (found []operating.Run, err error) {
	if w.away {
		return nil, operating.ErrAway
	}
	for _, r := range w.foreign {
		if !r.StartedAt.Before(after) && !known([]string{r.RunID})[r.RunID] {
			found = append(found, r)
		}
	}
	return found, nil
}

func (w *world) Open(_ context.Context, o operating.Operation) (operating.Operation, bool, error) {
	for _, k := range w.kept {
		if k.WorkflowID == o.WorkflowID && !k.Seen.Status.Ended() {
			return k, false, nil
		}
	}
	w.kept = append(w.kept, o)
	return o, true, nil
}

func (w *world) Get(_ context.Context, id string) (operating.Operation, error) {
	for _, k := range w.kept {
		if k.ID == id {
			return k, nil
		}
	}
	return operating.Operation{}, operating.ErrUnknown
}

func (w *world) List(context.Context, operating.Filter, catalogue.Page) ([]operating.Operation, error) {
	return append([]operating.Operation{}, w.kept...), nil
}

func (w *world) Unended(context.Context, int) (all []operating.Operation, err error) {
	for _, k := range w.kept {
		if !k.Seen.Status.Ended() {
			all = append(all, k)
		}
	}
	return all, nil
}

func (w *world) See(_ context.Context, id string, s operating.Sight, at time.Time) error {
	for i := range w.kept {
		if w.kept[i].ID == id && !w.kept[i].Seen.Status.Ended() {
			if s.RunID != "" {
				w.kept[i].RunID = s.RunID
			}
			w.kept[i].Seen, w.kept[i].SeenAt = s, at
		}
	}
	return nil
}

func (w *world) Known(context.Context, []string) (map[string]bool, error) {
	known := map[string]bool{}
	for _, k := range w.kept {
		known[k.RunID] = true
	}
	return known, nil
}

func (w *world) MadeBy(context.Context, string, string) (string, error) { return "user:ada", nil }
func (w *world) Sign([]byte) ([]byte, error)                            { return []byte("s"), nil }
func (w *world) Verify([]byte, []byte) error                            { return nil }
func (w *world) Within(ctx context.Context, _ string, use func(context.Context) error) error {
	return use(ctx)
}

func (w *world) Record(_ context.Context, e auditing.Event) error {
	w.events = append(w.events, e)
	return nil
}

func as(t *testing.T, subject string) context.Context {
	t.Helper()
	return access.With(t.Context(), access.Principal{Subject: subject, TenantID: "t", Role: identity.Operator})
}

func keep(t *testing.T, d *operating.Dispatcher) {
	t.Helper()
	if err := d.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func only(t *testing.T, w *world) operating.Operation {
	t.Helper()
	if len(w.kept) != 1 {
		t.Fatalf("%d operations are kept: %+v", len(w.kept), w.kept)
	}
	return w.kept[0]
}

// A request outlives Temporal's being away, but not for so long that it would
// begin by surprise.
func TestARequestWaitsForTemporal(t *testing.T) {
	for name, c := range map[string]struct {
		away time.Duration
		want operating.Status
	}{
		"for a while": {operating.StartWithin - time.Minute, operating.Running},
		"too long":    {operating.StartWithin + time.Minute, operating.NotStarted},
	} {
		w := newWorld()
		d := w.dispatcher()
		w.away = true
		_, err := d.Start(as(t, "user:ada"), operating.Request{Kind: "settlements"})
		if !errors.Is(err, operating.ErrWaiting) || only(t, w).Seen.Status != operating.Requested || len(w.events) != 1 {
			t.Errorf("%s: %v, kept %+v, recorded %v", name, err, w.kept, w.events)
		}
		w.now = w.now.Add(c.away)
		keep(t, d) // Temporal is still away, which is no error
		w.away = false
		keep(t, d)
		if got := only(t, w).Seen.Status; got != c.want {
			t.Errorf("%s: it is %s, want %s", name, got, c.want)
		}
	}
}

// A server that dies between starting a run and writing that down leaves a run
// that is found, whether it goes on or has ended, and not started twice.
func TestAServerDiesInBetween(t *testing.T) {
	for name, c := range map[string]struct {
		ended bool
		after time.Duration
		want  operating.Status
	}{
		"and the run goes on":       {false, time.Minute, operating.Running},
		"and the run ends":          {true, time.Minute, operating.Completed},
		"and nobody looks for long": {true, time.Hour, operating.Completed},
	} {
		w := newWorld()
		d := w.dispatcher()
		w.crash = true
		if _, err := d.Start(as(t, "user:ada"), operating.Request{Kind: "settlements"}); err == nil {
			t.Fatal("it did not crash")
		}
		w.crash = false
		keep(t, d)
		if only(t, w).RunID != "" {
			t.Errorf("%s: another started what is just being started", name)
		}
		if c.ended {
			w.end("settle", operating.Completed)
		}
		w.now = w.now.Add(c.after)
		keep(t, d)
		if o := only(t, w); o.Seen.Status != c.want || o.RunID != "run-1" || w.started != 1 {
			t.Errorf("%s: it is %s, run %q, %d runs were started", name, o.Seen.Status, o.RunID, w.started)
		}
	}
}

// What schedules and people elsewhere start is taken in, once.
func TestRunsOfOthersAreTakenIn(t *testing.T) {
	w := newWorld()
	d := w.dispatcher()
	long := w.now.Add(-20 * 24 * time.Hour) // while no server was up
	w.foreign = []operating.Run{{Workflow: "Ingest", WorkflowID: "ingest-2026", RunID: "r", From: operating.FromSchedule + "ingest", StartedAt: long}}
	w.runs["ingest-2026"] = operating.Sight{RunID: "r", Status: operating.Completed, StartedAt: long, EndedAt: long}
	keep(t, d)
	keep(t, d)
	if o := only(t, w); o.Kind != "ingestions" || o.RequestedBy != "schedule:ingest" || o.Person != "" || o.Seen.Status != operating.Completed || !o.RequestedAt.Equal(long) {
		t.Errorf("taken in as %+v", o)
	}
	if len(w.events) != 0 {
		t.Errorf("nobody did anything, and recorded is %v", w.events)
	}
}

// A run that Temporal has forgotten did not go on for ever.
func TestARunThatIsForgotten(t *testing.T) {
	w := newWorld()
	d := w.dispatcher()
	if _, err := d.Start(as(t, "user:ada"), operating.Request{Kind: "settlements"}); err != nil {
		t.Fatal(err)
	}
	clear(w.runs)
	keep(t, d)
	if o := only(t, w); o.Seen.Status != operating.Terminated || o.Seen.Outcome == "" {
		t.Errorf("it is %+v", o.Seen)
	}
}

func TestWhatHasNotBegunIsAborted(t *testing.T) {
	w := newWorld()
	d := w.dispatcher()
	w.away = true
	_, _ = d.Start(as(t, "user:ada"), operating.Request{Kind: "settlements"})
	if _, err := d.Abort(as(t, "user:ada"), "op-0", "not now"); !errors.Is(err, operating.ErrAway) {
		t.Errorf("while nobody knows whether it began: %v", err)
	}
	w.away = false
	o, err := d.Abort(as(t, "user:ada"), "op-0", "not now")
	if err != nil || o.Seen.Status != operating.NotStarted {
		t.Errorf("it is %+v, %v", o.Seen, err)
	}
	w.now = w.now.Add(time.Minute)
	if keep(t, d); w.started != 0 {
		t.Error("it began all the same")
	}
	if _, err := d.Abort(as(t, "user:ada"), "op-0", "not now"); !errors.Is(err, operating.ErrEnded) {
		t.Errorf("again: %v", err)
	}
}

func TestInputs(t *testing.T) {
	w := newWorld()
	d := w.dispatcher()
	for _, c := range []struct {
		kind, input, code string
	}{
		{"ingestions", ``, ""},
		{"ingestions", `{"competitions":["serie-a"]}`, ""},
		{"ingestions", `{"competitions":[" "]}`, "operation.input"},
		{"ingestions", `{"resumed":{}}`, "operation.input"},
		{"ingestions", `{} {}`, "operation.input"},
		{"ingestions", `[]`, "operation.input"},
		{"backups", `{"kinds":["database","redis"]}`, ""},
		{"backups", `{"kinds":["everything"]}`, "operation.input"},
		{"maintenance", `{"plan":"weekly","steps":["bloat"],"dry_run":true}`, ""},
		{"maintenance", `{"plan":"yearly"}`, "operation.input"},
		{"restores", `{"backup":"b","reason":"it is gone"}`, ""},
		{"restores", `{"at":"2026-03-01T00:00:00Z","reason":"it is gone"}`, ""},
		{"restores", `{"reason":"it is gone"}`, "operation.input"},
		{"restores", `{"backup":"b","at":"2026-03-01T00:00:00Z","reason":"it is gone"}`, "operation.input"},
		{"restores", `{"backup":"b"}`, "operation.reason"},
		{"cutovers", `{"release":"v1.4.0","ramp":[1,5,10]}`, ""},
		{"cutovers", `{"release":"v1.4.0","ramp":[5,5]}`, "operation.input"},
		{"restores", `{"undo":"r","reason":"it is gone"}`, ""},
		{"restores", `{"confirm":"r","reason":"all is well"}`, ""},
		{"restores", `{"undo":"r","confirm":"r","reason":"it is gone"}`, "operation.input"},
		{"restores", `{"undo":"r\u0000","reason":"it is gone"}`, "operation.input"},
		{"system-restores", `{"backup":"latest","parts":["redis"],"reason":"it is gone"}`, ""},
		{"system-restores", `{"backup":"latest","parts":["mail"],"reason":"it is gone"}`, "operation.input"},
		{"system-restores", `{"reason":"it is gone"}`, "operation.input"},
		{"restores", `{"backup":"b","reason":"\u0007\u0007\u0007"}`, "operation.reason"},
		{"cutovers", `{}`, "release.name"},
		{"experiments", `{}`, "operation.kind"},
	} {
		_, err := d.Start(as(t, "user:ada"), operating.Request{Kind: c.kind, Input: []byte(c.input)})
		if got := codeOf(err); got != c.code {
			t.Errorf("%s %s: %q (%v), want %q", c.kind, c.input, got, err, c.code)
		}
	}
	last := w.kept[len(w.kept)-1]
	if last.Kind != "system-restores" || last.Reason != "it is gone" {
		t.Errorf("the last is %+v", last)
	}
}

func TestOnlyOperatorsOperate(t *testing.T) {
	w := newWorld()
	d := w.dispatcher()
	viewer := access.With(t.Context(), access.Principal{Subject: "user:v", TenantID: "t", Role: identity.Viewer})
	for name, ctx := range map[string]context.Context{"nobody": t.Context(), "a viewer": viewer} {
		_, start := d.Start(ctx, operating.Request{Kind: "ingestions"})
		_, get := d.Get(ctx, "x")
		_, list := d.List(ctx, operating.Filter{}, catalogue.Page{Limit: 1})
		_, approve := d.Approve(ctx, "x")
		_, abort := d.Abort(ctx, "x", "because")
		for what, err := range map[string]error{"start": start, "get": get, "list": list, "approve": approve, "abort": abort} {
			if !errors.Is(err, access.ErrForbidden) && !errors.Is(err, access.ErrUnauthenticated) {
				t.Errorf("%s may %s: %v", name, what, err)
			}
		}
	}
	if len(w.kept) != 0 {
		t.Error("something was kept")
	}
}
