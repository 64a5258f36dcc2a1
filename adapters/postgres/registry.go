package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

var (
	_ modelling.Registry = (*Registry)(nil)
	_ catalogue.Models   = (*Registry)(nil)
)

// Registry is the tables of models, promotions and the champion.
type Registry struct{ db *bun.DB }

// NewRegistry returns the registry in db.
func NewRegistry(db *bun.DB) *Registry { return &Registry{db: db} }

type modelRow struct {
	bun.BaseModel `bun:"table:models,alias:m"`

	Version    string `bun:",pk"`
	Name       string
	Settings   json.RawMessage `bun:"type:jsonb"`
	TrainedAt  time.Time
	Evaluation json.RawMessage `bun:"type:jsonb,nullzero"`
	Champion   bool            `bun:",scanonly"`
}

// Add implements [modelling.Registry].
func (s *Registry) Add(ctx context.Context, e modelling.Entry) error {
	settings, err := e.Model.MarshalSettings()
	if err != nil {
		return fmt.Errorf("encode settings of %s: %w", e.Version, err)
	}
	row := modelRow{Version: e.Version, Name: e.Model.Name(), Settings: settings, TrainedAt: e.TrainedAt}
	if _, err := s.db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("insert model: %w", err)
	}
	return nil
}

// Get implements [modelling.Registry] and [catalogue.Models].
func (s *Registry) Get(ctx context.Context, version string) (modelling.Entry, error) {
	e, err := s.one(ctx, s.query().Where("m.version = ?", version))
	if errors.Is(err, sql.ErrNoRows) {
		return e, domain.Errorf(domain.NotFound, modelling.ErrNoModel.Code, "there is no model %q", version)
	}
	return e, err
}

// Champion implements [modelling.Registry].
func (s *Registry) Champion(ctx context.Context) (modelling.Entry, error) {
	e, err := s.one(ctx, s.query().Where("c.version IS NOT NULL"))
	if errors.Is(err, sql.ErrNoRows) {
		return e, modelling.ErrNoChampion
	}
	return e, err
}

// Models implements [catalogue.Models].
func (s *Registry) Models(ctx context.Context, p catalogue.Page) ([]modelling.Entry, error) {
	var rows []modelRow
	q := s.query().ModelTableExpr("models AS m").OrderExpr("m.trained_at DESC, m.version DESC").Limit(int64(p.Limit))
	if p.After != nil {
		q = q.Where("(m.trained_at, m.version) < (?, ?)", p.After.Time, p.After.ID)
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("select models: %w", err)
	}
	entries := make([]modelling.Entry, len(rows))
	for i, row := range rows {
		var err error
		if entries[i], err = fromModelRow(row); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (s *Registry) query() *bun.SelectQuery {
	return s.db.NewSelect().Model((*modelRow)(nil)).
		ColumnExpr("m.version, m.name, m.settings, m.trained_at, m.evaluation, c.version IS NOT NULL AS champion").
		Join("LEFT JOIN champion AS c ON c.version = m.version")
}

func (s *Registry) one(ctx context.Context, q *bun.SelectQuery) (modelling.Entry, error) {
	var row modelRow
	if err := q.Scan(ctx, &row); err != nil {
		return modelling.Entry{}, fmt.Errorf("select model: %w", err)
	}
	return fromModelRow(row)
}

// Evaluated implements [modelling.Registry].
func (s *Registry) Evaluated(ctx context.Context, version string, e modelling.Evaluation) error {
	text, err := json.Marshal(toEvaluationRow(e))
	if err != nil {
		return fmt.Errorf("encode evaluation: %w", err)
	}
	done, err := s.db.NewUpdate().Model((*modelRow)(nil)).
		Set("evaluation = ?", string(text)).Where("version = ?", version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update evaluation: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return domain.Errorf(domain.NotFound, modelling.ErrNoModel.Code, "there is no model %q", version)
}

func fromModelRow(r modelRow) (modelling.Entry, error) {
	model, err := forecast.LoadModel(r.Name, r.Settings)
	if err != nil {
		return modelling.Entry{}, fmt.Errorf("model row %s: %v", r.Version, err) //nolint:errorlint // a bad row is our fault, not the caller's
	}
	e := modelling.Entry{Version: r.Version, Model: model, TrainedAt: r.TrainedAt.UTC(), Champion: r.Champion}
	if len(r.Evaluation) > 0 {
		var row evaluationRow
		if err := json.Unmarshal(r.Evaluation, &row); err != nil {
			return modelling.Entry{}, fmt.Errorf("evaluation of model row %s: %w", r.Version, err)
		}
		evaluation := fromEvaluationRow(row)
		e.Evaluation = &evaluation
	}
	return e, nil
}
