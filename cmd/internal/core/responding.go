package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"os"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/alertmanager"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Hearing provides what takes in alerts and sees to it that incidents are
// followed. It needs [postgres.Module] and [temporal.Module].
var Hearing = fx.Provide(
	func(s responding.Store, e responding.Engine, newID func() string, now domain.Clock) *responding.Hook {
		return &responding.Hook{Store: s, Engine: e, NewID: newID, Now: now}
	},
	func(s responding.Store, e responding.Engine) *responding.Relay {
		return &responding.Relay{Store: s, Engine: e}
	},
)

// AlertHook is where Alertmanager posts.
func AlertHook(c config.Config, hook *responding.Hook, log *zap.Logger) http.Handler {
	return alertmanager.NewHandler(string(c.AlertmanagerToken), hook, log)
}

// IncidentDesk provides where people look at incidents. It needs [Operating] and
// [Auditing].
var IncidentDesk = fx.Provide(newIncidentDesk)

type incidentDeskParams struct {
	fx.In

	Store      responding.Store
	Engine     responding.Engine
	Operations *operating.Dispatcher
	Unit       transacting.Unit
	Recorder   auditing.Recorder
	NewID      func() string
	Now        domain.Clock
}

func newIncidentDesk(p incidentDeskParams) *responding.Desk {
	return &responding.Desk{
		Store: p.Store, Engine: p.Engine, Operations: p.Operations, Unit: p.Unit, Recorder: p.Recorder, NewID: p.NewID, Now: p.Now,
	}
}

// Responding provides the [responding.Responder] of a worker. It needs
// [Alarming].
var Responding = fx.Provide(newResponder)

func newResponder(c config.Config, s responding.Store, told teller, newID func() string, now domain.Clock) (*responding.Responder, error) {
	r := &responding.Responder{Store: s, People: told.People, Mail: told.Mail, Crier: told.Crier, NewID: newID, Now: now}
	var err error
	if r.Contacts, err = readContacts(string(c.ContactsFile)); err != nil {
		return nil, err
	}
	if c.PrometheusURL != "" {
		r.Alerts = prometheus.NewQuery(string(c.PrometheusURL))
	}
	return r, nil
}

// readContacts reads who is told, in the order of escalation.
func readContacts(path string) (all []operation.Contact, err error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("CONTACTS_FILE: %w", err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("CONTACTS_FILE %s is a list of contacts in JSON, each with role, name, phone and email: %w", path, err)
	}
	var faults []error
	for n, c := range all {
		if c.Role == "" || c.Name == "" {
			faults = append(faults, fmt.Errorf("CONTACTS_FILE: contact %d has no role or no name", n+1))
		}
		if _, err := mail.ParseAddress(c.Email); err != nil {
			faults = append(faults, fmt.Errorf("CONTACTS_FILE: the email of contact %d: %w", n+1, err))
		}
	}
	return all, errors.Join(faults...)
}
