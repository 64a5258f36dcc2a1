package postgres

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/metering"
)

var _ metering.Figures = (*Usage)(nil)

// Closest implements [metering.Figures].
func (s *Usage) Closest(ctx context.Context, tenants int) ([]metering.TenantUse, error) {
	var rows []struct {
		Slug   string
		Quota  string
		Amount int
		Most   int
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			WITH used AS (
				SELECT tenant_id, kind AS quota, amount FROM tenant_usage WHERE kind = ?0 AND hour = date_trunc('hour', now(), 'UTC')
				UNION ALL
				SELECT tenant_id, quota, leased FROM daily_quotas WHERE day = (now() AT TIME ZONE 'UTC')::date
				UNION ALL
				SELECT tenant_id, quota, amount FROM tenant_holdings
			), limited AS (
				SELECT u.tenant_id, t.slug, u.quota, u.amount, CASE u.quota WHEN ?0 THEN t.limit_api_calls WHEN ?1 THEN t.limit_predictions
					WHEN ?2 THEN t.limit_users WHEN ?3 THEN t.limit_storage_mb END AS most
				FROM used u JOIN tenants t USING (tenant_id)
			), closest AS (
				SELECT tenant_id FROM limited GROUP BY tenant_id ORDER BY max(amount::float8 / most) DESC, tenant_id LIMIT ?4
			)
			SELECT slug, quota, amount, most FROM limited JOIN closest USING (tenant_id) ORDER BY slug, quota`,
			string(tenancy.APICalls), string(tenancy.Predictions), string(tenancy.Users), string(tenancy.StorageMB), tenants).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("find tenants closest to their limits: %w", err)
	}
	all := make([]metering.TenantUse, len(rows))
	for i, r := range rows {
		all[i] = metering.TenantUse{Tenant: r.Slug, Quota: tenancy.Quota(r.Quota), Used: r.Amount, Limit: r.Most}
	}
	return all, nil
}

// Activity implements [metering.Figures].
func (s *Usage) Activity(ctx context.Context) (all []metering.Activity, err error) {
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT w.days, coalesce(sum(recent::int), 0) AS active, coalesce(sum(former::int), 0) AS former,
				coalesce(sum((recent AND former)::int), 0) AS stayed
			FROM unnest(?::int[]) AS w (days)
			CROSS JOIN (SELECT (now() AT TIME ZONE 'UTC')::date AS today) AS t
			LEFT JOIN LATERAL (
				SELECT bool_or(day > t.today - w.days) AS recent, bool_or(day <= t.today - w.days) AS former
				FROM user_activity WHERE day > t.today - 2 * w.days
				GROUP BY tenant_id, user_id
			) AS seen ON true
			GROUP BY w.days ORDER BY w.days`, pgdialect.Array(metering.Windows)).Scan(ctx, &all)
	})
	if err != nil {
		return nil, fmt.Errorf("count active users: %w", err)
	}
	return all, nil
}
