package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/publishing"
)

var _ publishing.Ratings = (*Ratings)(nil)

// Ratings is the table of the teams' ratings over time.
type Ratings struct{ db *bun.DB }

// NewRatings returns the table in db.
func NewRatings(db *bun.DB) *Ratings { return &Ratings{db: db} }

// Since implements [publishing.Ratings].
func (s *Ratings) Since(ctx context.Context, model string) (time.Time, error) {
	var last *time.Time
	err := s.db.QueryRowContext(ctx, `SELECT max(rated_on) FROM team_ratings WHERE model_version = ?`, model).Scan(&last)
	if err != nil {
		return time.Time{}, fmt.Errorf("select newest rating: %w", err)
	}
	if last == nil {
		return time.Time{}, nil
	}
	return midnight(*last), nil
}

const stagedRatings = `CREATE TEMPORARY TABLE IF NOT EXISTS staged_ratings (
	team_id uuid, competition_code text, rated_on date, attack double precision, defence double precision, matches integer
) ON COMMIT DELETE ROWS`

var ratingColumns = []string{"team_id", "competition_code", "rated_on", "attack", "defence", "matches"}

// Keep implements [publishing.Ratings].
func (s *Ratings) Keep(ctx context.Context, model string, ratings []publishing.Rating) error {
	rows := make([][]any, len(ratings))
	for i, r := range ratings {
		rows[i] = []any{string(r.Team), string(r.Competition), r.On, r.Rating.Attack, r.Rating.Defence, r.Rating.Matches}
	}
	return raw(ctx, s.db, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, stagedRatings); err != nil {
				return fmt.Errorf("prepare ratings: %w", err)
			}
			if _, err := tx.CopyFrom(ctx, pgx.Identifier{"staged_ratings"}, ratingColumns, pgx.CopyFromRows(rows)); err != nil {
				return fmt.Errorf("stage ratings: %w", err)
			}
			_, err := tx.Exec(ctx, `
				INSERT INTO team_ratings (model_version, team_id, competition_code, rated_on, attack, defence, matches)
				SELECT $1, team_id, competition_code, rated_on, attack, defence, matches FROM staged_ratings
				ON CONFLICT (team_id, model_version, rated_on, competition_code) DO UPDATE SET
					attack = excluded.attack, defence = excluded.defence, matches = excluded.matches`, model)
			if err != nil {
				return fmt.Errorf("insert ratings: %w", err)
			}
			return nil
		})
	})
}
