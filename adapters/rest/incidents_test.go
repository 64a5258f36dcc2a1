package rest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/test/incidents"
)

// deafEngine is Temporal while it is away.
type deafEngine struct{}

func (deafEngine) Tell(context.Context, responding.News) error   { return incidents.ErrAway }
func (deafEngine) Follows(context.Context, string) (bool, error) { return false, incidents.ErrAway }

func newIncidentDesk(now func() time.Time) *responding.Desk {
	d, store := newDispatcher(newRuns(), now), incidents.New()
	old := operation.Incident{ID: id(2, 3), GroupKey: "old", Severity: operation.P2, Title: "old", OpenedAt: now(), Version: 1}
	_ = store.Declare(context.Background(), old, operation.IncidentEvent{At: now(), Kind: "opened", Actor: "alertmanager"})
	return &responding.Desk{
		Store: store, Engine: deafEngine{}, Operations: d, Unit: d.Unit, Recorder: d.Recorder, NewID: d.NewID, Now: now,
	}
}

type incidentAnswer struct {
	ID, Status, Title, Severity string
	AcknowledgedBy              string `json:"acknowledged_by"`
	Steps                       []struct {
		Name string
		Done bool
	}
	Timeline []struct{ Kind, Actor, Text string }
}

// What people say of an incident is kept while Temporal is away, in the order in
// which they say it.
func TestAnIncidentIsWorkedOn(t *testing.T) {
	s := newServer(t)
	send := func(status int, path, body string) incidentAnswer {
		t.Helper()
		w := s.call(http.MethodPost, "/api/v1/incidents"+path, body, "X-API-Key", s.manager)
		if w.Code != status {
			t.Fatalf("POST %s = %d %s", path, w.Code, w.Body)
		}
		return decode[incidentAnswer](t, w)
	}
	made := send(http.StatusCreated, "", `{"severity":"P1","title":"Forecasts look wrong"}`)
	at := "/" + made.ID
	send(http.StatusOK, at+"/ack", ``)
	send(http.StatusOK, at+"/notes", `{"reason":"since noon"}`)
	send(http.StatusOK, at+"/steps/analyse", `{"reason":"an import"}`)
	send(http.StatusOK, at+"/actions", `{"kind":"backups","input":{"kinds":["database"]}}`)
	last := send(http.StatusOK, at+"/resolve", `{"reason":"restored"}`)
	var kinds []string
	for _, e := range last.Timeline {
		kinds = append(kinds, e.Kind)
	}
	if diff := cmp.Diff([]string{"opened", "acknowledged", "note", "step", "action", "resolved"}, kinds); diff != "" {
		t.Error(diff)
	}
	if last.Status != "verifying" || !strings.HasPrefix(last.AcknowledgedBy, "api-key:") || !last.Steps[1].Done || last.Steps[0].Done {
		t.Errorf("%+v", last)
	}
	if w := s.get("/api/v1/incidents?open=true&severity=P1", "X-API-Key", s.manager); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), made.ID) {
		t.Errorf("the list = %d %s", w.Code, w.Body)
	}
	for path, want := range map[string]int{"/steps/verify": 422, "/steps/none": 422, "/actions": 422} {
		if w := s.call(http.MethodPost, "/api/v1/incidents"+at+path, `{"kind":"nothing"}`, "X-API-Key", s.manager); w.Code != want {
			t.Errorf("POST %s = %d %s", path, w.Code, w.Body)
		}
	}
	wantProblem(t, s.call(http.MethodPost, "/api/v1/incidents/"+id(1, 77)+"/ack", "", "X-API-Key", s.manager), http.StatusNotFound, "incident.unknown")
	wantProblem(t, s.call(http.MethodPost, "/api/v1/incidents"+at+"/ack", "", "X-API-Key", s.reader), http.StatusForbidden, "access.forbidden")
}

// What is over can be written about, and nothing else.
func TestAnIncidentThatIsOver(t *testing.T) {
	desk := (*responding.Desk)(nil)
	s := newServer(t, func(d *rest.Dependencies) { desk = d.Incidents })
	w := s.call(http.MethodPost, "/api/v1/incidents", `{"severity":"P3","title":"over"}`, "X-API-Key", s.manager)
	made := decode[incidentAnswer](t, w)
	if _, err := desk.Store.Change(t.Context(), made.ID, func(i *operation.Incident) (operation.IncidentEvent, error) {
		i.ClosedAt = now
		return operation.IncidentEvent{}, nil
	}); err != nil {
		t.Fatal(err)
	}
	for path, status := range map[string]int{"/ack": 409, "/resolve": 409, "/steps/mend": 409, "/notes": 200} {
		if w := s.call(http.MethodPost, "/api/v1/incidents/"+made.ID+path, `{"reason":"afterwards"}`, "X-API-Key", s.manager); w.Code != status {
			t.Errorf("POST %s = %d %s", path, w.Code, w.Body)
		}
	}
}

// Alertmanager is let in by a token of its own, beside everybody else's doors.
func TestTheHookIsServed(t *testing.T) {
	s := newServer(t, func(d *rest.Dependencies) {
		d.Config.Alertmanager = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/v1/hooks/alertmanager", nil))
	if w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
