package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
)

var _ access.Tenants = (*Tenants)(nil)

// Tenants is the table of tenants. Listing all of them needs a connection of
// the role football_owner; row-level security shows others only their own.
type Tenants struct{ db *bun.DB }

// NewTenants returns the table in db.
func NewTenants(db *bun.DB) *Tenants { return &Tenants{db: db} }

type tenantRow struct {
	bun.BaseModel `bun:"table:tenants,alias:t"`

	TenantID  string `bun:",pk"`
	Slug      string
	Name      string
	CreatedAt time.Time
}

// Create implements [access.Tenants].
func (s *Tenants) Create(ctx context.Context, t access.Tenant) error {
	row := tenantRow{TenantID: t.ID, Slug: t.Slug, Name: t.Name, CreatedAt: t.CreatedAt}
	err := withinTenant(ctx, s.db, t.ID, func(tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	if isUnique(err) {
		return domain.Errorf(domain.Conflict, access.ErrTenantExists.Code, "there is a tenant %q already", t.Slug)
	}
	if err != nil {
		return fmt.Errorf("insert tenant: %w", err)
	}
	return nil
}

// BySlug implements [access.Tenants].
func (s *Tenants) BySlug(ctx context.Context, slug string) (access.Tenant, error) {
	var row tenantRow
	err := s.db.NewSelect().Model(&row).Where("slug = ?", slug).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return access.Tenant{}, domain.Errorf(domain.NotFound, access.ErrNoTenant.Code, "there is no tenant %q", slug)
	}
	if err != nil {
		return access.Tenant{}, fmt.Errorf("select tenant: %w", err)
	}
	return fromTenantRow(row), nil
}

// List implements [access.Tenants].
func (s *Tenants) List(ctx context.Context) ([]access.Tenant, error) {
	var rows []tenantRow
	if err := s.db.NewSelect().Model(&rows).Order("slug").Scan(ctx); err != nil {
		return nil, fmt.Errorf("select tenants: %w", err)
	}
	all := make([]access.Tenant, len(rows))
	for i, row := range rows {
		all[i] = fromTenantRow(row)
	}
	return all, nil
}

func fromTenantRow(r tenantRow) access.Tenant {
	return access.Tenant{ID: r.TenantID, Slug: r.Slug, Name: r.Name, CreatedAt: r.CreatedAt.UTC()}
}

// withinTenant runs use in a transaction that sees the rows of one tenant.
func withinTenant(ctx context.Context, db *bun.DB, tenantID string, use func(bun.Tx) error) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT set_config('app.tenant_id', ?, true)`, tenantID); err != nil {
			return fmt.Errorf("enter tenant: %w", err)
		}
		return use(tx)
	})
}

// isUnique reports whether err is a violated unique constraint.
func isUnique(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}
