package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/responding"
)

var _ responding.Store = (*Incidents)(nil)

// Incidents is the table of incidents, with their timelines.
type Incidents struct{ db *bun.DB }

// NewIncidents returns the table in db.
func NewIncidents(db *bun.DB) *Incidents { return &Incidents{db: db} }

type incidentRow struct {
	bun.BaseModel `bun:"table:incidents,alias:i"`

	ID             string `bun:",pk"`
	GroupKey       string
	Severity       operation.Severity
	Title          string
	Summary        string
	Labels         map[string]string `bun:"type:jsonb"`
	Alerted        bool
	Firing         bool
	OpenedAt       time.Time
	ClearedAt      sql.NullTime
	AcknowledgedAt sql.NullTime
	AcknowledgedBy string
	ResolvedAt     sql.NullTime
	ResolvedBy     string
	Resolution     string
	ClosedAt       sql.NullTime
	Told           int
	ToldAt         sql.NullTime
	RemindedAt     sql.NullTime
	Steps          []string `bun:",array"`
	Version        int64
	Known          int64
}

func toIncidentRow(i operation.Incident) incidentRow {
	r := incidentRow{
		ID: i.ID, GroupKey: i.GroupKey, Severity: i.Severity, Title: i.Title, Summary: i.Summary, Labels: i.Labels, Alerted: i.Alerted, Firing: i.Firing,
		OpenedAt: i.OpenedAt, ClearedAt: nullTime(i.ClearedAt), AcknowledgedAt: nullTime(i.AcknowledgedAt), AcknowledgedBy: i.AcknowledgedBy,
		ResolvedAt: nullTime(i.ResolvedAt), ResolvedBy: i.ResolvedBy, Resolution: i.Resolution, ClosedAt: nullTime(i.ClosedAt),
		Told: i.Told, ToldAt: nullTime(i.ToldAt), RemindedAt: nullTime(i.Reminded), Steps: i.Steps, Version: i.Version,
	}
	if r.Labels == nil {
		r.Labels = map[string]string{}
	}
	if r.Steps == nil {
		r.Steps = []string{}
	}
	return r
}

func fromIncidentRow(r incidentRow) operation.Incident {
	return operation.Incident{
		ID: r.ID, GroupKey: r.GroupKey, Severity: r.Severity, Title: r.Title, Summary: r.Summary, Labels: r.Labels, Alerted: r.Alerted, Firing: r.Firing,
		OpenedAt: r.OpenedAt, ClearedAt: r.ClearedAt.Time, AcknowledgedAt: r.AcknowledgedAt.Time, AcknowledgedBy: r.AcknowledgedBy,
		ResolvedAt: r.ResolvedAt.Time, ResolvedBy: r.ResolvedBy, Resolution: r.Resolution, ClosedAt: r.ClosedAt.Time,
		Told: r.Told, ToldAt: r.ToldAt.Time, Reminded: r.RemindedAt.Time, Steps: r.Steps, Version: r.Version,
	}
}

// Hear implements [responding.Store].
func (s *Incidents) Hear(ctx context.Context, a responding.Alert, id string, at time.Time) (i operation.Incident, changed bool, err error) {
	if a.Firing {
		fresh := operation.Incident{
			ID: id, GroupKey: a.GroupKey, Severity: a.Severity, Title: a.Title, Summary: a.Summary, Labels: a.Labels,
			Alerted: true, Firing: true, OpenedAt: at.UTC(), Version: 1,
		}
		if changed, err = s.open(ctx, fresh, operation.IncidentEvent{At: at.UTC(), Kind: "opened", Actor: alertmanager, Text: a.Title}); err != nil || changed {
			return fresh, changed, err
		}
	}
	open, err := s.Open(ctx, a.GroupKey)
	if err != nil {
		return i, false, err
	}
	if len(open) == 0 {
		// The end of nothing; or what was open has just been closed, and opens anew.
		if a.Firing {
			return s.Hear(ctx, a, id, at)
		}
		return i, false, operation.ErrIncidentUnknown
	}
	i = open[0].Incident
	if same(i, a) {
		return i, open[0].Known < i.Version, nil
	}
	i, err = s.Change(ctx, i.ID, func(i *operation.Incident) (operation.IncidentEvent, error) { return heard(i, a, at) })
	if errors.Is(err, operation.ErrIncidentClosed) { // in between
		return s.Hear(ctx, a, id, at)
	}
	return i, err == nil, err
}

const alertmanager = "alertmanager"

func same(i operation.Incident, a responding.Alert) bool {
	return i.Firing == a.Firing && (!a.Firing || i.Severity == a.Severity && i.Title == a.Title && i.Summary == a.Summary && maps.Equal(i.Labels, a.Labels))
}

// heard changes an open incident by what its alert says.
func heard(i *operation.Incident, a responding.Alert, at time.Time) (operation.IncidentEvent, error) {
	e := operation.IncidentEvent{At: at.UTC(), Actor: alertmanager, Kind: "changed", Text: a.Summary}
	switch {
	case !i.ClosedAt.IsZero():
		return e, operation.ErrIncidentClosed
	case i.Firing && !a.Firing:
		e.Kind, e.Text = "cleared", "its alert is over"
		i.Firing, i.ClearedAt = false, at.UTC()
		return e, nil
	case !i.Firing && a.Firing:
		e.Kind = "fires again"
		i.ResolvedAt, i.ResolvedBy, i.Resolution = time.Time{}, "", ""
	}
	i.Firing, i.ClearedAt, i.Alerted = a.Firing, time.Time{}, true
	i.Severity, i.Title, i.Summary, i.Labels = a.Severity, a.Title, a.Summary, a.Labels
	return e, nil
}

