package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/detecting"
)

var _ detecting.Attempts = (*Attempts)(nil)

// everybody is the account that stands for all accounts that a network fails on.
var everybody = []byte{}

// Suspicious implements [detecting.Attempts]. Marking and returning are one
// statement, so that of many servers one tells.
func (s *Attempts) Suspicious(ctx context.Context, thresholds map[detecting.Kind]int, at time.Time) ([]detecting.Finding, error) {
	var rows []struct {
		TenantID  string
		Everybody bool
		Failures  int
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			UPDATE sign_in_attempts SET reported_at = ?
			WHERE failures >= 20 AND failures >= CASE WHEN account = ? THEN ? ELSE ? END
				AND last_at > ? AND (reported_at IS NULL OR reported_at < ?)
			RETURNING tenant_id, account = ? AS everybody, failures`,
			at, everybody, thresholds[detecting.SuspiciousAddress], thresholds[detecting.BruteForce],
			at.Add(-authenticating.Quiet), at.Add(-detecting.RepeatAfter), everybody).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("mark suspicious attempts: %w", err)
	}
	found := make([]detecting.Finding, len(rows))
	for i, r := range rows {
		found[i] = detecting.Finding{TenantID: r.TenantID, Kind: detecting.BruteForce, Failures: r.Failures}
		if r.Everybody {
			found[i].Kind = detecting.SuspiciousAddress
		}
	}
	return found, nil
}
