package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/repeating"
)

var _ repeating.Store = (*Idempotency)(nil)

// Idempotency is the table of requests that may be sent again.
type Idempotency struct{ db *bun.DB }

// NewIdempotency returns the table in db.
func NewIdempotency(db *bun.DB) *Idempotency { return &Idempotency{db: db} }

// Begin implements [repeating.Store]. Of many at once, one begins.
func (s *Idempotency) Begin(ctx context.Context, tenantID, id string, request []byte, at time.Time) (kept *repeating.Kept, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		done, err := tx.ExecContext(ctx, `
			INSERT INTO idempotency_keys AS k (tenant_id, id, request, begun_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (tenant_id, id) DO UPDATE SET request = excluded.request, begun_at = excluded.begun_at, status = NULL, content_type = '', body = NULL
			WHERE k.begun_at < ? OR k.status IS NULL AND k.begun_at < ?`,
			tenantID, id, request, at, at.Add(-repeating.Life), at.Add(-repeating.Patience))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		kept = &repeating.Kept{}
		var status sql.NullInt64
		err = tx.QueryRowContext(ctx, `SELECT request, status, content_type, body FROM idempotency_keys WHERE tenant_id = ? AND id = ?`, tenantID, id).
			Scan(&kept.Request, &status, &kept.Answer.ContentType, &kept.Answer.Body)
		kept.Finished, kept.Answer.Status = status.Valid, int(status.Int64)
		if errors.Is(err, sql.ErrNoRows) { // it was abandoned in between: say that it runs, and the caller asks again
			kept.Request, kept.Finished, err = request, false, nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("begin request: %w", err)
	}
	return kept, nil
}

// Finish implements [repeating.Store].
func (s *Idempotency) Finish(ctx context.Context, tenantID, id string, a repeating.Answer) error {
	return s.exec(ctx, tenantID, `UPDATE idempotency_keys SET status = ?, content_type = ?, body = ? WHERE tenant_id = ? AND id = ?`,
		a.Status, a.ContentType, a.Body, tenantID, id)
}

// Abandon implements [repeating.Store].
func (s *Idempotency) Abandon(ctx context.Context, tenantID, id string) error {
	return s.exec(ctx, tenantID, `DELETE FROM idempotency_keys WHERE tenant_id = ? AND id = ? AND status IS NULL`, tenantID, id)
}

func (s *Idempotency) exec(ctx context.Context, tenantID, query string, args ...any) error {
	return withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("keep answer: %w", err)
		}
		return nil
	})
}

// Tidy deletes what is told no more, in all tenants.
func (s *Idempotency) Tidy(ctx context.Context, at time.Time) error {
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM idempotency_keys WHERE begun_at < ?`, at.Add(-repeating.Life))
		return err
	})
	if err != nil {
		return fmt.Errorf("delete old answers: %w", err)
	}
	return nil
}
