package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

var _ releasing.Releases = (*Releases)(nil)

// Releases is the table of what was released.
type Releases struct{ db *bun.DB }

// NewReleases returns the table in db.
func NewReleases(db *bun.DB) *Releases { return &Releases{db: db} }

type releaseRow struct {
	bun.BaseModel `bun:"table:releases"`

	ID         string `bun:",pk"`
	Run        string
	Name       string
	Colour     operation.Colour
	FromColour operation.Colour
	Status     operation.ReleaseStatus
	Reason     string
	Why        string
	StartedAt  time.Time
	EndedAt    sql.NullTime
}

func fromReleaseRow(r releaseRow) operation.Release {
	return operation.Release{
		ID: r.ID, Name: r.Name, Colour: r.Colour, From: r.FromColour, Status: r.Status, Reason: r.Reason, Why: r.Why, StartedAt: r.StartedAt, EndedAt: r.EndedAt.Time,
	}
}

// Begin implements [releasing.Releases].
func (s *Releases) Begin(ctx context.Context, r operation.Release, run string) (operation.Release, error) {
	row := releaseRow{
		ID: r.ID, Run: run, Name: r.Name, Colour: r.Colour, FromColour: r.From, Status: r.Status, Reason: r.Reason, StartedAt: r.StartedAt,
	}
	if _, err := s.db.NewInsert().Model(&row).On("CONFLICT (run) DO NOTHING").Exec(ctx); err != nil {
		return r, fmt.Errorf("insert release: %w", err)
	}
	var kept releaseRow
	if err := s.db.NewSelect().Model(&kept).Where("run = ?", run).Scan(ctx); err != nil {
		return r, fmt.Errorf("select release: %w", err)
	}
	return fromReleaseRow(kept), nil
}

// End implements [releasing.Releases].
func (s *Releases) End(ctx context.Context, id string, status operation.ReleaseStatus, why string, at time.Time) error {
	_, err := s.db.NewUpdate().Model((*releaseRow)(nil)).Set("status = ?, why = ?, ended_at = ?", status, why, at).
		Where("id = ? AND ended_at IS NULL", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update release: %w", err)
	}
	return nil
}

// List implements [releasing.Releases].
func (s *Releases) List(ctx context.Context, limit int) ([]operation.Release, error) {
	var rows []releaseRow
	if err := s.db.NewSelect().Model(&rows).OrderExpr("started_at DESC, id DESC").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("select releases: %w", err)
	}
	all := make([]operation.Release, len(rows))
	for i, r := range rows {
		all[i] = fromReleaseRow(r)
	}
	return all, nil
}
