package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

var (
	_ modelling.History   = (*History)(nil)
	_ publishing.Fixtures = (*History)(nil)
)

// History reads what has been played and what is still to be.
type History struct{ db *bun.DB }

// NewHistory returns the History in db.
func NewHistory(db *bun.DB) *History { return &History{db: db} }

// Results implements [modelling.History].
func (s *History) Results(ctx context.Context, competitions []football.CompetitionCode, before time.Time) ([]forecast.Result, error) {
	var results []forecast.Result
	err := raw(ctx, s.db, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT competition_code, season, kick_off, home_team_id::text, away_team_id::text, home_goals, away_goals,
				home_shots, away_shots, home_on_target, away_on_target
			FROM matches
			WHERE status = 'finished' AND kick_off < $1 AND (cardinality($2::text[]) = 0 OR competition_code = ANY ($2))
			ORDER BY (kick_off AT TIME ZONE 'UTC')::date, competition_code, id`, before, codes(competitions))
		if err != nil {
			return fmt.Errorf("select results: %w", err)
		}
		results, err = pgx.CollectRows(rows, toResult)
		if err != nil {
			return fmt.Errorf("read results: %w", err)
		}
		return nil
	})
	return results, err
}

func toResult(row pgx.CollectableRow) (forecast.Result, error) {
	var (
		r              forecast.Result
		season         string
		shots, targets [2]*int
	)
	err := row.Scan(&r.Competition, &season, &r.Date, &r.Home, &r.Away, &r.HomeGoals, &r.AwayGoals,
		&shots[0], &shots[1], &targets[0], &targets[1])
	if err != nil {
		return r, err
	}
	r.Date = midnight(r.Date)
	if r.Season, err = football.ParseSeason(season); err != nil {
		return r, fmt.Errorf("season of a result: %w", err)
	}
	r.Stats.Shots, r.Stats.ShotsOnTarget = toCount(shots[0], shots[1]), toCount(targets[0], targets[1])
	return r, nil
}

// Upcoming implements [publishing.Fixtures].
func (s *History) Upcoming(ctx context.Context, competitions []football.CompetitionCode, from time.Time) ([]publishing.Fixture, error) {
	var fixtures []publishing.Fixture
	err := raw(ctx, s.db, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `
			SELECT id::text, competition_code, season, kick_off, time_known, home_team_id::text, away_team_id::text
			FROM matches
			WHERE status = 'scheduled' AND kick_off >= $1 AND (kick_off >= $2 OR NOT time_known)
				AND (cardinality($3::text[]) = 0 OR competition_code = ANY ($3))
			ORDER BY kick_off, id`, midnight(from), from, codes(competitions))
		if err != nil {
			return fmt.Errorf("select fixtures: %w", err)
		}
		fixtures, err = pgx.CollectRows(rows, toFixture)
		if err != nil {
			return fmt.Errorf("read fixtures: %w", err)
		}
		return nil
	})
	return fixtures, err
}

func toFixture(row pgx.CollectableRow) (publishing.Fixture, error) {
	var (
		f      publishing.Fixture
		season string
	)
	err := row.Scan(&f.Match, &f.Fixture.Competition, &season, &f.KickOff, &f.TimeKnown, &f.Fixture.Home, &f.Fixture.Away)
	if err != nil {
		return f, err
	}
	f.KickOff = f.KickOff.UTC()
	f.Fixture.Date = midnight(f.KickOff)
	if f.Fixture.Season, err = football.ParseSeason(season); err != nil {
		return f, fmt.Errorf("season of fixture %s: %w", f.Match, err)
	}
	return f, nil
}

// midnight is the beginning of t's day in UTC.
func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

func codes(competitions []football.CompetitionCode) []string {
	texts := make([]string, len(competitions))
	for i, c := range competitions {
		texts[i] = string(c)
	}
	return texts
}

// toCount is nil unless both numbers are there and possible.
func toCount(home, away *int) *football.Count {
	if home == nil || away == nil {
		return nil
	}
	c, err := football.NewCount(*home, *away)
	if err != nil {
		return nil
	}
	return &c
}
