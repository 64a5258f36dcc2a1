package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/ports/repeating"
)

var _ maintaining.Expired = (*Expired)(nil)

// Expired removes what counts no longer, in all tenants.
type Expired struct{ db *bun.DB }

// NewExpired returns what has expired in db.
func NewExpired(db *bun.DB) *Expired { return &Expired{db: db} }

// removalBatch is how many rows go in one transaction: few enough that nobody
// waits, and that a killed one has little to do again.
const removalBatch = 5_000

// reportsKept is how long maintenance keeps its own findings and measurements:
// two years, so that a month can be compared with that of the year before.
const reportsKept = 760 * 24 * time.Hour

// expiry is rows that are over, and how people call them.
type expiry struct {
	what, table, over string
	args              []any
}

func expiries(at time.Time) []expiry {
	names := map[string]string{
		"tenant_usage": "Usage by the hour", "daily_quotas": "Daily quotas", "user_activity": "Days on which users were seen", "usage_flushes": "Flushes of usage",
	}
	all := []expiry{
		{"Sessions", "sessions", `created_at < ?`, []any{at.Add(-forgetSessionAfter)}},
		{"Failed attempts to sign in", "sign_in_attempts", `last_at < ?`, []any{at.Add(-authenticating.Quiet)}},
		{"Known networks", "known_networks", `seen_at < ?`, []any{at.Add(-forgetNetworkAfter)}},
		{"Answers to repeated requests", "idempotency_keys", `begun_at < ?`, []any{at.Add(-repeating.Life)}},
		{"Maintenance reports", "maintenance_reports", `began_at < ?`, []any{at.Add(-reportsKept)}},
		{"Measurements", "maintenance_samples", `day < ?`, []any{at.Add(-reportsKept)}},
	}
	for _, p := range prunings {
		all = append(all, expiry{names[p.table], p.table, p.over, nil})
	}
	return all
}

// Remove implements [maintaining.Expired].
func (s *Expired) Remove(ctx context.Context, at time.Time, dry bool, report maintaining.Progress) ([]maintaining.Removed, error) {
	all := expiries(at)
	removed := make([]maintaining.Removed, len(all))
	for i, e := range all {
		report(i, len(all), e.what)
		statement := `DELETE FROM ` + e.table + ` WHERE ctid = ANY (ARRAY(SELECT ctid FROM ` + e.table + ` WHERE ` + e.over + ` LIMIT ` + fmt.Sprint(removalBatch) + `))`
		if dry {
			statement = `SELECT count(*) FROM ` + e.table + ` WHERE ` + e.over
		}
		within := func(ctx context.Context, use func(bun.Tx) error) error { return withinPlatform(ctx, s.db, use) }
		n, err := removeOrCount(ctx, within, dry, statement, e.args...)
		if err != nil {
			return nil, fmt.Errorf("remove from %s: %w", e.table, err)
		}
		removed[i] = maintaining.Removed{What: e.what, Rows: n}
	}
	return removed, nil
}

// removeOrCount runs a statement that removes a batch until there is no whole
// batch left, each in a transaction of its own; or, in a dry run, one that
// counts. Nothing of it waits for others for long.
func removeOrCount(ctx context.Context, within func(context.Context, func(bun.Tx) error) error, dry bool, statement string, args ...any) (total int, err error) {
	for {
		n := 0
		err := within(ctx, func(tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, `SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '60s'`); err != nil {
				return err
			}
			if dry {
				return tx.NewRaw(statement, args...).Scan(ctx, &n)
			}
			done, err := tx.ExecContext(ctx, statement, args...)
			if err != nil {
				return err
			}
			affected, err := done.RowsAffected()
			n = int(affected)
			return err
		})
		if err != nil {
			return total, err
		}
		if total += n; dry || n < removalBatch {
			return total, nil
		}
	}
}
