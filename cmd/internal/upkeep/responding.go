package upkeep

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"os"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
)

// Responding provides the [responding.Responder] of a worker. It needs
// [Alarming].
func Responding() fx.Option {
	return fx.Provide(newResponder)
}

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
