package postgres

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/metering"
)

var _ metering.Measurer = (*Usage)(nil)

// prunings are how long usage is kept: thirteen months, so that a month can be
// compared with that of the year before; visits as long as any window reaches
// back twice and the longest history is told. A process that has flushed
// nothing for a week has long given up sending its last batch again.
var prunings = []struct{ table, over string }{
	{"tenant_usage", `hour < now() - interval '13 months'`},
	{"daily_quotas", `day < now() - interval '13 months'`},
	{"user_activity", `day < now() - interval '91 days'`},
	{"usage_flushes", `flushed_at < now() - interval '7 days'`},
}

// Prune implements [metering.Measurer].
func (s *Usage) Prune(ctx context.Context) error {
	for _, p := range prunings {
		err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM `+p.table+` WHERE `+p.over)
			return err
		})
		if err != nil {
			return fmt.Errorf("prune usage: %w", err)
		}
	}
	return nil
}
