package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/assessing"
)

var _ assessing.Store = (*Inspector)(nil)

// Inspector applies the rules that look across rows.
type Inspector struct{ db *bun.DB }

// NewInspector returns an Inspector of db.
func NewInspector(db *bun.DB) *Inspector { return &Inspector{db: db} }

// platform is the source of findings that no one source is to blame for.
const platform = "platform"

// inspections find broken rules; each takes the time in $1 and leaves rows of
// rule, competition, season, place, reason.
var inspections = []struct {
	rule  quality.Rule
	query string
}{
	{quality.PastFixture, `
		SELECT m.competition_code, m.season, m.source_ref,
			format('%s against %s was to be played on %s and has no result.', h.name, a.name, (m.kick_off AT TIME ZONE 'UTC')::date)
		FROM matches m JOIN teams h ON h.id = m.home_team_id JOIN teams a ON a.id = m.away_team_id
		WHERE m.status = 'scheduled' AND m.kick_off < $1::timestamptz - interval '1 day'`},
	{quality.TwiceInADay, `
		SELECT p.competition_code, p.season, min(p.source_ref), format('%s plays %s matches on %s.', t.name, count(*), p.day)
		FROM (
			SELECT competition_code, season, source_ref, home_team_id AS team, (kick_off AT TIME ZONE 'UTC')::date AS day FROM matches
			WHERE status IN ('scheduled', 'finished')
			UNION ALL
			SELECT competition_code, season, source_ref, away_team_id, (kick_off AT TIME ZONE 'UTC')::date FROM matches
			WHERE status IN ('scheduled', 'finished')
		) p JOIN teams t ON t.id = p.team
		WHERE $1::timestamptz IS NOT NULL
		GROUP BY p.competition_code, p.season, p.team, t.name, p.day HAVING count(*) > 1`},
	{quality.StaleSource, `
		SELECT c.code, '', '', format('The newest result is of %s.', (max(m.kick_off) AT TIME ZONE 'UTC')::date)
		FROM competitions c JOIN matches m ON m.competition_code = c.code AND m.status = 'finished'
		GROUP BY c.code HAVING $1::timestamptz - max(m.kick_off) > make_interval(secs => ` + staleSeconds + `)`},
}

var staleSeconds = fmt.Sprintf("%.0f", quality.StaleAfter.Seconds())

// Inspect implements [assessing.Store].
func (i *Inspector) Inspect(ctx context.Context, at time.Time) ([]quality.Report, error) {
	var reports []quality.Report
	err := raw(ctx, i.db, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			// One inspection at a time: two would each keep their findings.
			if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('inspect data'))`); err != nil {
				return fmt.Errorf("lock inspection: %w", err)
			}
			if err := inspectAll(ctx, tx, at); err != nil {
				return err
			}
			var err error
			reports, err = report(ctx, tx, at)
			return err
		})
	})
	return reports, err
}

func inspectAll(ctx context.Context, tx pgx.Tx, at time.Time) error {
	if _, err := tx.Exec(ctx, `DELETE FROM quality_findings WHERE source = $1`, platform); err != nil {
		return fmt.Errorf("forget former findings: %w", err)
	}
	for _, inspection := range inspections {
		rows, err := tx.Query(ctx, inspection.query, at)
		if err != nil {
			return fmt.Errorf("inspect for %s: %w", inspection.rule, err)
		}
		findings, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (quality.Finding, error) {
			f := quality.Finding{Rule: inspection.rule, Source: platform}
			var season string
			err := row.Scan(&f.Competition, &season, &f.Place.File, &f.Reason)
			f.Season, _ = football.ParseSeason(season) // stale sources have none
			return f, err
		})
		if err != nil {
			return fmt.Errorf("inspect for %s: %w", inspection.rule, err)
		}
		if err := copyFindings(ctx, tx, "", findings, at); err != nil {
			return err
		}
	}
	return nil
}

// report counts what is broken in each competition that anything was read of.
func report(ctx context.Context, tx pgx.Tx, at time.Time) ([]quality.Report, error) {
	rows, err := tx.Query(ctx, `
		SELECT e.competition_code, e.rows_read, coalesce(f.broken, '{}'), m.newest
		FROM (SELECT competition_code, sum(rows_read) AS rows_read FROM ingested_editions GROUP BY 1) e
		LEFT JOIN (
			SELECT competition_code, jsonb_object_agg(rule, count) AS broken
			FROM (SELECT competition_code, rule, count(*) FROM quality_findings GROUP BY 1, 2) r GROUP BY 1
		) f USING (competition_code)
		LEFT JOIN (SELECT competition_code, max(kick_off) AS newest FROM matches WHERE status = 'finished' GROUP BY 1) m
			USING (competition_code)
		ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("count findings: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (quality.Report, error) {
		r := quality.Report{MeasuredAt: at}
		var (
			broken []byte
			newest *time.Time
		)
		if err := row.Scan(&r.Competition, &r.Rows, &broken, &newest); err != nil {
			return r, err
		}
		if newest != nil {
			r.Newest = newest.UTC()
		}
		return r, json.Unmarshal(broken, &r.Broken)
	})
}

type reportRow struct {
	bun.BaseModel `bun:"table:quality_reports,alias:q"`

	CompetitionCode string    `bun:",pk"`
	MeasuredAt      time.Time `bun:",pk"`
	RowCount        int
	Broken          map[quality.Rule]int `bun:"type:jsonb"`
	Newest          sql.NullTime
	Score           float64
	Threshold       float64
}

// Save implements [assessing.Store].
func (i *Inspector) Save(ctx context.Context, reports []quality.Report, threshold float64) error {
	if len(reports) == 0 {
		return nil
	}
	rows := make([]reportRow, len(reports))
	for n, r := range reports {
		rows[n] = reportRow{
			CompetitionCode: string(r.Competition), MeasuredAt: r.MeasuredAt, RowCount: r.Rows, Broken: r.Broken,
			Newest: nullTime(r.Newest), Score: r.Score(), Threshold: threshold,
		}
	}
	_, err := i.db.NewInsert().Model(&rows).
		On("CONFLICT (competition_code, measured_at) DO UPDATE").
		Set("row_count = excluded.row_count, broken = excluded.broken, newest = excluded.newest, score = excluded.score, threshold = excluded.threshold").
		Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert quality reports: %w", err)
	}
	return nil
}
