package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Samples = (*MaintenanceSamples)(nil)

// MaintenanceSamples is the table of measurements.
type MaintenanceSamples struct{ db *bun.DB }

// NewMaintenanceSamples returns the table in db.
func NewMaintenanceSamples(db *bun.DB) *MaintenanceSamples { return &MaintenanceSamples{db: db} }

// Keep implements [maintaining.Samples].
func (s *MaintenanceSamples) Keep(ctx context.Context, at time.Time, samples []maintaining.Sample) error {
	names, subjects, values := make([]string, len(samples)), make([]string, len(samples)), make([]float64, len(samples))
	for i, sample := range samples {
		names[i], subjects[i], values[i] = sample.Name, sample.Subject, sample.Value
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO maintenance_samples (name, subject, day, value)
			SELECT name, subject, ?::date, value FROM unnest(?::text[], ?::text[], ?::float8[]) AS s (name, subject, value)
			ON CONFLICT (name, subject, day) DO UPDATE SET value = excluded.value`,
			at.UTC().Format(time.DateOnly), pgdialect.Array(names), pgdialect.Array(subjects), pgdialect.Array(values))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep measurements: %w", err)
	}
	return nil
}

// Since implements [maintaining.Samples].
func (s *MaintenanceSamples) Since(ctx context.Context, name, subject string, from time.Time) ([]operation.Point, error) {
	var rows []struct {
		Day   time.Time
		Value float64
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`SELECT day, value FROM maintenance_samples WHERE name = ? AND subject = ? AND day >= ?::date ORDER BY day`,
			name, subject, from.UTC().Format(time.DateOnly)).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("select measurements of %s: %w", name, err)
	}
	points := make([]operation.Point, len(rows))
	for i, r := range rows {
		points[i] = operation.Point{At: r.Day.UTC(), Value: r.Value}
	}
	return points, nil
}

// Subjects implements [maintaining.Samples].
func (s *MaintenanceSamples) Subjects(ctx context.Context, name string, from time.Time, limit int) (subjects []string, err error) {
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT subject FROM (
				SELECT DISTINCT ON (subject) subject, value FROM maintenance_samples
				WHERE name = ? AND day >= ?::date ORDER BY subject, day DESC
			) latest ORDER BY value DESC, subject LIMIT ?`, name, from.UTC().Format(time.DateOnly), limit).Scan(ctx, &subjects)
	})
	if err != nil {
		return nil, fmt.Errorf("select what %s was measured of: %w", name, err)
	}
	return subjects, nil
}

// Best implements [maintaining.Samples].
func (s *MaintenanceSamples) Best(ctx context.Context, name string) (map[string]float64, error) {
	var rows []struct {
		Subject string
		Value   float64
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`SELECT subject, min(value) AS value FROM maintenance_samples WHERE name = ? GROUP BY subject`, name).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("select the best of %s: %w", name, err)
	}
	best := make(map[string]float64, len(rows))
	for _, r := range rows {
		best[r.Subject] = r.Value
	}
	return best, nil
}
