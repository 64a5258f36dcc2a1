package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Business = (*Business)(nil)

// Business adds up how the platform is used and what it is worth.
type Business struct{ db *bun.DB }

// NewBusiness returns the figures in db.
func NewBusiness(db *bun.DB) *Business { return &Business{db: db} }

// Figures implements [maintaining.Business].
func (s *Business) Figures(ctx context.Context, at time.Time) (maintaining.Worth, error) {
	w := maintaining.Worth{Tenants: map[string]int{}}
	if err := withinPlatform(ctx, s.db, func(tx bun.Tx) error { return s.used(ctx, tx, at, &w) }); err != nil {
		return w, fmt.Errorf("add up usage: %w", err)
	}
	if err := s.forecasts(ctx, at, &w); err != nil {
		return w, fmt.Errorf("add up forecasts: %w", err)
	}
	if err := s.data(ctx, &w); err != nil {
		return w, fmt.Errorf("read the state of the data: %w", err)
	}
	return w, nil
}

// used is what tenants and users did, across tenants.
func (s *Business) used(ctx context.Context, tx bun.Tx, at time.Time, w *maintaining.Worth) error {
	var statuses []struct {
		Status string
		Count  int
	}
	if err := tx.NewRaw(`SELECT status, count(*) FROM tenants GROUP BY status`).Scan(ctx, &statuses); err != nil {
		return err
	}
	for _, one := range statuses {
		w.Tenants[one.Status] = one.Count
	}
	err := tx.QueryRowContext(ctx, `
		SELECT (SELECT count(DISTINCT (tenant_id, user_id)) FROM user_activity WHERE day >= (?0::timestamptz - interval '1 day')::date),
			(SELECT count(DISTINCT (tenant_id, user_id)) FROM user_activity WHERE day >= (?0::timestamptz - interval '30 days')::date),
			(SELECT coalesce(sum(amount) FILTER (WHERE kind = 'api_calls'), 0) FROM tenant_usage WHERE hour > ?0::timestamptz - interval '1 day'),
			(SELECT coalesce(sum(amount) FILTER (WHERE kind = 'refused'), 0) FROM tenant_usage WHERE hour > ?0::timestamptz - interval '1 day'),
			(SELECT coalesce(sum(made), 0) FROM tenants t CROSS JOIN LATERAL (
				SELECT count(*) AS made FROM predictions p WHERE p.tenant_id = t.tenant_id AND p.created_at > ?0::timestamptz - interval '1 day') n)`, at).
		Scan(&w.Active, &w.Month, &w.Calls, &w.Refused, &w.Made)
	if err != nil {
		return err
	}
	return tx.QueryRowContext(ctx, `
		SELECT count(*) FROM matches m
		WHERE m.status IN ('finished', 'cancelled', 'abandoned') AND m.kick_off > ?0::timestamptz - interval '60 days' AND m.kick_off < ?0::timestamptz - interval '1 day'
			AND EXISTS (SELECT FROM predictions p WHERE p.match_id = m.id AND p.status = 'pending')`, at).Scan(&w.Unsettled)
}

func (s *Business) forecasts(ctx context.Context, at time.Time, w *maintaining.Worth) error {
	err := s.db.QueryRowContext(ctx, `
		SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM forecasts f WHERE f.match_id = m.id AND f.superseded_at IS NULL))
		FROM matches m WHERE m.status = 'scheduled' AND m.kick_off BETWEEN ?0 AND ?0::timestamptz + interval '7 days'`, at).Scan(&w.Fixtures, &w.Forecast)
	if err != nil {
		return err
	}
	return s.db.QueryRowContext(ctx, `
		SELECT count(pick_right), count(*) FILTER (WHERE pick_right) FROM settlements s JOIN matches m ON m.id = s.match_id
		WHERE m.kick_off > ?::timestamptz - interval '30 days'`, at).Scan(&w.Picks, &w.Right)
}

func (s *Business) data(ctx context.Context, w *maintaining.Worth) error {
	var reports []struct {
		CompetitionCode  string
		Score, Threshold float64
	}
	err := s.db.NewRaw(`SELECT DISTINCT ON (competition_code) competition_code, score, threshold FROM quality_reports ORDER BY competition_code, measured_at DESC`).Scan(ctx, &reports)
	if err != nil {
		return err
	}
	for _, r := range reports {
		w.Quality = append(w.Quality, maintaining.DataQuality{Competition: r.CompetitionCode, Score: r.Score, Threshold: r.Threshold})
	}
	var sources []struct {
		Source string
		At     sql.NullTime
		Count  int
	}
	if err := s.db.NewRaw(`SELECT source, max(loaded_at) AS at, count(*) AS count FROM ingested_editions GROUP BY source ORDER BY source`).Scan(ctx, &sources); err != nil {
		return err
	}
	for _, r := range sources {
		w.Newest = append(w.Newest, maintaining.Counted{What: r.Source, Count: r.Count, Latest: r.At.Time.UTC()})
	}
	return nil
}
