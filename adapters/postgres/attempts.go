package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

var _ authenticating.Attempts = (*Attempts)(nil)

// Attempts is the tables of failed attempts and known networks.
type Attempts struct {
	db     *bun.DB
	sealer sealing.Sealer
}

// NewAttempts returns the tables in db.
func NewAttempts(db *bun.DB, sealer sealing.Sealer) *Attempts {
	return &Attempts{db: db, sealer: sealer}
}

// anywhere is the network that stands for all that are not known.
var anywhere = []byte{}

// Begin implements [authenticating.Attempts].
func (s *Attempts) Begin(ctx context.Context, a authenticating.Attempt, wait func(authenticating.Tally) time.Duration) (left time.Duration, err error) {
	account, network := s.hash(a)
	err = withinTenant(ctx, s.db, a.TenantID, func(tx bun.Tx) error {
		// One attempt on an account at a time: many at once would all see the
		// tally from before.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended(encode(?, 'hex'), 1))`, account); err != nil {
			return err
		}
		tally, err := tallyOf(ctx, tx, a, account, network)
		if err != nil {
			return err
		}
		if left = wait(tally); left > 0 {
			return nil
		}
		counted := [][2][]byte{{account, network}}
		if a.SignIn {
			counted = append(counted, [2][]byte{everybody, s.network(a)})
		}
		if !tally.Known {
			counted = append(counted, [2][]byte{account, anywhere})
		}
		for _, each := range counted {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO sign_in_attempts AS s (tenant_id, account, network, failures, last_at) VALUES (?, ?, ?, 1, ?)
				ON CONFLICT (tenant_id, account, network) DO UPDATE SET last_at = excluded.last_at,
					failures = CASE WHEN s.last_at < ? THEN 1 ELSE s.failures + 1 END`,
				a.TenantID, each[0], each[1], a.At, a.At.Add(-authenticating.Quiet))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count attempt: %w", err)
	}
	return left, nil
}

func tallyOf(ctx context.Context, tx bun.Tx, a authenticating.Attempt, account, network []byte) (t authenticating.Tally, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT network = ?, failures, last_at FROM sign_in_attempts
		WHERE tenant_id = ? AND account = ? AND network IN (?, ?) AND last_at >= ?`,
		network, a.TenantID, account, network, anywhere, a.At.Add(-authenticating.Quiet))
	if err != nil {
		return t, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var (
			here bool
			c    authenticating.Count
		)
		if err := rows.Scan(&here, &c.Failures, &c.LastAt); err != nil {
			return t, err
		}
		if here {
			t.Here = c
		} else {
			t.Strange = c
		}
	}
	if err := rows.Err(); err != nil {
		return t, err
	}
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM known_networks WHERE tenant_id = ? AND account = ? AND network = ? AND seen_at > ?)`,
		a.TenantID, account, network, a.At.Add(-forgetNetworkAfter)).Scan(&t.Known)
	return t, err
}

// forgetNetworkAfter is how long a network stays known without a sign-in.
const forgetNetworkAfter = 90 * 24 * time.Hour

// Succeed implements [authenticating.Attempts].
func (s *Attempts) Succeed(ctx context.Context, a authenticating.Attempt) error {
	account, network := s.hash(a)
	err := withinTenant(ctx, s.db, a.TenantID, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sign_in_attempts WHERE tenant_id = ? AND account = ? AND network = ?`, a.TenantID, account, network)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE sign_in_attempts SET failures = greatest(failures - 1, 0) WHERE tenant_id = ? AND account = ? AND network = ?`,
			a.TenantID, everybody, s.network(a))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO known_networks (tenant_id, account, network, seen_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (tenant_id, account, network) DO UPDATE SET seen_at = excluded.seen_at`, a.TenantID, account, network, a.At)
		return err
	})
	if err != nil {
		return fmt.Errorf("take failures back: %w", err)
	}
	return nil
}

// Tidy deletes what no longer counts, in all tenants.
func (s *Attempts) Tidy(ctx context.Context, at time.Time) error {
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sign_in_attempts WHERE last_at < ?`, at.Add(-authenticating.Quiet)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM known_networks WHERE seen_at < ?`, at.Add(-forgetNetworkAfter))
		return err
	})
	if err != nil {
		return fmt.Errorf("delete old attempts: %w", err)
	}
	return nil
}

// network is a network as such, whichever account it tries.
func (s *Attempts) network(a authenticating.Attempt) []byte {
	return s.sealer.Index(sealing.Place{TenantID: a.TenantID, Table: "sign_in_attempts", Column: "any"}, []byte(a.Network))
}

func (s *Attempts) hash(a authenticating.Attempt) (account, network []byte) {
	at := sealing.Place{TenantID: a.TenantID, Table: "sign_in_attempts", Column: "account"}
	account = s.sealer.Index(at, []byte(a.Account))
	at.Column = "network"
	return account, s.sealer.Index(at, []byte(a.Account+"\x00"+a.Network))
}
