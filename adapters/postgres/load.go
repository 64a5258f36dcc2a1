package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

var _ ingesting.Store = (*Loader)(nil)

// Loader takes batches of matches in.
type Loader struct{ db *bun.DB }

// NewLoader returns a Loader into db.
func NewLoader(db *bun.DB) *Loader { return &Loader{db: db} }

// Fingerprints implements [ingesting.Store].
func (l *Loader) Fingerprints(ctx context.Context, source string) (map[string]string, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT locator, fingerprint FROM ingested_editions WHERE source = ?`, source)
	if err != nil {
		return nil, fmt.Errorf("select fingerprints: %w", err)
	}
	defer func() { _ = rows.Close() }()
	known := make(map[string]string)
	for rows.Next() {
		var locator, fingerprint string
		if err := rows.Scan(&locator, &fingerprint); err != nil {
			return nil, fmt.Errorf("read fingerprint: %w", err)
		}
		known[locator] = fingerprint
	}
	return known, rows.Err()
}

// Load implements [ingesting.Store]. It stages the rows by COPY and merges
// them by one upsert, all in one transaction.
func (l *Loader) Load(ctx context.Context, e ingesting.Edition, b ingesting.Batch, at time.Time) (ingesting.Outcome, error) {
	var outcome ingesting.Outcome
	err := raw(ctx, l.db, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) (err error) {
			load := load{tx: tx, edition: e, batch: b, at: at}
			outcome, err = load.run(ctx)
			return err
		})
	})
	return outcome, err
}

// load is one edition on its way in.
type load struct {
	tx      pgx.Tx
	edition ingesting.Edition
	batch   ingesting.Batch
	at      time.Time
}

func (l *load) run(ctx context.Context) (ingesting.Outcome, error) {
	if err := l.enter(ctx); err != nil {
		return ingesting.Outcome{}, err
	}
	teams, err := l.resolveTeams(ctx)
	if err != nil {
		return ingesting.Outcome{}, err
	}
	staged, err := l.stage(ctx, teams)
	if err != nil {
		return ingesting.Outcome{}, err
	}
	outcome := ingesting.Outcome{Rows: l.batch.Rows}
	if err := l.merge(ctx, &outcome); err != nil {
		return ingesting.Outcome{}, err
	}
	outcome.Unchanged = staged - outcome.Inserted - outcome.Updated
	for _, f := range l.batch.Findings {
		if f.Rule.Severity() == quality.Error {
			outcome.Rejected++
		}
	}
	return outcome, l.leave(ctx, outcome)
}

// enter makes the competition and the season, and keeps loads of one season
// from two sources apart: each must see what the other left.
func (l *load) enter(ctx context.Context) error {
	c, s := l.edition.Competition, l.edition.Season
	batch := &pgx.Batch{}
	batch.Queue(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "load "+string(c.Code)+" "+s.String())
	batch.Queue(`INSERT INTO competitions (code, name, country, time_zone, source, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		string(c.Code), c.Name, c.Country, c.TimeZone, l.edition.Source, l.at)
	batch.Queue(`INSERT INTO seasons (competition_code, label, first_year, last_year, source)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		string(c.Code), s.String(), s.FirstYear(), s.LastYear(), l.edition.Source)
	batch.Queue(stagedMatches)
	batch.Queue(stagedOdds)
	if err := l.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("enter season %s of %s: %w", s, c.Code, err)
	}
	return nil
}

// leave replaces what was found before and remembers what was read. That a team
// was new stays found: the next load no longer sees it. An edition that could
// not be read this time, which has no fingerprint, keeps its former figures.
func (l *load) leave(ctx context.Context, outcome ingesting.Outcome) error {
	e := l.edition
	batch := &pgx.Batch{}
	batch.Queue(`DELETE FROM quality_findings WHERE source = $1 AND locator = $2 AND rule <> $3`,
		e.Source, e.Locator, string(quality.UnknownTeam))
	batch.Queue(disagreements, e.Source, e.Locator, l.at)
	batch.Queue(`INSERT INTO ingested_editions AS e (source, locator, competition_code, season, fingerprint, rows_read, rejected, loaded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, CASE $5 WHEN '' THEN 'epoch' ELSE $8::timestamptz END)
		ON CONFLICT (source, locator) DO UPDATE SET
			competition_code = excluded.competition_code, season = excluded.season, fingerprint = excluded.fingerprint,
			rejected = excluded.rejected,
			rows_read = CASE excluded.fingerprint WHEN '' THEN e.rows_read ELSE excluded.rows_read END,
			loaded_at = CASE excluded.fingerprint WHEN '' THEN e.loaded_at ELSE excluded.loaded_at END`,
		e.Source, e.Locator, string(e.Competition.Code), e.Season.String(), l.batch.Fingerprint,
		l.batch.Rows, outcome.Rejected, l.at)
	if err := l.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("remember edition: %w", err)
	}
	return copyFindings(ctx, l.tx, e.Locator, l.batch.Findings, l.at)
}
