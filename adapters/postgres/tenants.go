package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

var (
	_ provisioning.Tenants = (*Tenants)(nil)
	_ access.Tenants       = (*Tenants)(nil)
)

// Tenants is the table of tenants, seen by the platform: all of them.
type Tenants struct{ db *bun.DB }

// NewTenants returns the table in db.
func NewTenants(db *bun.DB) *Tenants { return &Tenants{db: db} }

type tenantRow struct {
	bun.BaseModel `bun:"table:tenants,alias:t"`

	TenantID         string `bun:",pk"`
	Slug             string
	Name             string
	Status           string
	Plan             string
	LimitUsers       int
	LimitPredictions int
	LimitAPICalls    int `bun:"limit_api_calls"`
	LimitStorageMB   int `bun:"limit_storage_mb"`
	TimeZone         string
	Language         string
	OddsFormat       string
	RetentionDays    int
	Platform         bool
	TrialEnds        sql.NullTime
	CreatedAt        time.Time
	Version          int
	StatusReason     string
	StatusSince      sql.NullTime
	MadeBy           string
	DeletionRun      sql.NullString
	DeletionStage    sql.NullString
	DeletionDue      sql.NullTime
	DeletionFormer   *formerRow `bun:"type:jsonb"`
}

// Create implements [provisioning.Tenants].
func (s *Tenants) Create(ctx context.Context, t tenancy.Tenant) error {
	row := toTenantRow(t)
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	if isUnique(err) {
		return domain.Errorf(domain.Conflict, tenancy.ErrExists.Code, "there is a tenant %q already", t.Slug)
	}
	if err != nil {
		return fmt.Errorf("insert tenant: %w", err)
	}
	return nil
}

// BySlug implements [provisioning.Tenants].
func (s *Tenants) BySlug(ctx context.Context, slug string) (tenancy.Tenant, error) {
	return s.one(ctx, "slug = ?", slug)
}

// ByID implements [provisioning.Tenants].
func (s *Tenants) ByID(ctx context.Context, id string) (tenancy.Tenant, error) {
	return s.one(ctx, "tenant_id = ?", id)
}

func (s *Tenants) one(ctx context.Context, where, value string) (tenancy.Tenant, error) {
	var row tenantRow
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewSelect().Model(&row).Where(where, value).Scan(ctx)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return tenancy.Tenant{}, domain.Errorf(domain.NotFound, tenancy.ErrUnknown.Code, "there is no tenant %q", value)
	}
	if err != nil {
		return tenancy.Tenant{}, fmt.Errorf("select tenant: %w", err)
	}
	return fromTenantRow(row), nil
}

// List implements [provisioning.Tenants].
func (s *Tenants) List(ctx context.Context) ([]tenancy.Tenant, error) {
	var rows []tenantRow
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewSelect().Model(&rows).Order("slug").Scan(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("select tenants: %w", err)
	}
	all := make([]tenancy.Tenant, len(rows))
	for i, row := range rows {
		all[i] = fromTenantRow(row)
	}
	return all, nil
}

func toTenantRow(t tenancy.Tenant) tenantRow {
	row := tenantRow{
		TenantID: t.ID, Slug: t.Slug, Name: t.Name, Status: string(t.Status), Plan: string(t.Plan),
		LimitUsers: t.Limits.Users, LimitPredictions: t.Limits.Predictions, LimitAPICalls: t.Limits.APICalls, LimitStorageMB: t.Limits.StorageMB,
		TimeZone: t.Settings.TimeZone, Language: t.Settings.Language, OddsFormat: string(t.Settings.OddsFormat), RetentionDays: t.Settings.RetentionDays,
		Platform: t.Platform, TrialEnds: nullTime(t.TrialEnds), CreatedAt: t.CreatedAt, Version: t.Version,
		StatusReason: t.StatusReason, StatusSince: nullTime(t.StatusSince), MadeBy: t.MadeBy,
	}
	row.setDeletion(t.Deletion)
	return row
}

func fromTenantRow(r tenantRow) tenancy.Tenant {
	t := tenancy.Tenant{
		ID: r.TenantID, Slug: r.Slug, Name: r.Name, Status: tenancy.Status(r.Status), Plan: tenancy.Plan(r.Plan),
		Limits: tenancy.Limits{Users: r.LimitUsers, Predictions: r.LimitPredictions, APICalls: r.LimitAPICalls, StorageMB: r.LimitStorageMB},
		Settings: tenancy.Settings{
			TimeZone: r.TimeZone, Language: r.Language, OddsFormat: tenancy.OddsFormat(r.OddsFormat), RetentionDays: r.RetentionDays,
		},
		Platform: r.Platform, CreatedAt: r.CreatedAt.UTC(), Version: r.Version, StatusReason: r.StatusReason,
		MadeBy: r.MadeBy, Deletion: r.deletion(),
	}
	if r.StatusSince.Valid {
		t.StatusSince = r.StatusSince.Time.UTC()
	}
	if r.TrialEnds.Valid {
		t.TrialEnds = r.TrialEnds.Time.UTC()
	}
	return t
}