// Declare implements [responding.Store].
func (s *Incidents) Declare(ctx context.Context, i operation.Incident, e operation.IncidentEvent) error {
	_, err := s.open(ctx, i, e)
	return err
}

// open keeps i with its first event, unless its group has an open one.
func (s *Incidents) open(ctx context.Context, i operation.Incident, e operation.IncidentEvent) (opened bool, err error) {
	err = s.within(ctx, func(db bun.IDB) error {
		row := toIncidentRow(i)
		done, err := db.NewInsert().Model(&row).ExcludeColumn("known").On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return fmt.Errorf("insert incident: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		opened = true
		return insertEvent(ctx, db, i.ID, e)
	})
	return opened && err == nil, err
}

// within joins the unit of work of ctx, or makes one.
func (s *Incidents) within(ctx context.Context, do func(bun.IDB) error) error {
	if db := joined(ctx, s.db); db != bun.IDB(s.db) {
		return do(db)
	}
	return s.db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error { return do(tx) })
}

type incidentEventRow struct {
	bun.BaseModel `bun:"table:incident_events"`

	ID         int64 `bun:",pk,autoincrement"`
	IncidentID string
	At         time.Time
	Kind       string
	Actor      string
	Text       string
}

func insertEvent(ctx context.Context, db bun.IDB, id string, e operation.IncidentEvent) error {
	row := incidentEventRow{IncidentID: id, At: e.At, Kind: e.Kind, Actor: e.Actor, Text: e.Text}
	if _, err := db.NewInsert().Model(&row).ExcludeColumn("id").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("insert event of incident: %w", err)
	}
	return nil
}

// Get implements [responding.Store].
func (s *Incidents) Get(ctx context.Context, id string) (operation.Incident, error) {
	return selectIncident(ctx, joined(ctx, s.db), id, "")
}

func selectIncident(ctx context.Context, db bun.IDB, id, lock string) (operation.Incident, error) {
	var r incidentRow
	q := db.NewSelect().Model(&r).Where("id::text = ?", id)
	if lock != "" {
		q = q.For(lock)
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return operation.Incident{}, operation.ErrIncidentUnknown
	}
	if err != nil {
		return operation.Incident{}, fmt.Errorf("select incident: %w", err)
	}
	return fromIncidentRow(r), nil
}

// Open implements [responding.Store].
func (s *Incidents) Open(ctx context.Context, groupKey string) ([]responding.Followed, error) {
	var rows []incidentRow
	q := joined(ctx, s.db).NewSelect().Model(&rows).Where("closed_at IS NULL").OrderExpr("opened_at, id")
	if groupKey != "" {
		q = q.Where("group_key = ?", groupKey)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("select open incidents: %w", err)
	}
	all := make([]responding.Followed, len(rows))
	for i, r := range rows {
		all[i] = responding.Followed{Incident: fromIncidentRow(r), Known: r.Known}
	}
	return all, nil
}

// List implements [responding.Store].
func (s *Incidents) List(ctx context.Context, f responding.Filter, p catalogue.Page) ([]operation.Incident, error) {
	var rows []incidentRow
	q := joined(ctx, s.db).NewSelect().Model(&rows).OrderExpr("opened_at DESC, id DESC").Limit(int64(p.Limit))
	if f.Open != nil {
		q = q.Where("(closed_at IS NULL) = ?", *f.Open)
	}
	if f.Severity != "" {
		q = q.Where("severity = ?", f.Severity)
	}
	if p.After != nil {
		q = q.Where("(opened_at, id) < (?, ?)", p.After.Time, p.After.ID)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("select incidents: %w", err)
	}
	all := make([]operation.Incident, len(rows))
	for i, r := range rows {
		all[i] = fromIncidentRow(r)
	}
	return all, nil
}

// Timeline implements [responding.Store].
func (s *Incidents) Timeline(ctx context.Context, id string) ([]operation.IncidentEvent, error) {
	var rows []incidentEventRow
	if err := joined(ctx, s.db).NewSelect().Model(&rows).Where("incident_id::text = ?", id).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("select events of incident: %w", err)
	}
	all := make([]operation.IncidentEvent, len(rows))
	for i, r := range rows {
		all[i] = operation.IncidentEvent{At: r.At, Kind: r.Kind, Actor: r.Actor, Text: r.Text}
	}
	return all, nil
}

// Change implements [responding.Store].
func (s *Incidents) Change(ctx context.Context, id string, change func(*operation.Incident) (operation.IncidentEvent, error)) (i operation.Incident, err error) {
	err = s.within(ctx, func(db bun.IDB) error {
		if i, err = selectIncident(ctx, db, id, "UPDATE"); err != nil {
			return err
		}
		e, err := change(&i)
		if err != nil {
			return err
		}
		i.Version++
		row := toIncidentRow(i)
		_, err = db.NewUpdate().Model(&row).ExcludeColumn("id", "group_key", "alerted", "opened_at", "known").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("update incident: %w", err)
		}
		return insertEvent(ctx, db, id, e)
	})
	return i, err
}

// Told implements [responding.Store].
func (s *Incidents) Told(ctx context.Context, id string, version int64) error {
	_, err := joined(ctx, s.db).NewUpdate().Model((*incidentRow)(nil)).Set("known = greatest(known, ?)", version).Where("id::text = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update incident: %w", err)
	}
	return nil
}

// Reported implements [responding.Store].
func (s *Incidents) Reported(ctx context.Context, id string, r operation.IncidentReport) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = joined(ctx, s.db).NewUpdate().Model((*incidentRow)(nil)).Set("report = ?::jsonb", string(text)).Where("id::text = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep the report of an incident: %w", err)
	}
	return nil
}
