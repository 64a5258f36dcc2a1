package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
)

// runs keeps operations and runs them, in memory. One waits for an approval:
// id(2, 3), which somebody else asked for.
type runs struct {
	all   []operating.Operation
	away  bool
	ended bool
}

func newRuns() *runs {
	waiting := operating.Operation{
		ID: id(2, 3), Kind: "ingestions", Workflow: "Ingest", WorkflowID: "ingest", RunID: "run-1", Input: []byte(`{}`),
		RequestedBy: "user:" + id(1, 7), Person: "user:" + id(1, 7), RequestedAt: now, SeenAt: now,
		Seen:      operating.Sight{Status: operating.Running, LatestRun: "run-1"},
		Approvals: []operating.Approved{{Actor: "user:" + id(1, 8), Step: "begin", At: now}},
	}
	return &runs{all: []operating.Operation{waiting}}
}

func newDispatcher(r *runs, clock func() time.Time) *operating.Dispatcher {
	return operating.NewDispatcher(operating.Parts{
		Kinds: operating.Kinds, Engine: r, Finder: r, Store: r, Keys: r, Signer: r, Unit: &people{}, Recorder: &people{},
		NewID: func() string { return id(2, 100+len(r.all)) }, Now: clock,
	})
}

func (r *runs) Start(_ context.Context, o operating.Order) (operating.Begun, error) {
	if r.away {
		return operating.Begun{}, operating.ErrAway
	}
	return operating.Begun{RunID: "run-of-" + o.WorkflowID}, nil
}

func (r *runs) Look(_ context.Context, ref operating.Ref) (operating.Sight, error) {
	seen := operating.Sight{RunID: ref.RunID, LatestRun: ref.RunID, Status: operating.Running, StartedAt: now}
	switch {
	case r.away:
		return seen, operating.ErrAway
	case r.ended:
		seen.Status, seen.EndedAt, seen.Result = operating.Completed, now, []byte(`{"editions":3}`)
		return seen, nil
	}
	seen.Progress = &operating.Progress{Step: "load", Done: 1, Total: 3, Message: "premier-league"}
	seen.Awaiting = &operating.Awaiting{Step: "swap", Question: "Shall it?", Missing: 1}
	seen.Activities = []operating.Activity{{Name: "Ingest.Plan", Attempt: 2, Failure: "no route"}}
	return seen, nil
}

func (r *runs) Approve(_ context.Context, _ operating.Ref, a operation.Approval) error {
	return a.Check()
}

func (r *runs) Abort(context.Context, operating.Ref, string, string) error {
	r.ended = true
	return nil
}

func (r *runs) Since(context.Context, []string, time.Time, int, func([]string) map[string]bool) ([]operating.Run, error) {
	return nil, nil
}

func (r *runs) Open(_ context.Context, o operating.Operation) (operating.Operation, bool, error) {
	for _, kept := range r.all {
		if kept.WorkflowID == o.WorkflowID && !kept.Seen.Status.Ended() {
			return kept, false, nil
		}
	}
	r.all = append(r.all, o)
	return o, true, nil
}

func (r *runs) Get(_ context.Context, id string) (operating.Operation, error) {
	for _, o := range r.all {
		if o.ID == id {
			return o, nil
		}
	}
	return operating.Operation{}, operating.ErrUnknown
}

func (r *runs) List(context.Context, operating.Filter, catalogue.Page) ([]operating.Operation, error) {
	return r.all, nil
}

func (r *runs) Unended(context.Context, int) ([]operating.Operation, error) { return r.all, nil }

func (r *runs) See(_ context.Context, id string, seen operating.Sight, at time.Time) error {
	for i := range r.all {
		if r.all[i].ID == id {
			r.all[i].Seen, r.all[i].SeenAt = seen, at
		}
	}
	return nil
}

func (r *runs) Known(context.Context, []string) (map[string]bool, error) {
	return map[string]bool{}, nil
}
func (r *runs) MadeBy(context.Context, string, string) (string, error) { return "system", nil }
func (r *runs) Sign([]byte) ([]byte, error)                            { return []byte("signed"), nil }
func (r *runs) Verify([]byte, []byte) error                            { return nil }

