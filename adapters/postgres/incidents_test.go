package postgres_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/test/harness"
)

// However often, and from wherever, an alert is told: one incident, which its
// end closes nothing of.
func TestOneIncidentAGroup(t *testing.T) {
	t.Parallel()
	s := postgres.NewIncidents(connect(t, harness.Postgres(t).AppURL))
	at := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	firing := responding.Alert{GroupKey: "g", Severity: operation.P1, Title: "Down", Summary: "It is down.", Labels: map[string]string{"alertname": "Down"}, Firing: true}
	var wait sync.WaitGroup
	var mu sync.Mutex
	opened := 0
	for range 100 {
		wait.Go(func() {
			_, changed, err := s.Hear(t.Context(), firing, postgres.NewID(), at)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if changed {
				opened++
			}
		})
	}
	wait.Wait()
	open, err := s.Open(t.Context(), "")
	if err != nil || len(open) != 1 || open[0].Known != 0 {
		t.Fatalf("%+v, %v", open, err)
	}
	id := open[0].ID
	// Those who found it open were told that its run knows nothing yet.
	if opened != 100 {
		t.Errorf("%d of 100 were told that there is news", opened)
	}
	if err := s.Told(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	over := firing
	over.Firing = false
	for n, tt := range []struct {
		alert   responding.Alert
		changed bool
		status  string
	}{{firing, false, "open"}, {over, true, "verifying"}, {over, true, "verifying"}, {firing, true, "open"}} {
		i, changed, err := s.Hear(t.Context(), tt.alert, postgres.NewID(), at.Add(time.Minute))
		if err != nil || i.ID != id || changed != tt.changed || i.Status() != tt.status {
			t.Errorf("%d: %s %s, changed %v, %v", n, i.ID, i.Status(), changed, err)
		}
	}
	closed, err := s.Change(t.Context(), id, func(i *operation.Incident) (operation.IncidentEvent, error) {
		i.Firing, i.ClosedAt, i.Steps = false, at.Add(time.Hour), []string{"assess", "verify"}
		return operation.IncidentEvent{At: at.Add(time.Hour), Kind: "closed", Actor: "platform", Text: "quiet"}, nil
	})
	if err != nil || closed.Status() != "closed" {
		t.Errorf("%+v, %v", closed, err)
	}
	if _, _, err := s.Hear(t.Context(), over, postgres.NewID(), at); !errors.Is(err, operation.ErrIncidentUnknown) {
		t.Errorf("the end of nothing: %v", err)
	}
	next, changed, err := s.Hear(t.Context(), firing, postgres.NewID(), at.Add(2*time.Hour))
	if err != nil || !changed || next.ID == id {
		t.Errorf("the next one: %+v %v %v", next, changed, err)
	}
	if err := s.Reported(t.Context(), id, closed.Report(nil)); err != nil {
		t.Error(err)
	}
	events, err := s.Timeline(t.Context(), id)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	if diff := cmp.Diff([]string{"opened", "cleared", "fires again", "closed"}, kinds); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
}

func TestIncidentsAreListedAndRefused(t *testing.T) {
	t.Parallel()
	s := postgres.NewIncidents(connect(t, harness.Postgres(t).AppURL))
	at := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	for n := range 3 {
		a := responding.Alert{GroupKey: fmt.Sprint(n), Severity: operation.Severities[n], Title: "t", Firing: true}
		if _, _, err := s.Hear(t.Context(), a, fmt.Sprintf("00000000-0000-7000-8000-00000000000%d", n), at.Add(time.Duration(n)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	open := true
	titles := func(f responding.Filter, p catalogue.Page) (ids []string) {
		all, err := s.List(t.Context(), f, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range all {
			ids = append(ids, i.GroupKey)
		}
		return ids
	}
	for what, got := range map[string][2][]string{
		"all":    {titles(responding.Filter{Open: &open}, catalogue.Page{Limit: 10}), {"2", "1", "0"}},
		"severe": {titles(responding.Filter{Severity: operation.P2}, catalogue.Page{Limit: 10}), {"1"}},
		"page": {titles(responding.Filter{}, catalogue.Page{Limit: 10, After: &catalogue.Position{
			Time: at.Add(2 * time.Minute), ID: "00000000-0000-7000-8000-000000000002",
		}}), {"1", "0"}},
	} {
		if diff := cmp.Diff(got[1], got[0]); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	refusal := errors.New("no")
	i, err := s.Change(t.Context(), "00000000-0000-7000-8000-000000000000", func(i *operation.Incident) (operation.IncidentEvent, error) {
		i.Told = 7
		return operation.IncidentEvent{}, refusal
	})
	kept, getErr := s.Get(t.Context(), "00000000-0000-7000-8000-000000000000")
	if !errors.Is(err, refusal) || getErr != nil || kept.Told != 0 || kept.Version != 1 {
		t.Errorf("what was refused changed %+v to %+v; %v, %v", kept, i, err, getErr)
	}
	for _, id := range []string{"none", postgres.NewID()} {
		if _, err := s.Get(t.Context(), id); !errors.Is(err, operation.ErrIncidentUnknown) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
