package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/limiting"
)

var _ limiting.Days = (*Days)(nil)

// Days counts daily quotas by the database's clock.
type Days struct{ db *bun.DB }

// NewDays returns the counts in db.
func NewDays(db *bun.DB) *Days { return &Days{db: db} }

var errInsideWork = errors.New("a daily quota is counted outside units of work, which may be undone")

// Lease implements [limiting.Days].
func (s *Days) Lease(ctx context.Context, d limiting.DayDemand) (g limiting.DayGrant, err error) {
	if _, inside := ctx.Value(workKey{}).(work); inside {
		return g, errInsideWork
	}
	var leased int
	err = withinTenant(ctx, s.db, d.TenantID, func(tx bun.Tx) error {
		var left float64
		// The update that changes nothing locks the row, whoever made it.
		err := tx.QueryRowContext(ctx, `
			INSERT INTO daily_quotas AS q (tenant_id, quota, day, leased)
			VALUES (?, ?, (now() AT TIME ZONE 'UTC')::date, 0)
			ON CONFLICT (tenant_id, quota, day) DO UPDATE SET leased = q.leased
			RETURNING q.leased, q.day, extract(epoch FROM (q.day + 1)::timestamp AT TIME ZONE 'UTC' - now())`,
			d.TenantID, string(d.Quota)).Scan(&leased, &g.Day, &left)
		if err != nil {
			return fmt.Errorf("lock daily quota: %w", err)
		}
		g.Day, g.Left = g.Day.UTC(), time.Duration(left*float64(time.Second))
		g.Granted = dayLease(d, leased)
		_, err = tx.ExecContext(ctx, `UPDATE daily_quotas SET leased = leased + ? WHERE tenant_id = ? AND quota = ? AND day = ?`,
			g.Granted, d.TenantID, string(d.Quota), g.Day)
		return err
	})
	if err != nil {
		return limiting.DayGrant{}, fmt.Errorf("lease daily quota: %w", err)
	}
	return g, nil
}

// dayLease is how many to give of what is left: in small parts as it runs low,
// so that the last ones are there for whoever uses them.
func dayLease(d limiting.DayDemand, leased int) int {
	left := max(0, d.Limit-leased)
	return min(left, max(d.Least, min(d.Want, left/8)))
}

// Return implements [limiting.Days].
func (s *Days) Return(ctx context.Context, tenantID string, q tenancy.Quota, day time.Time, n int) error {
	return withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE daily_quotas SET leased = greatest(0, leased - ?) WHERE tenant_id = ? AND quota = ? AND day = ?`,
			n, tenantID, string(q), day)
		if err != nil {
			return fmt.Errorf("return daily quota: %w", err)
		}
		return nil
	})
}
