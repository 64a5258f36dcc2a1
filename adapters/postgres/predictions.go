package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

var _ predicting.Store = (*Predictions)(nil)

// Predictions is the table of predictions.
type Predictions struct{ db *bun.DB }

// NewPredictions returns the table in db.
func NewPredictions(db *bun.DB) *Predictions { return &Predictions{db: db} }

type predictionRow struct {
	bun.BaseModel `bun:"table:predictions,alias:p"`

	TenantID   string `bun:",pk"`
	ID         string `bun:",pk"`
	UserID     string
	MatchID    string
	Outcome    string
	HomeGoals  *int
	AwayGoals  *int
	Confidence float64
	Status     string
	ResultHome *int
	ResultAway *int
	Points     int
	Brier      float64
	CreatedAt  time.Time
	UpdatedAt  time.Time
	SettledAt  sql.NullTime
	Version    int
}

// Get implements [predicting.Store].
func (s *Predictions) Get(ctx context.Context, tenantID, id string) (prediction.Prediction, error) {
	var row predictionRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.NewSelect().Model(&row).Where("tenant_id = ?", tenantID).Where("id = ?", id).Scan(ctx)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return prediction.Prediction{}, prediction.ErrUnknown
	}
	if err != nil {
		return prediction.Prediction{}, fmt.Errorf("select prediction: %w", err)
	}
	return fromPredictionRow(row)
}

// Change implements [predicting.Store].
func (s *Predictions) Change(ctx context.Context, p prediction.Prediction, at time.Time) error {
	home, away := goals(p.Pick.Score)
	return withinTenant(ctx, s.db, p.TenantID, func(tx bun.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE predictions p SET outcome = ?, home_goals = ?, away_goals = ?, confidence = ?, status = ?, updated_at = ?, version = version + 1
			FROM matches m
			WHERE p.tenant_id = ? AND p.id = ? AND p.version = ? AND p.status = 'pending'
				AND m.id = p.match_id AND m.status IN ('scheduled', 'postponed') AND m.kick_off > ?`,
			p.Pick.Outcome.String(), home, away, p.Pick.Confidence, string(p.Status), p.UpdatedAt, p.TenantID, p.ID, p.Version, at)
		if err != nil {
			return fmt.Errorf("update prediction: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		var version int
		if err := tx.QueryRowContext(ctx, `SELECT version FROM predictions WHERE tenant_id = ? AND id = ?`, p.TenantID, p.ID).Scan(&version); err != nil {
			return fmt.Errorf("select prediction: %w", err)
		}
		if version != p.Version {
			return domain.Errorf(domain.Stale, "prediction.changed", "the prediction was changed in the meantime; read it again")
		}
		return prediction.ErrTooLate
	})
}

// List implements [predicting.Store].
func (s *Predictions) List(ctx context.Context, tenantID string, f predicting.Filter, p catalogue.Page) ([]prediction.Prediction, error) {
	var rows []predictionRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		q := tx.NewSelect().Model(&rows).Where("tenant_id = ?", tenantID).Limit(int64(p.Limit))
		newest(q, f.UserID, p.After)
		if f.Match != "" {
			q.Where("match_id = ?", string(f.Match))
		}
		if f.Status != "" {
			q.Where("status = ?", string(f.Status))
		}
		return q.Scan(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("select predictions: %w", err)
	}
	out := make([]prediction.Prediction, len(rows))
	for i, row := range rows {
		if out[i], err = fromPredictionRow(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newest orders predictions from the newest on, after a place in the list. Ids
// grow with time, so that of all users the primary key has the order.
func newest(q *bun.SelectQuery, userID string, after *catalogue.Position) {
	if userID == "" {
		q.OrderExpr("id DESC")
		if after != nil {
			q.Where("id < ?", after.ID)
		}
		return
	}
	q.Where("user_id = ?", userID).OrderExpr("created_at DESC, id DESC")
	if after != nil {
		q.Where("(created_at, id) < (?, ?)", after.Time, after.ID)
	}
}

// goals are those of a score, nil for none.
func goals(s *football.Score) (home, away *int) {
	if s == nil {
		return nil, nil
	}
	h, a := s.Home(), s.Away()
	return &h, &a
}

func fromPredictionRow(r predictionRow) (p prediction.Prediction, err error) {
	p = prediction.Prediction{
		TenantID: r.TenantID, ID: r.ID, UserID: r.UserID, Match: football.MatchID(r.MatchID), Status: prediction.Status(r.Status),
		Points: r.Points, Brier: r.Brier, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
	if p.Pick, err = prediction.NewPick(r.Outcome, r.HomeGoals, r.AwayGoals, r.Confidence); err != nil {
		return p, fmt.Errorf("prediction row %s: %v", r.ID, err) //nolint:errorlint // a bad row is our fault, not the caller's
	}
	if r.ResultHome != nil && r.ResultAway != nil {
		result, err := football.NewScore(*r.ResultHome, *r.ResultAway)
		if err != nil {
			return p, fmt.Errorf("prediction row %s: %v", r.ID, err) //nolint:errorlint // as above
		}
		p.Result = &result
	}
	if r.SettledAt.Valid {
		p.SettledAt = r.SettledAt.Time.UTC()
	}
	return p, nil
}
