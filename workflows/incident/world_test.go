package incident_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/notifying"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/test/incidents"
	"github.com/football-prediction/football-prediction/workflows/incident"
)

var night = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)

// world is a store, and people who are told, with the time.
type world struct {
	store *incidents.Store
	now   func() time.Time

	mu     sync.Mutex
	mails  []string // "to subject" after the time since the night began
	deaf   bool     // nobody can be told
	firing bool     // what Prometheus says
	made   int
}

func newWorld() *world {
	return &world{store: incidents.New(), now: func() time.Time { return night }}
}

var contacts = []operation.Contact{
	{Role: operation.RoleOperations, Name: "Ada", Email: "ada@example.com"},
	{Role: operation.RoleDevelopment, Name: "Bob", Email: "bob@example.com"},
	{Role: operation.RoleDatabase, Name: "Eve", Email: "eve@example.com"},
}

func (w *world) responder() *responding.Responder {
	return &responding.Responder{
		Store: w.store, Contacts: contacts, Mail: w, Crier: notifying.NewCrier(notifying.CrierParts{Now: time.Now}), Alerts: w, NewID: w.id, Now: func() time.Time { return w.now() },
	}
}

func (w *world) register(r worker.Registry) { incident.NewActivities(w.responder()).Register(r) }

func (w *world) id() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	return fmt.Sprintf("incident-%d", w.made)
}

// Send implements [notifying.Notifier].
func (w *world) Send(_ context.Context, m notifying.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.deaf {
		return fmt.Errorf("no way to %s", m.To)
	}
	name, _, _ := strings.Cut(m.To, "@")
	subject, _, _ := strings.Cut(m.Subject, ":")
	w.mails = append(w.mails, fmt.Sprintf("%s %s %s", w.now().Sub(night).Round(time.Second), name, subject))
	return nil
}

// Firing implements [responding.Alerts].
func (w *world) Firing(context.Context, map[string]string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.firing, nil
}

func alert(s operation.Severity, firing bool) responding.Alert {
	return responding.Alert{GroupKey: "g", Severity: s, Title: "Down: it is down", Firing: firing}
}

// silent keeps expected failures out of the test's output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
