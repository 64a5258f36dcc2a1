package postgres

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/football-prediction/football-prediction/ports/metering"
)

var _ metering.Store = (*Usage)(nil)

// Usage is what tenants use, added up.
type Usage struct{ db *bun.DB }

// NewUsage returns the usage in db.
func NewUsage(db *bun.DB) *Usage { return &Usage{db: db} }

// addUsage writes a batch of all tenants in one statement, or nothing of it
// when it is there already. Tenants that are gone are left out. The rows are in
// order, so that two processes never wait for each other in a circle.
const addUsage = `
	WITH fresh AS (
		INSERT INTO usage_flushes AS f (process_id, sequence, flushed_at) VALUES (?, ?, now())
		ON CONFLICT (process_id) DO UPDATE SET sequence = excluded.sequence, flushed_at = excluded.flushed_at
			WHERE f.sequence < excluded.sequence
		RETURNING sequence
	), added AS (
		INSERT INTO tenant_usage AS u (tenant_id, hour, kind, amount)
		SELECT b.tenant_id, b.hour, b.kind, b.amount
		FROM fresh, unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::bigint[]) AS b (tenant_id, hour, kind, amount)
		JOIN tenants t USING (tenant_id)
		ORDER BY b.tenant_id, b.hour, b.kind
		ON CONFLICT (tenant_id, hour, kind) DO UPDATE SET amount = u.amount + excluded.amount
	)
	INSERT INTO user_activity (tenant_id, user_id, day)
	SELECT v.tenant_id, v.user_id, v.day
	FROM fresh, unnest(?::uuid[], ?::uuid[], ?::date[]) AS v (tenant_id, user_id, day)
	JOIN tenants t USING (tenant_id)
	ORDER BY v.tenant_id, v.day, v.user_id
	ON CONFLICT DO NOTHING`

// Add implements [metering.Store].
func (s *Usage) Add(ctx context.Context, b metering.Batch) error {
	var tenants, hours, kinds []string
	var amounts []int64
	for e, n := range b.Amounts {
		tenants, hours = append(tenants, e.TenantID), append(hours, e.Hour.Format(timestampLayout))
		kinds, amounts = append(kinds, string(e.Kind)), append(amounts, n)
	}
	var homes, users, days []string
	for v := range b.Visits {
		homes, users, days = append(homes, v.TenantID), append(users, v.UserID), append(days, v.Day.Format(timestampLayout))
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, addUsage, b.Process, b.Sequence,
			pgdialect.Array(tenants), pgdialect.Array(hours), pgdialect.Array(kinds), pgdialect.Array(amounts),
			pgdialect.Array(homes), pgdialect.Array(users), pgdialect.Array(days))
		return err
	})
	if err != nil {
		return fmt.Errorf("add usage: %w", err)
	}
	return nil
}

const timestampLayout = "2006-01-02 15:04:05Z07:00"
