package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Retention = (*Retention)(nil)

// Retention removes what a tenant keeps no longer, from within its walls.
type Retention struct{ db *bun.DB }

// NewRetention returns a Retention in db.
func NewRetention(db *bun.DB) *Retention { return &Retention{db: db} }

// Predictions implements [maintaining.Retention]. What is over was made before
// it was over, so that the index by time finds it. Standings stay: they are
// sums, and name nothing that was predicted.
func (s *Retention) Predictions(ctx context.Context, tenantID string, before time.Time, dry bool) (int, error) {
	const over = `FROM predictions WHERE tenant_id = ?0 AND created_at < ?1 AND status <> 'pending' AND coalesce(settled_at, updated_at) < ?1`
	n, err := s.remove(ctx, tenantID, dry,
		`SELECT count(*) `+over,
		`DELETE FROM predictions WHERE tenant_id = ?0 AND id = ANY (ARRAY(SELECT id `+over+` ORDER BY created_at LIMIT ?2))`, tenantID, before, removalBatch)
	if err != nil {
		return 0, fmt.Errorf("delete expired predictions: %w", err)
	}
	return n, nil
}

// AuditDetails implements [maintaining.Retention].
func (s *Retention) AuditDetails(ctx context.Context, tenantID string, before time.Time, dry bool) (int, error) {
	const over = `FROM audit_events WHERE tenant_id = ?0 AND at < ?1 AND personal IS NOT NULL`
	n, err := s.remove(ctx, tenantID, dry,
		`SELECT count(*) `+over,
		`UPDATE audit_events SET personal = NULL, salt = NULL
			WHERE tenant_id = ?0 AND seq = ANY (ARRAY(SELECT seq `+over+` ORDER BY at LIMIT ?2)) AND personal IS NOT NULL`, tenantID, before, removalBatch)
	if err != nil {
		return 0, fmt.Errorf("erase expired audit details: %w", err)
	}
	return n, nil
}

func (s *Retention) remove(ctx context.Context, tenantID string, dry bool, count, remove string, args ...any) (int, error) {
	statement := remove
	if dry {
		statement = count
	}
	within := func(ctx context.Context, use func(bun.Tx) error) error { return withinTenant(ctx, s.db, tenantID, use) }
	return removeOrCount(ctx, within, dry, statement, args...)
}
