package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

var _ provisioning.Register = (*Tenants)(nil)

// Change implements [provisioning.Register]. It works inside the tenant's own
// walls, so that it can share a transaction with the event that records it.
func (s *Tenants) Change(ctx context.Context, id string, change func(tenancy.Tenant) (tenancy.Tenant, error)) (tenancy.Tenant, error) {
	var changed tenancy.Tenant
	err := withinTenant(ctx, s.db, id, func(tx bun.Tx) error {
		var row tenantRow
		err := tx.NewSelect().Model(&row).Where("tenant_id = ?", id).For("UPDATE").Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return domain.Errorf(domain.NotFound, tenancy.ErrUnknown.Code, "there is no such tenant")
		}
		if err != nil {
			return fmt.Errorf("select tenant: %w", err)
		}
		if changed, err = change(fromTenantRow(row)); err != nil {
			return err
		}
		changed.Version = row.Version + 1
		next := toTenantRow(changed)
		// What a tenant is called by and when it was made never change.
		_, err = tx.NewUpdate().Model(&next).ExcludeColumn("slug", "platform", "created_at", "made_by").Where("tenant_id = ?", id).Exec(ctx)
		if err != nil {
			return fmt.Errorf("update tenant: %w", err)
		}
		return nil
	})
	if err != nil {
		return tenancy.Tenant{}, err
	}
	return changed, nil
}

// Users implements [provisioning.Register].
func (s *Tenants) Users(ctx context.Context, id string) (n int, err error) {
	err = withinTenant(ctx, s.db, id, func(tx bun.Tx) error {
		// As whoever makes users does, so that none comes in meanwhile.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('users ' || ?, 0))`, id); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM users WHERE tenant_id = ?`, id).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count users: %w", err)
	}
	return n, nil
}
