package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

var _ publishing.Forecasts = (*Forecasts)(nil)

// Forecasts is the table of published forecasts.
type Forecasts struct{ db *bun.DB }

// NewForecasts returns the table in db.
func NewForecasts(db *bun.DB) *Forecasts { return &Forecasts{db: db} }

const stagedForecasts = `CREATE TEMPORARY TABLE IF NOT EXISTS staged_forecasts (
	id uuid, match_id uuid, model_version text, published_at timestamptz, data_until timestamptz,
	lambda_home double precision, lambda_away double precision, rho double precision,
	home double precision, draw double precision, away double precision, pick text
) ON COMMIT DELETE ROWS`

var forecastColumns = []string{
	"id", "match_id", "model_version", "published_at", "data_until",
	"lambda_home", "lambda_away", "rho", "home", "draw", "away", "pick",
}

// unlike keeps of what is staged only what differs from the current forecast.
// A newer data_until alone is no difference: the numbers are the same.
const unlike = `
DELETE FROM staged_forecasts s USING forecasts f
WHERE f.match_id = s.match_id AND f.superseded_at IS NULL
	AND (f.model_version, f.lambda_home, f.lambda_away, f.rho, f.home, f.draw, f.away, f.pick)
		IS NOT DISTINCT FROM (s.model_version, s.lambda_home, s.lambda_away, s.rho, s.home, s.draw, s.away, s.pick)`

// older drops what is staged for matches that have a newer forecast already:
// two runs may overlap, and the slower one knows less.
const older = `
DELETE FROM staged_forecasts s USING forecasts f
WHERE f.match_id = s.match_id AND f.superseded_at IS NULL AND f.published_at > s.published_at`

const supersede = `
UPDATE forecasts f SET superseded_at = s.published_at
FROM staged_forecasts s WHERE f.match_id = s.match_id AND f.superseded_at IS NULL`

const publish = `
INSERT INTO forecasts (id, match_id, model_version, published_at, data_until, lambda_home, lambda_away, rho, home, draw, away, pick)
SELECT id, match_id, model_version, published_at, data_until, lambda_home, lambda_away, rho, home, draw, away, pick
FROM staged_forecasts`

// Publish implements [publishing.Forecasts].
func (s *Forecasts) Publish(ctx context.Context, all []publishing.Published) (changed int, err error) {
	err = raw(ctx, s.db, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) (err error) {
			changed, err = publishIn(ctx, tx, all)
			return err
		})
	})
	return changed, err
}

func publishIn(ctx context.Context, tx pgx.Tx, all []publishing.Published) (int, error) {
	before := &pgx.Batch{}
	// Two publications at once would each supersede the same forecast.
	before.Queue(`SELECT pg_advisory_xact_lock(hashtext('publish forecasts'))`)
	before.Queue(stagedForecasts)
	if err := tx.SendBatch(ctx, before).Close(); err != nil {
		return 0, fmt.Errorf("prepare publication: %w", err)
	}
	if err := byChampion(ctx, tx, all); err != nil {
		return 0, err
	}
	rows := make([][]any, len(all))
	for i, p := range all {
		rows[i] = forecastValues(p)
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"staged_forecasts"}, forecastColumns, pgx.CopyFromRows(rows)); err != nil {
		return 0, fmt.Errorf("stage forecasts: %w", err)
	}
	for _, statement := range []string{unlike, older, supersede} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return 0, fmt.Errorf("supersede forecasts: %w", err)
		}
	}
	done, err := tx.Exec(ctx, publish)
	if err != nil {
		return 0, fmt.Errorf("insert forecasts: %w", err)
	}
	return int(done.RowsAffected()), nil
}

// byChampion returns [modelling.ErrOvertaken] unless the champion made them all.
// The lock on its row keeps it champion until they are published.
func byChampion(ctx context.Context, tx pgx.Tx, all []publishing.Published) error {
	var champion string
	err := tx.QueryRow(ctx, `SELECT version FROM champion FOR SHARE`).Scan(&champion)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("select champion: %w", err)
	}
	for _, p := range all {
		if p.Model != champion {
			return modelling.ErrOvertaken
		}
	}
	return nil
}

func forecastValues(p publishing.Published) []any {
	f := p.Forecast.Parameters()
	var pick *string
	if p.HasPick {
		text := p.Pick.String()
		pick = &text
	}
	return []any{
		NewID(), string(p.Match), p.Model, p.At, nullTime(p.DataUntil),
		f.LambdaHome, f.LambdaAway, f.Rho, f.Home, f.Draw, f.Away, pick,
	}
}

// parametersRow is a forecast's six numbers and pick as columns.
type parametersRow struct {
	LambdaHome float64
	LambdaAway float64
	Rho        float64
	Home       float64
	Draw       float64
	Away       float64
	Pick       *string
}

func (r parametersRow) forecast(id string) (f forecast.Forecast, pick football.Outcome, hasPick bool, err error) {
	f, err = forecast.New(forecast.Parameters{
		LambdaHome: r.LambdaHome, LambdaAway: r.LambdaAway, Rho: r.Rho, Home: r.Home, Draw: r.Draw, Away: r.Away,
	})
	if err == nil && r.Pick != nil {
		hasPick = true
		pick, err = football.ParseOutcome(*r.Pick)
	}
	if err != nil {
		err = fmt.Errorf("forecast row %s: %v", id, err) //nolint:errorlint // a bad row is our fault, not the caller's
	}
	return f, pick, hasPick, err
}
