package postgres

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

var _ publishing.Timekeeper = (*Settlements)(nil)

// Punctuality implements [publishing.Timekeeper]. Matches that a source told of
// only afterwards could not be forecast, and those that were not played need
// none.
func (s *Settlements) Punctuality(ctx context.Context) ([]publishing.Punctuality, error) {
	var rows []struct {
		CompetitionCode string
		Due, InTime     int
	}
	err := s.db.NewRaw(`
		SELECT m.competition_code, count(*) AS due, count(*) FILTER (WHERE EXISTS (
			SELECT FROM forecasts f WHERE f.match_id = m.id AND f.published_at < m.kick_off)) AS in_time
		FROM matches m
		WHERE m.kick_off > now() - interval '7 days' AND m.kick_off <= now() AND m.created_at < m.kick_off
			AND m.status NOT IN ('postponed', 'cancelled')
		GROUP BY 1 ORDER BY 1`).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count forecasts in time: %w", err)
	}
	all := make([]publishing.Punctuality, len(rows))
	for i, r := range rows {
		all[i] = publishing.Punctuality{Competition: football.CompetitionCode(r.CompetitionCode), Due: r.Due, InTime: r.InTime}
	}
	return all, nil
}
