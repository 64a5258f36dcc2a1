package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// Statistics implements [predicting.Store].
func (s *Predictions) Statistics(ctx context.Context, tenantID string, match football.MatchID) (predicting.Statistics, error) {
	out := predicting.Statistics{Match: match}
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		var known bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM matches WHERE id = ?)`, string(match)).Scan(&known); err != nil {
			return err
		}
		if !known {
			return catalogue.ErrNoMatch
		}
		err := tx.QueryRowContext(ctx, `
			SELECT count(*), count(*) FILTER (WHERE outcome = 'home'), count(*) FILTER (WHERE outcome = 'draw'),
				count(*) FILTER (WHERE outcome = 'away'), coalesce(avg(confidence), 0)
			FROM predictions WHERE tenant_id = ? AND match_id = ? AND status <> 'cancelled'`, tenantID, string(match)).
			Scan(&out.Count, &out.ByOutcome[0], &out.ByOutcome[1], &out.ByOutcome[2], &out.Confidence)
		if err != nil {
			return err
		}
		out.Scores, err = commonest(ctx, tx, tenantID, match)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("sum predictions up: %w", err)
	}
	return out, nil
}

func commonest(ctx context.Context, tx bun.Tx, tenantID string, match football.MatchID) (out []predicting.ScoreCount, err error) {
	var rows []struct{ HomeGoals, AwayGoals, Count int }
	err = tx.NewRaw(`
		SELECT home_goals, away_goals, count(*) FROM predictions
		WHERE tenant_id = ? AND match_id = ? AND status <> 'cancelled' AND home_goals IS NOT NULL
		GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 5`, tenantID, string(match)).Scan(ctx, &rows)
	for _, r := range rows {
		score, wrong := football.NewScore(r.HomeGoals, r.AwayGoals)
		if wrong != nil {
			return nil, wrong
		}
		out = append(out, predicting.ScoreCount{Score: score, Count: r.Count})
	}
	return out, err
}

// Points implements [predicting.Store].
func (s *Predictions) Points(ctx context.Context, tenantID, userID string) (points []int, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT p.points FROM predictions p JOIN matches m ON m.id = p.match_id
			WHERE p.tenant_id = ? AND p.user_id = ? AND p.status = 'settled' ORDER BY m.kick_off, p.id`, tenantID, userID).Scan(ctx, &points)
	})
	if err != nil {
		return nil, fmt.Errorf("select points: %w", err)
	}
	return points, nil
}

// Standings implements [predicting.Store]. A position is a place in the list.
func (s *Predictions) Standings(ctx context.Context, tenantID string, f predicting.Period, p catalogue.Page) ([]predicting.Standing, error) {
	var after int
	if p.After != nil {
		after, _ = strconv.Atoi(p.After.ID) // we made it
	}
	var out []predicting.Standing
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		sums := tx.NewSelect().TableExpr("prediction_standings").ColumnExpr("user_id").
			ColumnExpr("sum(settled) AS settled").ColumnExpr("sum(hits) AS hits").ColumnExpr("sum(exact) AS exact").
			ColumnExpr("sum(points) AS points").ColumnExpr("sum(brier_sum) AS brier_sum").
			Where("tenant_id = ?", tenantID).GroupExpr("user_id").Having("sum(settled) > 0")
		if !f.From.IsZero() {
			sums.Where("month >= ?", f.From)
		}
		if !f.To.IsZero() {
			sums.Where("month < ?", f.To)
		}
		if f.Competition != "" {
			sums.Where("competition_code = ?", string(f.Competition))
		}
		ranked := tx.NewSelect().TableExpr("(?) AS s", sums).ColumnExpr("s.*").
			ColumnExpr("rank() OVER (ORDER BY points DESC, brier_sum / settled) AS rank")
		q := tx.NewSelect().TableExpr("(?) AS r", ranked).ColumnExpr("*").OrderExpr("rank, user_id").Limit(int64(p.Limit)).Offset(int64(after))
		if f.UserID != "" {
			q.Where("user_id = ?", f.UserID)
		}
		return q.Scan(ctx, &out)
	})
	if err != nil {
		return nil, fmt.Errorf("select standings: %w", err)
	}
	return out, nil
}
