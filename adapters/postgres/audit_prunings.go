package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

var (
	_ auditing.Prunings  = (*Audit)(nil)
	_ auditing.Retention = (*Tenants)(nil)
)

type pruningRow struct {
	bun.BaseModel `bun:"table:audit_prunings,alias:p"`

	TenantID  string `bun:",pk"`
	Seq       int64  `bun:",pk"`
	Sum       []byte
	Removed   int64
	Before    time.Time
	At        time.Time
	Actor     string
	Archive   []byte
	Signature []byte
}

// Prune implements [auditing.Prunings]. The services may not delete events; the
// database does it for them, with the record of it.
func (s *Audit) Prune(ctx context.Context, p audit.Pruning) error {
	err := withinTenant(ctx, s.db, p.TenantID, func(tx bun.Tx) error {
		var fits bool
		err := tx.NewRaw(`SELECT prune_audit_events(?, ?, ?, ?, ?, ?, ?, ?)`,
			p.Seq, p.Sum[:], p.Removed, p.Before, p.At, p.By, p.Archive[:], p.Signature).Scan(ctx, &fits)
		if err == nil && !fits {
			err = auditing.ErrPruned
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("prune audit events: %w", err)
	}
	return nil
}

// Prunings implements [auditing.Archive].
func (s *Archive) Prunings(ctx context.Context, tenantID string) ([]audit.Pruning, error) {
	var rows []pruningRow
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewSelect().Model(&rows).Where("tenant_id = ?", tenantID).OrderExpr("seq").Scan(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("select audit prunings: %w", err)
	}
	out := make([]audit.Pruning, len(rows))
	for i, r := range rows {
		out[i] = audit.Pruning{
			TenantID: r.TenantID, Seq: r.Seq, Removed: r.Removed, Before: r.Before.UTC(), At: r.At.UTC(), By: r.Actor, Signature: r.Signature,
		}
		copy(out[i].Sum[:], r.Sum)
		copy(out[i].Archive[:], r.Archive)
	}
	return out, nil
}

// Edge implements [auditing.Archive]. Events of servers whose clocks differ may
// be out of order by a little; the first that is young ends what is old.
func (s *Archive) Edge(ctx context.Context, tenantID string, before time.Time) (edge int64, err error) {
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`SELECT coalesce(
			(SELECT seq - 1 FROM audit_events WHERE tenant_id = ? AND at >= ? ORDER BY seq LIMIT 1),
			(SELECT max(seq) FROM audit_events WHERE tenant_id = ?), 0)`, tenantID, before, tenantID).Scan(ctx, &edge)
	})
	if err != nil {
		return 0, fmt.Errorf("select the edge of audit events: %w", err)
	}
	return edge, nil
}

// Keeps implements [auditing.Retention]. Of a tenant that is no more, and of
// what happens in none, events are kept as long as a new tenant's.
func (s *Tenants) Keeps(ctx context.Context, tenantID string) (time.Duration, error) {
	days := tenancy.DefaultSettings.RetentionDays
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		err := tx.NewRaw(`SELECT retention_days FROM tenants WHERE tenant_id = ?`, tenantID).Scan(ctx, &days)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("select retention: %w", err)
	}
	return time.Duration(days) * 24 * time.Hour, nil
}
