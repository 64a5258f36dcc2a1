package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Reports = (*MaintenanceReports)(nil)

// MaintenanceReports is the table of what maintenance found.
type MaintenanceReports struct{ db *bun.DB }

// NewMaintenanceReports returns the table in db.
func NewMaintenanceReports(db *bun.DB) *MaintenanceReports { return &MaintenanceReports{db: db} }

type maintenanceReportRow struct {
	bun.BaseModel `bun:"table:maintenance_reports,alias:r"`

	ID      string `bun:",pk"`
	Run     string
	Plan    string
	DryRun  bool
	BeganAt time.Time
	EndedAt sql.NullTime
	Outcome sql.NullString
	Aborted string
	Sent    int
}

func (r maintenanceReportRow) report() operation.Report {
	out := operation.Report{
		ID: r.ID, Run: r.Run, Plan: operation.Plan(r.Plan), DryRun: r.DryRun, Began: r.BeganAt.UTC(),
		Outcome: operation.Verdict(r.Outcome.String), Aborted: r.Aborted, Sent: r.Sent,
	}
	if r.EndedAt.Valid {
		out.Ended = r.EndedAt.Time.UTC()
	}
	return out
}

// Begin implements [maintaining.Reports].
func (s *MaintenanceReports) Begin(ctx context.Context, r operation.Report) (id string, err error) {
	row := maintenanceReportRow{ID: NewID(), Run: r.Run, Plan: string(r.Plan), DryRun: r.DryRun, BeganAt: r.Began}
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		// The update that changes nothing returns the row, whoever made it.
		return tx.NewInsert().Model(&row).ExcludeColumn("ended_at", "outcome", "aborted", "sent").
			On("CONFLICT (run) DO UPDATE SET run = excluded.run").Returning("id").Scan(ctx, &id)
	})
	if err != nil {
		return "", fmt.Errorf("insert maintenance report: %w", err)
	}
	return id, nil
}

// Keep implements [maintaining.Reports].
func (s *MaintenanceReports) Keep(ctx context.Context, id string, r operation.StepResult) error {
	text, err := maintaining.EncodeStep(r)
	if err != nil {
		return fmt.Errorf("encode result of %s: %w", r.Step, err)
	}
	return s.exec(ctx, `
		INSERT INTO maintenance_steps (report_id, step, result) VALUES (?, ?, ?)
		ON CONFLICT (report_id, step) DO UPDATE SET result = excluded.result`, id, r.Step, string(text))
}

// Get implements [maintaining.Reports].
func (s *MaintenanceReports) Get(ctx context.Context, id string) (operation.Report, error) {
	if uuid.Validate(id) != nil {
		return operation.Report{}, maintaining.ErrNoReport
	}
	var (
		row   maintenanceReportRow
		steps []string
	)
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		if err := tx.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx); err != nil {
			return err
		}
		return tx.NewRaw(`SELECT result FROM maintenance_steps WHERE report_id = ?`, id).Scan(ctx, &steps)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return operation.Report{}, maintaining.ErrNoReport
	}
	if err != nil {
		return operation.Report{}, fmt.Errorf("select maintenance report: %w", err)
	}
	out := row.report()
	for _, text := range steps {
		result, err := maintaining.DecodeStep([]byte(text))
		if err != nil {
			return out, fmt.Errorf("maintenance report %s: %w", id, err)
		}
		out.Results = append(out.Results, result)
	}
	out.Sort()
	return out, nil
}

// Conclude implements [maintaining.Reports]. Results of steps that failed are
// kept with the report, in place of what an attempt may have left.
func (s *MaintenanceReports) Conclude(ctx context.Context, r operation.Report, page []byte) error {
	for _, result := range r.Results {
		if err := s.Keep(ctx, r.ID, result); err != nil {
			return err
		}
	}
	return s.exec(ctx, `UPDATE maintenance_reports SET ended_at = ?, outcome = ?, aborted = ?, page = ? WHERE id = ?`,
		r.Ended, string(r.Outcome), r.Aborted, string(page), r.ID)
}

// Sent implements [maintaining.Reports].
func (s *MaintenanceReports) Sent(ctx context.Context, id string, people int) error {
	return s.exec(ctx, `UPDATE maintenance_reports SET sent = ? WHERE id = ?`, people, id)
}

func (s *MaintenanceReports) exec(ctx context.Context, statement string, args ...any) error {
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep maintenance report: %w", err)
	}
	return nil
}

// Page implements [maintaining.Reports].
func (s *MaintenanceReports) Page(ctx context.Context, id string) (page []byte, err error) {
	if uuid.Validate(id) != nil {
		return nil, maintaining.ErrNoReport
	}
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT page FROM maintenance_reports WHERE id = ? AND page IS NOT NULL`, id).Scan(&page)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, maintaining.ErrNoReport
	}
	if err != nil {
		return nil, fmt.Errorf("select page of maintenance report: %w", err)
	}
	return page, nil
}

// List implements [maintaining.Reports].
func (s *MaintenanceReports) List(ctx context.Context, plan operation.Plan, limit int) ([]operation.Report, error) {
	var rows []maintenanceReportRow
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		q := tx.NewSelect().Model(&rows).OrderExpr("id DESC").Limit(int64(limit))
		if plan != "" {
			q.Where("plan = ?", string(plan))
		}
		return q.Scan(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("select maintenance reports: %w", err)
	}
	out := make([]operation.Report, len(rows))
	for i, r := range rows {
		out[i] = r.report()
	}
	return out, nil
}
