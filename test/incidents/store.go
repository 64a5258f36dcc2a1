// Package incidents keeps incidents in memory, for tests of what follows them.
package incidents

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/responding"
)

var _ responding.Store = (*Store)(nil)

// ErrAway is what a store returns that is away.
var ErrAway = errors.New("the store is away")

// Store keeps incidents in memory.
type Store struct {
	mu      sync.Mutex
	all     []operation.Incident
	known   map[string]int64
	events  map[string][]operation.IncidentEvent
	reports map[string]operation.IncidentReport
	away    bool
}

// New returns an empty store.
func New() *Store {
	return &Store{known: map[string]int64{}, events: map[string][]operation.IncidentEvent{}, reports: map[string]operation.IncidentReport{}}
}

// SetAway has every call fail, or not.
func (s *Store) SetAway(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

// Reports are those of incidents that are over.
func (s *Store) Reports() []operation.IncidentReport {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []operation.IncidentReport
	for _, i := range s.all {
		if r, ok := s.reports[i.ID]; ok {
			all = append(all, r)
		}
	}
	return all
}

func (s *Store) lock() (func(), error) {
	s.mu.Lock()
	if s.away {
		s.mu.Unlock()
		return nil, ErrAway
	}
	return s.mu.Unlock, nil
}

// Hear implements [responding.Store].
func (s *Store) Hear(_ context.Context, a responding.Alert, id string, at time.Time) (operation.Incident, bool, error) {
	unlock, err := s.lock()
	if err != nil {
		return operation.Incident{}, false, err
	}
	defer unlock()
	n := slices.IndexFunc(s.all, func(i operation.Incident) bool { return i.GroupKey == a.GroupKey && i.ClosedAt.IsZero() })
	switch {
	case n < 0 && !a.Firing:
		return operation.Incident{}, false, operation.ErrIncidentUnknown
	case n < 0:
		i := operation.Incident{
			ID: id, GroupKey: a.GroupKey, Severity: a.Severity, Title: a.Title, Summary: a.Summary, Labels: a.Labels, Alerted: true, Firing: true, OpenedAt: at, Version: 1,
		}
		s.all = append(s.all, i)
		s.events[id] = []operation.IncidentEvent{{At: at, Kind: "opened", Actor: "alertmanager", Text: a.Title}}
		return i, true, nil
	case s.all[n].Firing == a.Firing:
		return s.all[n], false, nil
	}
	i := &s.all[n]
	i.Firing, i.ClearedAt, i.Version = a.Firing, at, i.Version+1
	kind := "cleared"
	if a.Firing {
		kind, i.ClearedAt, i.ResolvedAt = "fires again", time.Time{}, time.Time{}
	}
	s.events[i.ID] = append(s.events[i.ID], operation.IncidentEvent{At: at, Kind: kind, Actor: "alertmanager"})
	return *i, true, nil
}

// Declare implements [responding.Store].
func (s *Store) Declare(_ context.Context, i operation.Incident, e operation.IncidentEvent) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	s.all = append(s.all, i)
	s.events[i.ID] = append(s.events[i.ID], e)
	return nil
}

// Get implements [responding.Store].
func (s *Store) Get(_ context.Context, id string) (operation.Incident, error) {
	unlock, err := s.lock()
	if err != nil {
		return operation.Incident{}, err
	}
	defer unlock()
	for _, i := range s.all {
		if i.ID == id {
			return i, nil
		}
	}
	return operation.Incident{}, operation.ErrIncidentUnknown
}

// Open implements [responding.Store].
func (s *Store) Open(_ context.Context, groupKey string) (open []responding.Followed, err error) {
	unlock, err := s.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	for _, i := range s.all {
		if i.ClosedAt.IsZero() && (groupKey == "" || i.GroupKey == groupKey) {
			open = append(open, responding.Followed{Incident: i, Known: s.known[i.ID]})
		}
	}
	return open, nil
}

// List implements [responding.Store].
func (s *Store) List(_ context.Context, f responding.Filter, p catalogue.Page) (all []operation.Incident, err error) {
	unlock, err := s.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	for _, i := range slices.Backward(s.all) {
		if (f.Open == nil || *f.Open == i.ClosedAt.IsZero()) && (f.Severity == "" || f.Severity == i.Severity) && len(all) < p.Limit {
			all = append(all, i)
		}
	}
	return all, nil
}

// Timeline implements [responding.Store].
func (s *Store) Timeline(_ context.Context, id string) ([]operation.IncidentEvent, error) {
	unlock, err := s.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	return slices.Clone(s.events[id]), nil
}

// Change implements [responding.Store].
func (s *Store) Change(_ context.Context, id string, change func(*operation.Incident) (operation.IncidentEvent, error)) (operation.Incident, error) {
	unlock, err := s.lock()
	if err != nil {
		return operation.Incident{}, err
	}
	defer unlock()
	for n := range s.all {
		if s.all[n].ID != id {
			continue
		}
		i := s.all[n]
		i.Steps = slices.Clone(i.Steps)
		e, err := change(&i)
		if err != nil {
			return s.all[n], err
		}
		i.Version++
		s.all[n], s.events[id] = i, append(s.events[id], e)
		return i, nil
	}
	return operation.Incident{}, operation.ErrIncidentUnknown
}

// Told implements [responding.Store].
func (s *Store) Told(_ context.Context, id string, version int64) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	s.known[id] = max(s.known[id], version)
	return nil
}

// Reported implements [responding.Store].
func (s *Store) Reported(_ context.Context, id string, r operation.IncidentReport) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	s.reports[id] = r
	return nil
}