// An operation is answered with its address, also when the answer is told again.
func TestStartingAnOperation(t *testing.T) {
	s := newServer(t)
	body := `{"competitions":["premier-league"]}`
	w := s.call(http.MethodPost, "/api/v1/operations/ingestions", body)
	started := decode[struct {
		ID, Kind, Status string
		Input            map[string]any
		History          struct{ URL string }
	}](t, w)
	if w.Code != http.StatusAccepted || w.Header().Get("Location") != "/api/v1/operations/"+started.ID || started.Status != "running" {
		t.Errorf("starting = %d %v %s", w.Code, w.Header(), w.Body)
	}
	if !strings.HasPrefix(started.History.URL, "http://ui.example/namespaces/default/workflows/ingest-") || !strings.HasSuffix(started.History.URL, "/history") {
		t.Errorf("its history is at %q", started.History.URL)
	}
	if again := s.call(http.MethodPost, "/api/v1/operations/ingestions", body); !strings.Contains(again.Body.String(), started.ID) {
		t.Errorf("asking for the same again = %d %s", again.Code, again.Body)
	}
	for at, bodies := range map[string][]string{
		"ingestions":  {`{"sources":["\u0007"]}`, `{"competitions":"x"}`, `{"resumed":{}}`, `[]`},
		"retrainings": {`{"models":[""]}`, `{"models":["` + strings.Repeat("x", 101) + `"]}`},
	} {
		for _, body := range bodies {
			if w := s.call(http.MethodPost, "/api/v1/operations/"+at, body); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("POST %s %s = %d %s", at, body, w.Code, w.Body)
			}
		}
	}
	wantProblem(t, s.call(http.MethodPost, "/api/v1/operations/experiments", `{}`), http.StatusMethodNotAllowed, "method.not_allowed")
	if w := s.call(http.MethodPost, "/api/v1/operations/ingestions", `{}`, "X-API-Key", s.reader); w.Code != http.StatusForbidden {
		t.Errorf("a reader starts: %d %s", w.Code, w.Body)
	}
}

// While Temporal is away, what was seen last is told, and said to be so.
func TestOperationsWithoutTemporal(t *testing.T) {
	s := newServer(t)
	s.runs.away = true
	p := wantProblem(t, s.call(http.MethodPost, "/api/v1/operations/retrainings", `{}`), http.StatusServiceUnavailable, "operation.waiting")
	if !strings.Contains(p.Detail, s.runs.all[1].ID) {
		t.Errorf("it says %q", p.Detail)
	}
	for _, at := range []string{"", "/" + id(2, 3)} {
		if w := s.get("/api/v1/operations" + at); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"live":false`) {
			t.Errorf("GET operations%s = %d %s", at, w.Code, w.Body)
		}
	}
	wantProblem(t, s.call(http.MethodPost, "/api/v1/operations/"+id(2, 3)+"/approve", ""), http.StatusServiceUnavailable, "operation.temporal_away")
}

func TestApprovingAndAborting(t *testing.T) {
	s := newServer(t)
	at := "/api/v1/operations/" + id(2, 3)
	wantProblem(t, s.call(http.MethodPost, at+"/approve", "", "X-API-Key", s.manager), http.StatusForbidden, "approval.no_person")
	for path, op := range map[string]string{at + "/approve": "approve", at + "/abort": "abort"} {
		body := ""
		if op == "abort" {
			body = `{"reason":"not now"}`
		}
		w := s.call(http.MethodPost, path, body)
		if w.Code != http.StatusOK {
			t.Fatalf("%s = %d %s", op, w.Code, w.Body)
		}
		validate(t, s, operations(s, http.MethodPost)["/api/v1/operations/{id}/"+op], w.Body.Bytes())
		s.runs.ended = false
		s.runs.all[0].Seen.Status = operating.Running
	}
	s.runs.all[0].Person = "user:" + id(1, 0)
	wantProblem(t, s.call(http.MethodPost, at+"/approve", ""), http.StatusForbidden, "approval.same_person")
	s.runs.ended = true
	wantProblem(t, s.call(http.MethodPost, at+"/abort", `{"reason":"too late"}`), http.StatusConflict, "operation.ended")
	wantProblem(t, s.get("/api/v1/operations/"+id(7, 7)), http.StatusNotFound, "operation.unknown")
}
