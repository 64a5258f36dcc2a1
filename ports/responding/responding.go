// Package responding follows incidents from the first alert until their end is
// verified. What is known of an incident is kept in one place, which people and
// alerts change whatever else is away; a run of a workflow follows it, tells
// contacts in time, and believes only what is kept.
package responding

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Alert is what somebody tells of a group of alerts.
type Alert struct {
	GroupKey string             `json:"group_key"`
	Severity operation.Severity `json:"severity"`
	Title    string             `json:"title"`
	Summary  string             `json:"summary,omitempty"`
	Labels   map[string]string  `json:"labels,omitempty"`
	Firing   bool               `json:"firing"`
}

// Filter selects incidents; an empty field selects all.
type Filter struct {
	Open     *bool
	Severity operation.Severity
}

// Store keeps incidents. Its methods join the unit of work that ctx carries.
type Store interface {
	// Hear takes in an alert: one that fires opens an incident with the given id
	// unless its group has an open one, which it changes. It returns the group's
	// open incident, [operation.ErrIncidentUnknown] when there is none, and
	// whether anything is new. Of many at once, one opens.
	Hear(ctx context.Context, a Alert, id string, at time.Time) (i operation.Incident, changed bool, err error)
	// Declare keeps an incident that no alert is about.
	Declare(ctx context.Context, i operation.Incident, e operation.IncidentEvent) error
	// Get returns an incident, or [operation.ErrIncidentUnknown].
	Get(ctx context.Context, id string) (operation.Incident, error)
	// Open returns the open incidents, the oldest first; of one group unless it
	// is empty.
	Open(ctx context.Context, groupKey string) ([]Followed, error)
	// List returns incidents, the newest first.
	List(ctx context.Context, f Filter, p catalogue.Page) ([]operation.Incident, error)
	// Timeline returns what happened, in order.
	Timeline(ctx context.Context, id string) ([]operation.IncidentEvent, error)
	// Change changes an incident, which nobody else does meanwhile, and adds the
	// event. What change refuses, changes nothing.
	Change(ctx context.Context, id string, change func(*operation.Incident) (operation.IncidentEvent, error)) (operation.Incident, error)
	// Told keeps that the run knows of a version.
	Told(ctx context.Context, id string, version int64) error
	// Reported keeps the report of an incident that is over.
	Reported(ctx context.Context, id string, r operation.IncidentReport) error
}

// Followed is an open incident, and which version its run knows.
type Followed struct {
	operation.Incident

	Known int64
}

// News is told to the run that follows a group of alerts.
type News struct {
	GroupKey string
	Title    string
	// Alert is set when it could not be kept: the run keeps it, as soon as that
	// is possible.
	Alert *Alert
}

// Engine runs what follows incidents.
type Engine interface {
	// Tell makes sure that a run follows the group, and that it looks anew.
	Tell(ctx context.Context, n News) error
	// Follows reports whether a run follows the group.
	Follows(ctx context.Context, groupKey string) (bool, error)
}

// Hook takes in alerts.
type Hook struct {
	Store  Store
	Engine Engine
	NewID  func() string
	Now    domain.Clock
}

// ErrNotKept is about an alert that nobody can keep now. Whoever sends it has to
// send it again.
var ErrNotKept = &domain.Error{Kind: domain.Unavailable, Code: "incident.not_kept"}

// Take keeps an alert: in the store as a rule, and in a run while the store is
// away. Taking it again changes nothing. It returns [ErrNotKept] when both are
// away.
func (h *Hook) Take(ctx context.Context, a Alert) error {
	i, changed, err := h.Store.Hear(ctx, a, h.NewID(), h.Now())
	switch {
	case errors.Is(err, operation.ErrIncidentUnknown):
		return nil // the end of what nobody heard of
	case err != nil:
		if away := h.Engine.Tell(ctx, News{GroupKey: a.GroupKey, Title: a.Title, Alert: &a}); away != nil {
			return domain.Errorf(domain.Unavailable, ErrNotKept.Code, "the alert could not be kept: %s; nor told: %s", err, away)
		}
		return nil
	case changed:
		// What cannot be told now, [Relay.Keep] tells.
		_ = tell(ctx, h.Engine, h.Store, i)
	}
	return nil
}

func tell(ctx context.Context, e Engine, s Store, i operation.Incident) error {
	if err := e.Tell(ctx, News{GroupKey: i.GroupKey, Title: i.Title}); err != nil {
		return fmt.Errorf("tell the run of incident %s: %w", i.ID, err)
	}
	return s.Told(ctx, i.ID, i.Version)
}

// Relay tells runs what they could not be told when it happened.
type Relay struct {
	Store  Store
	Engine Engine
}

// Keep is to be called every few seconds. Temporal was away, a server died in
// between, or a run was ended by hand while its incident is open: whatever it
// was, the incident is followed afterwards.
func (r *Relay) Keep(ctx context.Context) error {
	open, err := r.Store.Open(ctx, "")
	if err != nil {
		return err
	}
	for _, i := range open {
		follows := false
		if i.Known >= i.Version {
			if follows, err = r.Engine.Follows(ctx, i.GroupKey); err != nil {
				return err
			}
		}
		if follows {
			continue
		}
		if err := tell(ctx, r.Engine, r.Store, i.Incident); err != nil {
			return err
		}
	}
	return nil
}
