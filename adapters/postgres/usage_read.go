package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/metering"
)

var _ metering.Records = (*Usage)(nil)

// Usage implements [metering.Records].
func (s *Usage) Usage(ctx context.Context, tenantID string, span metering.Span) (metering.Recorded, error) {
	r := metering.Recorded{Days: make(map[time.Time]metering.Day)}
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		if err := readCalls(ctx, tx, tenantID, span, &r); err != nil {
			return fmt.Errorf("read calls: %w", err)
		}
		if err := readDays(ctx, tx, tenantID, span, &r); err != nil {
			return fmt.Errorf("read days: %w", err)
		}
		return nil
	})
	return r, err
}

// readCalls reads the amounts and the process' last sequence in one statement,
// so that both are of one moment.
func readCalls(ctx context.Context, tx bun.Tx, tenantID string, span metering.Span, r *metering.Recorded) error {
	var rows []struct {
		Sequence int64
		Day      sql.NullTime
		Kind     sql.NullString
		Amount   sql.NullInt64
		ThisHour sql.NullInt64
	}
	err := tx.NewRaw(`
		SELECT coalesce((SELECT sequence FROM usage_flushes WHERE process_id = ?), 0) AS sequence, u.*
		FROM (SELECT) AS once LEFT JOIN (
			SELECT (hour AT TIME ZONE 'UTC')::date AS day, kind, sum(amount)::bigint AS amount,
				(sum(amount) FILTER (WHERE hour = ?))::bigint AS this_hour
			FROM tenant_usage
			WHERE tenant_id = ? AND (hour >= ? AND hour < ? OR hour = ?)
			GROUP BY 1, 2
		) AS u ON true`,
		span.Process, span.Hour, tenantID, span.From, span.To.AddDate(0, 0, 1), span.Hour).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.Sequence = row.Sequence
		if !row.Day.Valid {
			continue
		}
		day := r.Days[row.Day.Time.UTC()]
		switch metering.Kind(row.Kind.String) {
		case metering.APICalls:
			day.APICalls = row.Amount.Int64
			r.Hour += row.ThisHour.Int64
		case metering.Refused:
			day.Refused = row.Amount.Int64
		}
		r.Days[row.Day.Time.UTC()] = day
	}
	return nil
}

func readDays(ctx context.Context, tx bun.Tx, tenantID string, span metering.Span, r *metering.Recorded) error {
	var rows []struct {
		Day    time.Time
		Users  int64
		Leased int64
	}
	today := span.Hour.Truncate(24 * time.Hour)
	err := tx.NewRaw(`
		SELECT day, sum(users)::bigint AS users, sum(leased)::bigint AS leased FROM (
			SELECT day, count(*) AS users, 0 AS leased FROM user_activity
			WHERE tenant_id = ?0 AND day BETWEEN ?1 AND ?2 GROUP BY day
			UNION ALL
			SELECT day, 0, leased FROM daily_quotas
			WHERE tenant_id = ?0 AND quota = ?3 AND (day BETWEEN ?1 AND ?2 OR day = ?4)
		) AS both_kinds GROUP BY day`,
		tenantID, span.From, span.To, string(tenancy.Predictions), today).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		day := r.Days[row.Day.UTC()]
		day.ActiveUsers, day.Predictions = row.Users, row.Leased
		r.Days[row.Day.UTC()] = day
		if row.Day.Equal(today) {
			r.Today = int(row.Leased)
		}
	}
	return nil
}

// Limits implements [metering.Records].
func (s *Usage) Limits(ctx context.Context, tenantID string) (l tenancy.Limits, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx,
			`SELECT limit_users, limit_predictions, limit_api_calls, limit_storage_mb FROM tenants WHERE tenant_id = ?`, tenantID).
			Scan(&l.Users, &l.Predictions, &l.APICalls, &l.StorageMB)
	})
	if err != nil {
		return l, fmt.Errorf("select limits: %w", err)
	}
	return l, nil
}
