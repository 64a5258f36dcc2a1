package operation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/operation"
)

func TestSeverityOf(t *testing.T) {
	for want, labels := range map[operation.Severity][]map[string]string{
		operation.P1: {{"severity": "critical"}, {"severity": "info", "priority": "P1"}, {"priority": "p1"}},
		operation.P2: {{"severity": "warning"}, {}, {"severity": "who knows"}, {"severity": "warning", "priority": "high"}},
		operation.P3: {{"severity": "info"}, {"severity": "critical", "priority": "P3"}},
	} {
		for _, l := range labels {
			if got := operation.SeverityOf(l); got != want {
				t.Errorf("%v is %s, want %s", l, got, want)
			}
		}
	}
}

// What comes next, and when, for everything that an incident can have been
// through.
func TestNextMove(t *testing.T) {
	opened := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return opened.Add(time.Duration(minutes) * time.Minute) }
	p1 := operation.Incident{Severity: operation.P1, Alerted: true, Firing: true, OpenedAt: opened}
	with := func(i operation.Incident, change func(*operation.Incident)) operation.Incident {
		change(&i)
		return i
	}
	acknowledged := with(p1, func(i *operation.Incident) { i.Told, i.AcknowledgedAt = 1, at(2) })
	tests := map[string]struct {
		incident operation.Incident
		contacts int
		want     *operation.Move
	}{
		"the first contact is told at once": {p1, 3, &operation.Move{Kind: operation.Tell, At: at(0)}},
		"the next after five minutes":       {with(p1, func(i *operation.Incident) { i.Told, i.ToldAt = 1, at(0) }), 3, &operation.Move{Kind: operation.Tell, At: at(5)}},
		"and the third after ten":           {with(p1, func(i *operation.Incident) { i.Told, i.ToldAt = 2, at(5) }), 3, &operation.Move{Kind: operation.Tell, At: at(10)}},
		"then the last again, hourly":       {with(p1, func(i *operation.Incident) { i.Told, i.ToldAt = 3, at(10) }), 3, &operation.Move{Kind: operation.Tell, At: at(70)}},
		"P2 after a quarter of an hour": {
			with(p1, func(i *operation.Incident) { i.Severity, i.Told = operation.P2, 1 }), 2,
			&operation.Move{Kind: operation.Tell, At: at(15)},
		},
		"P3 after an hour": {with(p1, func(i *operation.Incident) { i.Severity, i.Told = operation.P3, 1 }), 2, &operation.Move{Kind: operation.Tell, At: at(60)}},
		"without contacts somebody is told all the same": {p1, 0, &operation.Move{Kind: operation.Tell, At: at(0)}},
		"acknowledging stops it, until it takes long":    {acknowledged, 3, &operation.Move{Kind: operation.Remind, At: at(15)}},
		"which is reminded of once":                      {with(acknowledged, func(i *operation.Incident) { i.Reminded = at(15) }), 3, nil},
		"an alert that is over must stay so": {
			with(acknowledged, func(i *operation.Incident) { i.Firing, i.ClearedAt = false, at(8) }), 3,
			&operation.Move{Kind: operation.Close, At: at(13)},
		},
		"also when nobody was there": {with(p1, func(i *operation.Incident) { i.Firing, i.ClearedAt = false, at(3) }), 3, &operation.Move{Kind: operation.Close, At: at(8)}},
		"called resolved while it goes on, it opens again": {
			with(acknowledged, func(i *operation.Incident) { i.ResolvedAt = at(4) }), 3,
			&operation.Move{Kind: operation.Reopen, At: at(19)},
		},
		"declared and resolved, it must stay quiet": {
			with(acknowledged, func(i *operation.Incident) { i.Alerted, i.Firing, i.ResolvedAt = false, false, at(4) }), 3,
			&operation.Move{Kind: operation.Close, At: at(9)},
		},
		"declared and not resolved, it goes on": {
			with(acknowledged, func(i *operation.Incident) { i.Alerted, i.Firing = false, false }), 3,
			&operation.Move{Kind: operation.Remind, At: at(15)},
		},
		"closed is closed": {with(acknowledged, func(i *operation.Incident) { i.Firing, i.ClosedAt = false, at(9) }), 3, nil},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.incident.Next(tt.contacts)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestReport(t *testing.T) {
	opened := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	i := operation.Incident{
		Severity: operation.P1, Alerted: true, OpenedAt: opened, AcknowledgedAt: opened.Add(2 * time.Minute), ClearedAt: opened.Add(10 * time.Minute),
		ClosedAt: opened.Add(15 * time.Minute), Told: 1, Steps: []string{"assess", "verify"},
	}
	events := []operation.IncidentEvent{
		{At: opened, Kind: "opened", Actor: "alertmanager"}, {At: opened.Add(2 * time.Minute), Kind: "acknowledged", Actor: "user:ada", Text: "looking"},
	}
	want := operation.IncidentReport{
		AcknowledgeSeconds: 120, ResolveSeconds: 600, Told: 1, InTime: true, Steps: []string{"assess", "verify"},
		Done: []string{"2026-03-01T02:02:00Z user:ada acknowledged: looking"},
	}
	if diff := cmp.Diff(want, i.Report(events)); diff != "" {
		t.Error(diff)
	}
	i.AcknowledgedAt = opened.Add(6 * time.Minute)
	if i.Report(events).InTime {
		t.Error("acknowledged after six minutes counts as in time")
	}
}
