package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Temporary tables live as long as their connection and are emptied by every
// commit, so a busy connection makes them once.
const (
	stagedMatches = `CREATE TEMPORARY TABLE IF NOT EXISTS staged_matches (
		id uuid, home_team_id uuid, away_team_id uuid, leg smallint,
		kick_off timestamptz, time_known boolean, round text, status text,
		home_goals smallint, away_goals smallint, ht_home_goals smallint, ht_away_goals smallint,
		home_shots smallint, away_shots smallint, home_on_target smallint, away_on_target smallint,
		home_corners smallint, away_corners smallint, home_yellow smallint, away_yellow smallint,
		home_red smallint, away_red smallint, source_ref text
	) ON COMMIT DELETE ROWS`
	stagedOdds = `CREATE TEMPORARY TABLE IF NOT EXISTS staged_odds (
		match_id uuid, bookmaker text, stage text, quoted_at timestamptz,
		home double precision, draw double precision, away double precision, source_ref text
	) ON COMMIT DELETE ROWS`
)

var (
	matchColumns = []string{
		"id", "home_team_id", "away_team_id", "leg", "kick_off", "time_known", "round", "status",
		"home_goals", "away_goals", "ht_home_goals", "ht_away_goals",
		"home_shots", "away_shots", "home_on_target", "away_on_target",
		"home_corners", "away_corners", "home_yellow", "away_yellow", "home_red", "away_red", "source_ref",
	}
	oddsColumns = []string{"match_id", "bookmaker", "stage", "quoted_at", "home", "draw", "away", "source_ref"}
)

// stage copies the records into the staging tables and returns how many there
// are.
func (l *load) stage(ctx context.Context, teams map[string]string) (int, error) {
	identified, err := l.identify(ctx, teams)
	if err != nil {
		return 0, err
	}
	var matches, odds [][]any
	for _, m := range identified {
		matches = append(matches, matchValues(m))
		for _, o := range m.record.Odds {
			odds = append(odds, oddsValues(m.id, o, m.record))
		}
	}
	if _, err := l.tx.CopyFrom(ctx, pgx.Identifier{"staged_matches"}, matchColumns, pgx.CopyFromRows(matches)); err != nil {
		return 0, fmt.Errorf("stage matches: %w", err)
	}
	if len(odds) > 0 {
		if _, err := l.tx.CopyFrom(ctx, pgx.Identifier{"staged_odds"}, oddsColumns, pgx.CopyFromRows(odds)); err != nil {
			return 0, fmt.Errorf("stage odds: %w", err)
		}
	}
	return len(matches), nil
}

func matchValues(m identified) []any {
	r := m.record
	var round *string
	if r.Round != "" {
		round = &r.Round
	}
	values := make([]any, 0, len(matchColumns))
	values = append(values, toUUID(m.id), toUUID(m.pair.home), toUUID(m.pair.away), m.leg, r.KickOff, r.TimeKnown, round, string(r.Status))
	values = append(values, scorePair(r.FullTime)...)
	values = append(values, scorePair(r.HalfTime)...)
	for _, c := range []*football.Count{r.Stats.Shots, r.Stats.ShotsOnTarget, r.Stats.Corners, r.Stats.YellowCards, r.Stats.RedCards} {
		values = append(values, countPair(c)...)
	}
	return append(values, reference(r.Place))
}

func oddsValues(match string, o football.Odds, r ingesting.Record) []any {
	home, draw, away := o.Prices()
	return []any{toUUID(match), o.Bookmaker(), string(o.Stage()), nullTime(o.QuotedAt()), home, draw, away, reference(r.Place)}
}

// toUUID saves COPY the detour that it takes for a text: a fifth of all loading.
// What is no UUID becomes NULL, which the tables refuse.
func toUUID(text string) pgtype.UUID {
	id, err := uuid.Parse(text)
	return pgtype.UUID{Bytes: id, Valid: err == nil}
}

func scorePair(s *football.Score) []any {
	if s == nil {
		return []any{nil, nil}
	}
	return []any{s.Home(), s.Away()}
}

func countPair(c *football.Count) []any {
	if c == nil {
		return []any{nil, nil}
	}
	return []any{c.Home(), c.Away()}
}

// reference points to a row of a source in one word: file and line.
func reference(p quality.Place) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}
