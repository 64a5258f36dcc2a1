package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// statistics are what a tenant predicts of a match, by pick: few rows, from one
// reading of the predictions. Each status is named, so that the index of matches
// leads to the tenant's own: "not cancelled" would read what every other tenant
// predicts of the match.
const statistics = `
	SELECT outcome, home_goals, away_goals, count(*) AS count, sum(confidence) AS confidence FROM predictions
	WHERE tenant_id = ? AND match_id = ? AND status IN ('pending', 'settled', 'expired') GROUP BY 1, 2, 3`

type statisticsRow struct {
	Outcome              string
	HomeGoals, AwayGoals *int
	Count                int
	Confidence           float64
}

// Statistics implements [predicting.Store].
func (s *Predictions) Statistics(ctx context.Context, tenantID string, match football.MatchID) (predicting.Statistics, error) {
	var rows []statisticsRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		err := tx.NewRaw(statistics, tenantID, string(match)).Scan(ctx, &rows)
		if err != nil || len(rows) > 0 {
			return err
		}
		var known bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM matches WHERE id = ?)`, string(match)).Scan(&known); err != nil {
			return err
		}
		if !known {
			return catalogue.ErrNoMatch
		}
		return nil
	})
	if err != nil {
		return predicting.Statistics{Match: match}, fmt.Errorf("sum predictions up: %w", err)
	}
	out, err := summed(match, rows)
	if err != nil {
		return out, fmt.Errorf("predictions of match %s: %v", match, err) //nolint:errorlint // a bad row is our fault, not the caller's
	}
	return out, nil
}

// mostScores is how many of the commonest scores are told.
const mostScores = 5

// summed adds up what is predicted of a match.
func summed(match football.MatchID, rows []statisticsRow) (predicting.Statistics, error) {
	out := predicting.Statistics{Match: match}
	for _, r := range rows {
		outcome, err := football.ParseOutcome(r.Outcome)
		if err != nil {
			return out, err
		}
		out.Count += r.Count
		out.ByOutcome[outcome] += r.Count
		out.Confidence += r.Confidence
		if r.HomeGoals == nil || r.AwayGoals == nil {
			continue
		}
		score, err := football.NewScore(*r.HomeGoals, *r.AwayGoals)
		if err != nil {
			return out, err
		}
		out.Scores = append(out.Scores, predicting.ScoreCount{Score: score, Count: r.Count})
	}
	if out.Count > 0 {
		out.Confidence /= float64(out.Count)
	}
	slices.SortFunc(out.Scores, func(a, b predicting.ScoreCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Score.Home(), b.Score.Home()), cmp.Compare(a.Score.Away(), b.Score.Away()))
	})
	out.Scores = out.Scores[:min(len(out.Scores), mostScores)]
	return out, nil
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
