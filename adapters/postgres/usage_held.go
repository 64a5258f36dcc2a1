package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/metering"
)

// Held implements [metering.Records]. Users are those who are not disabled.
// Storage is the rows of all tables with a tenant_id, by the width of a sample
// of the tenant's own; indexes, backups and what all tenants share cost it
// nothing.
func (s *Usage) Held(ctx context.Context, tenantID string, maxAge time.Duration) (h metering.Holdings, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM users WHERE tenant_id = ? AND disabled_at IS NULL`, tenantID).Scan(&h.Users)
		if err != nil {
			return fmt.Errorf("count users: %w", err)
		}
		err = tx.QueryRowContext(ctx, `
			SELECT amount, measured_at FROM tenant_holdings
			WHERE tenant_id = ? AND quota = ? AND measured_at > now() - make_interval(secs => ?)`,
			tenantID, string(tenancy.StorageMB), maxAge.Seconds()).Scan(&h.StorageMB, &h.StorageAt)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return measure(ctx, tx, tenantID, &h)
	})
	if err != nil {
		return h, fmt.Errorf("read holdings: %w", err)
	}
	h.StorageAt = h.StorageAt.UTC()
	return h, nil
}

// sampled is how many rows of a table are measured.
const sampled = 200

// measure weighs what the tenant holds, and keeps the figures for those who
// look across tenants.
func measure(ctx context.Context, tx bun.Tx, tenantID string, h *metering.Holdings) error {
	tables, err := tenantTables(ctx, tx)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	var bytes float64
	for _, table := range tables {
		var own float64
		err := tx.QueryRowContext(ctx, `
			SELECT coalesce((SELECT count(*) FROM ?0 WHERE tenant_id = ?1)
				* (SELECT avg(pg_column_size(s)) FROM (SELECT * FROM ?0 WHERE tenant_id = ?1 LIMIT ?2) AS s), 0)`,
			bun.Ident(table), tenantID, sampled).Scan(&own)
		if err != nil {
			return fmt.Errorf("weigh %s: %w", table, err)
		}
		bytes += own
	}
	// A part of a megabyte counts as one: nothing held is the only zero.
	h.StorageMB = int((bytes + 1<<20 - 1) / (1 << 20))
	err = tx.QueryRowContext(ctx, `
		INSERT INTO tenant_holdings AS h (tenant_id, quota, amount, measured_at)
		VALUES (?0, ?1, ?2, now()), (?0, ?3, ?4, now())
		ON CONFLICT (tenant_id, quota) DO UPDATE SET amount = excluded.amount, measured_at = excluded.measured_at
		RETURNING measured_at`,
		tenantID, string(tenancy.StorageMB), h.StorageMB, string(tenancy.Users), h.Users).Scan(&h.StorageAt)
	if err != nil {
		return fmt.Errorf("keep holdings: %w", err)
	}
	return nil
}

// tenantTables are the tables that hold rows of tenants and may be read here.
func tenantTables(ctx context.Context, tx bun.Tx) (names []string, err error) {
	err = tx.NewRaw(`
		SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE a.attname = 'tenant_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
			AND c.relnamespace = 'public'::regnamespace AND has_table_privilege(c.oid, 'SELECT')
		ORDER BY c.relname`).Scan(ctx, &names)
	return names, err
}

// Unmeasured are tenants that used something lately and whose holdings are
// older than a day: those who look across tenants need them fresh.
func (s *Usage) Unmeasured(ctx context.Context, maxAge time.Duration, most int) (ids []string, err error) {
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT DISTINCT u.tenant_id::text FROM tenant_usage u
			WHERE u.hour > now() - interval '1 day' AND NOT EXISTS (
				SELECT FROM tenant_holdings h WHERE h.tenant_id = u.tenant_id AND h.measured_at > now() - make_interval(secs => ?))
			LIMIT ?`, maxAge.Seconds(), most).Scan(ctx, &ids)
	})
	if err != nil {
		return nil, fmt.Errorf("find tenants to measure: %w", err)
	}
	return ids, nil
}
