package postgres

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// merge upserts what was staged. What a source says of a match it told before
// is a correction. Another source adds what was unknown: a result to a match
// without one, counts that were missing, a time to a date. It never overrules;
// two scores for one match leave a finding. A result never gives way to "not
// played yet".
const merge = `
WITH changed AS (
	SELECT s.id, s.home_team_id, s.away_team_id, s.leg, n.*,
		(m.home_goals, m.away_goals) IS DISTINCT FROM (n.home_goals, n.away_goals) AS new_result
	FROM staged_matches s
	LEFT JOIN LATERAL (SELECT * FROM matches WHERE id = s.id LIMIT 1) m ON true
	CROSS JOIN LATERAL (SELECT
		m.id IS NULL
			OR (m.source = $3 AND NOT (m.status = 'finished' AND s.status = 'scheduled'))
			OR (m.status <> 'finished' AND s.status = 'finished') AS wins,
		(m.home_goals, m.away_goals) IS NOT DISTINCT FROM (s.home_goals, s.away_goals) AS same,
		(m.kick_off AT TIME ZONE 'UTC')::date = (s.kick_off AT TIME ZONE 'UTC')::date AS same_day
	) w
	CROSS JOIN LATERAL (SELECT m.id IS NULL
		OR (w.wins AND (s.time_known OR NOT m.time_known OR NOT w.same_day))
		OR (s.time_known AND NOT m.time_known AND w.same_day) AS dates
	) d
	CROSS JOIN LATERAL (SELECT
		CASE WHEN d.dates THEN s.kick_off ELSE m.kick_off END AS kick_off,
		CASE WHEN d.dates THEN s.time_known ELSE m.time_known END AS time_known,
		CASE WHEN w.wins THEN coalesce(s.round, m.round) ELSE coalesce(m.round, s.round) END AS round,
		CASE WHEN w.wins THEN s.status ELSE m.status END AS status,
		CASE WHEN w.wins THEN s.home_goals ELSE m.home_goals END AS home_goals,
		CASE WHEN w.wins THEN s.away_goals ELSE m.away_goals END AS away_goals,
		CASE WHEN w.wins THEN coalesce(s.ht_home_goals, CASE WHEN w.same THEN m.ht_home_goals END)
			ELSE coalesce(m.ht_home_goals, CASE WHEN w.same THEN s.ht_home_goals END) END AS ht_home_goals,
		CASE WHEN w.wins THEN coalesce(s.ht_away_goals, CASE WHEN w.same THEN m.ht_away_goals END)
			ELSE coalesce(m.ht_away_goals, CASE WHEN w.same THEN s.ht_away_goals END) END AS ht_away_goals,
		CASE WHEN w.wins THEN coalesce(s.home_shots, m.home_shots) ELSE coalesce(m.home_shots, s.home_shots) END AS home_shots,
		CASE WHEN w.wins THEN coalesce(s.away_shots, m.away_shots) ELSE coalesce(m.away_shots, s.away_shots) END AS away_shots,
		CASE WHEN w.wins THEN coalesce(s.home_on_target, m.home_on_target) ELSE coalesce(m.home_on_target, s.home_on_target) END AS home_on_target,
		CASE WHEN w.wins THEN coalesce(s.away_on_target, m.away_on_target) ELSE coalesce(m.away_on_target, s.away_on_target) END AS away_on_target,
		CASE WHEN w.wins THEN coalesce(s.home_corners, m.home_corners) ELSE coalesce(m.home_corners, s.home_corners) END AS home_corners,
		CASE WHEN w.wins THEN coalesce(s.away_corners, m.away_corners) ELSE coalesce(m.away_corners, s.away_corners) END AS away_corners,
		CASE WHEN w.wins THEN coalesce(s.home_yellow, m.home_yellow) ELSE coalesce(m.home_yellow, s.home_yellow) END AS home_yellow,
		CASE WHEN w.wins THEN coalesce(s.away_yellow, m.away_yellow) ELSE coalesce(m.away_yellow, s.away_yellow) END AS away_yellow,
		CASE WHEN w.wins THEN coalesce(s.home_red, m.home_red) ELSE coalesce(m.home_red, s.home_red) END AS home_red,
		CASE WHEN w.wins THEN coalesce(s.away_red, m.away_red) ELSE coalesce(m.away_red, s.away_red) END AS away_red,
		CASE WHEN w.wins THEN $3 ELSE m.source END AS source,
		CASE WHEN w.wins THEN s.source_ref ELSE m.source_ref END AS source_ref
	) n
	WHERE m.id IS NULL OR (
		m.kick_off, m.time_known, m.round, m.status, m.home_goals, m.away_goals, m.ht_home_goals, m.ht_away_goals,
		m.home_shots, m.away_shots, m.home_on_target, m.away_on_target, m.home_corners, m.away_corners,
		m.home_yellow, m.away_yellow, m.home_red, m.away_red, m.source
	) IS DISTINCT FROM (
		n.kick_off, n.time_known, n.round, n.status, n.home_goals, n.away_goals, n.ht_home_goals, n.ht_away_goals,
		n.home_shots, n.away_shots, n.home_on_target, n.away_on_target, n.home_corners, n.away_corners,
		n.home_yellow, n.away_yellow, n.home_red, n.away_red, n.source
	)
), upserted AS (
	INSERT INTO matches AS m (
		id, competition_code, season, home_team_id, away_team_id, leg, kick_off, time_known, round, status,
		home_goals, away_goals, ht_home_goals, ht_away_goals, home_shots, away_shots, home_on_target, away_on_target,
		home_corners, away_corners, home_yellow, away_yellow, home_red, away_red,
		source, source_ref, created_at, updated_at, result_changed_at)
	SELECT id, $1, $2, home_team_id, away_team_id, leg, kick_off, time_known, round, status,
		home_goals, away_goals, ht_home_goals, ht_away_goals, home_shots, away_shots, home_on_target, away_on_target,
		home_corners, away_corners, home_yellow, away_yellow, home_red, away_red,
		source, source_ref, $4, $4, CASE WHEN new_result THEN $4::timestamptz END
	FROM changed
	ON CONFLICT (id) DO UPDATE SET
		kick_off = excluded.kick_off, time_known = excluded.time_known, round = excluded.round, status = excluded.status,
		home_goals = excluded.home_goals, away_goals = excluded.away_goals,
		ht_home_goals = excluded.ht_home_goals, ht_away_goals = excluded.ht_away_goals,
		home_shots = excluded.home_shots, away_shots = excluded.away_shots,
		home_on_target = excluded.home_on_target, away_on_target = excluded.away_on_target,
		home_corners = excluded.home_corners, away_corners = excluded.away_corners,
		home_yellow = excluded.home_yellow, away_yellow = excluded.away_yellow,
		home_red = excluded.home_red, away_red = excluded.away_red,
		source = excluded.source, source_ref = excluded.source_ref, updated_at = excluded.updated_at,
		result_changed_at = coalesce(excluded.result_changed_at, m.result_changed_at)
	RETURNING (xmax = 0) AS inserted
)
SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM upserted`

