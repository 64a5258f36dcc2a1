package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

var _ backingup.Records = (*Backups)(nil)

// Backups are the records of backups.
type Backups struct{ db *bun.DB }

// NewBackups returns the records in db.
func NewBackups(db *bun.DB) *Backups { return &Backups{db: db} }

type backupRow struct {
	bun.BaseModel `bun:"table:backups,alias:b"`

	ID          string `bun:",pk"`
	Kind        string
	Engine      string
	Location    string
	Run         string
	Status      string
	TakenAt     time.Time
	Size        int64
	Parts       int
	Rows        int64
	Manifest    string
	MakingTook  time.Duration
	RestoreTook time.Duration
	VerifiedAt  sql.NullTime
	DeletedAt   sql.NullTime
	Fault       string
}

func toBackupRow(b operation.Backup) backupRow {
	return backupRow{
		ID: b.ID, Kind: string(b.Kind), Engine: b.Engine, Location: b.Location, Run: b.Run, Status: string(b.Status),
		TakenAt: b.TakenAt, Size: b.Size, Parts: b.Parts, Rows: b.Rows, Manifest: b.Manifest,
		MakingTook: b.MakingTook, RestoreTook: b.RestoreTook,
		VerifiedAt: nullTime(b.VerifiedAt), DeletedAt: nullTime(b.DeletedAt), Fault: clean(b.Fault),
	}
}

func (r backupRow) backup() operation.Backup {
	return operation.Backup{
		ID: r.ID, Kind: operation.Kind(r.Kind), Engine: r.Engine, Location: r.Location, Run: r.Run, Status: operation.Status(r.Status),
		TakenAt: r.TakenAt.UTC(), Size: r.Size, Parts: r.Parts, Rows: r.Rows, Manifest: r.Manifest,
		MakingTook: r.MakingTook, RestoreTook: r.RestoreTook,
		VerifiedAt: utc(r.VerifiedAt), DeletedAt: utc(r.DeletedAt), Fault: r.Fault,
	}
}

// Save implements [backingup.Records].
func (s *Backups) Save(ctx context.Context, b operation.Backup) error {
	row := toBackupRow(b)
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").
		Set("engine = excluded.engine, location = excluded.location, run = excluded.run, status = excluded.status, taken_at = excluded.taken_at").
		Set("size = excluded.size, parts = excluded.parts, rows = excluded.rows, manifest = excluded.manifest").
		Set("making_took = excluded.making_took, restore_took = excluded.restore_took").
		Set("verified_at = excluded.verified_at, deleted_at = excluded.deleted_at, fault = excluded.fault").Exec(ctx)
	if err != nil {
		return fmt.Errorf("save backup %s: %w", b.ID, err)
	}
	return nil
}

// Get implements [backingup.Records].
func (s *Backups) Get(ctx context.Context, id string) (operation.Backup, error) {
	var row backupRow
	err := s.db.NewSelect().Model(&row).Where("id::text = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return operation.Backup{}, backingup.ErrUnknown
	}
	if err != nil {
		return operation.Backup{}, fmt.Errorf("select backup: %w", err)
	}
	return row.backup(), nil
}

// List implements [backingup.Records].
func (s *Backups) List(ctx context.Context, kind operation.Kind) ([]operation.Backup, error) {
	var rows []backupRow
	q := s.db.NewSelect().Model(&rows).Order("taken_at DESC", "id DESC")
	if kind != "" {
		q = q.Where("kind = ?", string(kind))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("select backups: %w", err)
	}
	out := make([]operation.Backup, len(rows))
	for i, r := range rows {
		out[i] = r.backup()
	}
	return out, nil
}
