package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

var _ predicting.Settlements = (*PredictionSettlements)(nil)

// PredictionSettlements is the predictions of all tenants, to be settled.
type PredictionSettlements struct{ db *bun.DB }

// NewPredictionSettlements returns the predictions in db.
func NewPredictionSettlements(db *bun.DB) *PredictionSettlements {
	return &PredictionSettlements{db: db}
}

// Over implements [predicting.Settlements].
func (s *PredictionSettlements) Over(ctx context.Context, limit int) ([]predicting.Over, error) {
	var rows []struct {
		ID        string
		HomeGoals *int
		AwayGoals *int
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT m.id, m.home_goals, m.away_goals FROM matches m LEFT JOIN prediction_results r ON r.match_id = m.id
			WHERE m.status IN ('finished', 'cancelled', 'abandoned') AND CASE WHEN r.match_id IS NULL
				THEN EXISTS (SELECT FROM predictions p WHERE p.match_id = m.id)
				ELSE (r.home_goals, r.away_goals) IS DISTINCT FROM (m.home_goals, m.away_goals) END
			ORDER BY m.id LIMIT ?`, limit).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("select matches that are over: %w", err)
	}
	out := make([]predicting.Over, len(rows))
	for i, r := range rows {
		out[i].Match = football.MatchID(r.ID)
		if r.HomeGoals != nil && r.AwayGoals != nil {
			score, err := football.NewScore(*r.HomeGoals, *r.AwayGoals)
			if err != nil {
				return nil, fmt.Errorf("match row %s: %w", r.ID, err)
			}
			out[i].Result = &score
		}
	}
	return out, nil
}

// Settle implements [predicting.Settlements]. Predictions, standings and, at the
// last, the match's mark change in one transaction, so that no crash counts any
// twice.
func (s *PredictionSettlements) Settle(ctx context.Context, o predicting.Over, limit int, settle func(prediction.Prediction) prediction.Prediction) (n int, err error) {
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		var rows []predictionRow
		home, away := goals(o.Result)
		// Workers who settle one match at once wait for each other here.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('settle ' || ?, 2))`, string(o.Match)); err != nil {
			return err
		}
		q := tx.NewSelect().Model(&rows).Where("match_id = ?", string(o.Match)).OrderExpr("tenant_id, id").Limit(int64(limit)).For("UPDATE")
		if o.Result == nil {
			q.Where("status IN ('pending', 'settled')")
		} else {
			q.Where("(status IN ('pending', 'expired') OR status = 'settled' AND (result_home, result_away) IS DISTINCT FROM (?, ?))", home, away)
		}
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("select predictions: %w", err)
		}
		if n = len(rows); n > 0 {
			if err := keepSettled(ctx, tx, rows, settle); err != nil {
				return err
			}
		}
		if n == limit {
			return nil
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO prediction_results (match_id, home_goals, away_goals, settled_at) VALUES (?, ?, ?, now())
			ON CONFLICT (match_id) DO UPDATE SET home_goals = excluded.home_goals, away_goals = excluded.away_goals, settled_at = excluded.settled_at`,
			string(o.Match), home, away)
		return err
	})
	return n, err
}

// settledColumns are what settling changes, as arrays.
type settledColumns struct {
	tenants, ids, statuses []string
	users                  []string
	home, away             []int // −1 for none
	points, hits, exact    []int
	settled                []int
	brier, brierChange     []float64
	pointsChange           []int
	at                     time.Time
}

func keepSettled(ctx context.Context, tx bun.Tx, rows []predictionRow, settle func(prediction.Prediction) prediction.Prediction) error {
	var c settledColumns
	for _, row := range rows {
		before, err := fromPredictionRow(row)
		if err != nil {
			return err
		}
		c.add(before, settle(before))
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE predictions p SET status = n.status, result_home = nullif(n.home, -1), result_away = nullif(n.away, -1), points = n.points, brier = n.brier,
			settled_at = ?, version = p.version + 1
		FROM unnest(?::uuid[], ?::uuid[], ?::text[], ?::smallint[], ?::smallint[], ?::smallint[], ?::float8[])
			AS n (tenant_id, id, status, home, away, points, brier)
		WHERE p.tenant_id = n.tenant_id AND p.id = n.id`,
		c.at, pgdialect.Array(c.tenants), pgdialect.Array(c.ids), pgdialect.Array(c.statuses), pgdialect.Array(c.home), pgdialect.Array(c.away),
		pgdialect.Array(c.points), pgdialect.Array(c.brier))
	if err != nil {
		return fmt.Errorf("update predictions: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO prediction_standings AS s (tenant_id, user_id, month, competition_code, settled, hits, exact, points, brier_sum)
		SELECT n.tenant_id, n.user_id, date_trunc('month', m.kick_off AT TIME ZONE 'UTC'), m.competition_code,
			sum(n.settled), sum(n.hits), sum(n.exact), sum(n.points), sum(n.brier)
		FROM unnest(?::uuid[], ?::uuid[], ?::int[], ?::int[], ?::int[], ?::int[], ?::float8[])
			AS n (tenant_id, user_id, settled, hits, exact, points, brier), matches m
		WHERE m.id = ?
		GROUP BY 1, 2, 3, 4
		ON CONFLICT (tenant_id, user_id, month, competition_code) DO UPDATE SET settled = s.settled + excluded.settled,
			hits = s.hits + excluded.hits, exact = s.exact + excluded.exact, points = s.points + excluded.points,
			brier_sum = s.brier_sum + excluded.brier_sum`,
		pgdialect.Array(c.tenants), pgdialect.Array(c.users), pgdialect.Array(c.settled), pgdialect.Array(c.hits), pgdialect.Array(c.exact),
		pgdialect.Array(c.pointsChange), pgdialect.Array(c.brierChange), rows[0].MatchID)
	if err != nil {
		return fmt.Errorf("update standings: %w", err)
	}
	return nil
}

// add notes how a prediction comes to stand, and what that adds to its user's
// standing: what it counts now less what it counted before.
func (c *settledColumns) add(before, after prediction.Prediction) {
	home, away := -1, -1
	if r := after.Result; r != nil {
		home, away = r.Home(), r.Away()
	}
	c.tenants, c.ids, c.users = append(c.tenants, after.TenantID), append(c.ids, after.ID), append(c.users, after.UserID)
	c.statuses, c.home, c.away = append(c.statuses, string(after.Status)), append(c.home, home), append(c.away, away)
	c.points, c.brier, c.at = append(c.points, after.Points), append(c.brier, after.Brier), after.SettledAt
	was, is := worth(before), worth(after)
	c.settled, c.hits, c.exact = append(c.settled, is.settled-was.settled), append(c.hits, is.hits-was.hits), append(c.exact, is.exact-was.exact)
	c.pointsChange, c.brierChange = append(c.pointsChange, is.points-was.points), append(c.brierChange, is.brier-was.brier)
}

// value is what a prediction adds to a standing.
type value struct {
	settled, hits, exact, points int
	brier                        float64
}

func worth(p prediction.Prediction) (v value) {
	if p.Status != prediction.Settled {
		return v
	}
	v = value{settled: 1, points: p.Points, brier: p.Brier}
	if p.Points > 0 {
		v.hits = 1
	}
	if p.Points == prediction.PointsExact {
		v.exact = 1
	}
	return v
}
