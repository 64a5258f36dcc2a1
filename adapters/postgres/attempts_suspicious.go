package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/detecting"
)

var (
	_ detecting.Attempts = (*Attempts)(nil)
	_ detecting.Hasher   = (*Attempts)(nil)
)

// everybody is the account that stands for all accounts that a network fails on.
var everybody = []byte{}

// Suspects implements [detecting.Attempts].
func (s *Attempts) Suspects(ctx context.Context, thresholds map[detecting.Kind]int, stale, at time.Time) ([]detecting.Suspect, error) {
	var rows []struct {
		TenantID         string
		Account, Network []byte
		Failures         int
		LastAt           time.Time
	}
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`
			SELECT tenant_id, account, network, failures, last_at FROM sign_in_attempts
			WHERE failures >= 20 AND failures >= CASE WHEN account = ? THEN ? ELSE ? END
				AND last_at > ? AND (reported_at IS NULL OR reported_at < ? AND reported_at < last_at)`,
			everybody, thresholds[detecting.SuspiciousAddress], thresholds[detecting.BruteForce],
			at.Add(-authenticating.Quiet), stale).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("select suspicious attempts: %w", err)
	}
	found := make([]detecting.Suspect, len(rows))
	for i, r := range rows {
		found[i] = detecting.Suspect{
			TenantID: r.TenantID, Account: r.Account, Network: r.Network, Kind: detecting.BruteForce, Subject: r.Account,
			Failures: r.Failures, LastAt: r.LastAt.UTC(),
		}
		if len(r.Account) == 0 {
			found[i].Kind, found[i].Subject = detecting.SuspiciousAddress, r.Network
		}
	}
	return found, nil
}

// Claim implements [detecting.Attempts].
func (s *Attempts) Claim(ctx context.Context, suspect detecting.Suspect, stale, at time.Time) (ours bool, err error) {
	err = withinTenant(ctx, s.db, suspect.TenantID, func(tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE sign_in_attempts SET reported_at = ?
			WHERE tenant_id = ? AND account = ? AND network = ? AND (reported_at IS NULL OR reported_at < ?)`,
			at, suspect.TenantID, suspect.Account, suspect.Network, stale)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		ours = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claim suspicious attempts: %w", err)
	}
	return ours, nil
}

// Hashes implements [detecting.Hasher].
func (s *Attempts) Hashes(a authenticating.Attempt) (account, network []byte) {
	account, _ = s.hash(a)
	return account, s.network(a)
}