// mergeOdds upserts the staged prices. A source corrects its own prices only.
const mergeOdds = `
INSERT INTO match_odds AS o (match_id, bookmaker, stage, quoted_at, home, draw, away, source, source_ref)
SELECT DISTINCT ON (match_id, bookmaker, stage) match_id, bookmaker, stage, quoted_at, home, draw, away, $1, source_ref
FROM staged_odds
ORDER BY match_id, bookmaker, stage
ON CONFLICT (match_id, bookmaker, stage) DO UPDATE SET
	quoted_at = excluded.quoted_at, home = excluded.home, draw = excluded.draw, away = excluded.away, source_ref = excluded.source_ref
WHERE o.source = excluded.source
	AND (o.quoted_at, o.home, o.draw, o.away) IS DISTINCT FROM (excluded.quoted_at, excluded.home, excluded.draw, excluded.away)`

// disagreements finds the staged results that another source contradicts.
const disagreements = `
INSERT INTO quality_findings (id, source, locator, rule, severity, competition_code, season, file, line, column_no, field, reason, raw, found_at)
SELECT gen_random_uuid(), $1, $2, 'sources_disagree', 'warning', m.competition_code, m.season, s.source_ref, 0, 0, 'score',
	format('%s says %s-%s, but %s (%s) says %s-%s, which stands.', $1::text, s.home_goals, s.away_goals, m.source, m.source_ref, m.home_goals, m.away_goals),
	'', $3
FROM staged_matches s CROSS JOIN LATERAL (SELECT * FROM matches WHERE id = s.id LIMIT 1) m
WHERE m.source <> $1 AND m.status = 'finished' AND s.status = 'finished'
	AND (m.home_goals, m.away_goals) <> (s.home_goals, s.away_goals)`

func (l *load) merge(ctx context.Context, outcome *ingesting.Outcome) error {
	e := l.edition
	err := l.tx.QueryRow(ctx, merge, string(e.Competition.Code), e.Season.String(), e.Source, l.at).
		Scan(&outcome.Inserted, &outcome.Updated)
	if err != nil {
		return fmt.Errorf("merge matches: %w", err)
	}
	if _, err := l.tx.Exec(ctx, mergeOdds, e.Source); err != nil {
		return fmt.Errorf("merge odds: %w", err)
	}
	return nil
}
