package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/authenticating"
)

var (
	_ authenticating.Sessions  = (*Sessions)(nil)
	_ authenticating.Standings = (*Sessions)(nil)
)

// Sessions is the table of sessions.
type Sessions struct{ db *bun.DB }

// NewSessions returns the table in db.
func NewSessions(db *bun.DB) *Sessions { return &Sessions{db: db} }

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`

	TenantID   string `bun:",pk"`
	ID         string `bun:",pk"`
	UserID     string
	Generation int
	RotatedAt  time.Time
	CreatedAt  time.Time
	EndedAt    sql.NullTime
}

// Open implements [authenticating.Sessions].
func (s *Sessions) Open(ctx context.Context, n authenticating.Session) error {
	row := sessionRow{
		TenantID: n.TenantID, ID: n.ID, UserID: n.UserID, Generation: n.Generation, RotatedAt: n.RotatedAt, CreatedAt: n.CreatedAt,
	}
	return withinTenant(ctx, s.db, n.TenantID, func(tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("insert session: %w", err)
		}
		return nil
	})
}

// Lock implements [authenticating.Sessions].
func (s *Sessions) Lock(ctx context.Context, tenantID, id string) (authenticating.Session, error) {
	var row sessionRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.NewSelect().Model(&row).Where("tenant_id = ?", tenantID).Where("id = ?", id).For("UPDATE").Scan(ctx)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return authenticating.Session{}, authenticating.ErrSession
	}
	if err != nil {
		return authenticating.Session{}, fmt.Errorf("lock session: %w", err)
	}
	out := authenticating.Session{
		TenantID: row.TenantID, ID: row.ID, UserID: row.UserID, Generation: row.Generation,
		RotatedAt: row.RotatedAt.UTC(), CreatedAt: row.CreatedAt.UTC(),
	}
	if row.EndedAt.Valid {
		out.EndedAt = row.EndedAt.Time.UTC()
	}
	return out, nil
}

// Rotate implements [authenticating.Sessions].
func (s *Sessions) Rotate(ctx context.Context, n authenticating.Session, at time.Time) error {
	return s.exec(ctx, n.TenantID, `UPDATE sessions SET generation = ?, rotated_at = ? WHERE tenant_id = ? AND id = ?`, n.Generation, at, n.TenantID, n.ID)
}

// End implements [authenticating.Sessions].
func (s *Sessions) End(ctx context.Context, tenantID, id string, why authenticating.Reason, at time.Time) error {
	return s.exec(ctx, tenantID, `UPDATE sessions SET ended_at = ?, ended_reason = ? WHERE tenant_id = ? AND id = ? AND ended_at IS NULL`,
		at, string(why), tenantID, id)
}

// EndAll implements [authenticating.Sessions].
func (s *Sessions) EndAll(ctx context.Context, tenantID, userID, but string, why authenticating.Reason, at time.Time) error {
	return s.exec(ctx, tenantID, `UPDATE sessions SET ended_at = ?, ended_reason = ?
		WHERE tenant_id = ? AND user_id = ? AND id::text <> ? AND ended_at IS NULL`, at, string(why), tenantID, userID, but)
}

func (s *Sessions) exec(ctx context.Context, tenantID, query string, args ...any) error {
	return withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("update session: %w", err)
		}
		return nil
	})
}

// Standing implements [authenticating.Standings].
func (s *Sessions) Standing(ctx context.Context, tenantID, sessionID, userID string) (authenticating.Standing, error) {
	var (
		out          authenticating.Standing
		role, status string
		trial        sql.NullTime
	)
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `
			SELECT s.ended_at IS NOT NULL, u.disabled_at IS NOT NULL, u.role, coalesce(f.confirmed, false), t.slug, t.status, t.trial_ends,
				t.limit_users, t.limit_predictions, t.limit_api_calls, t.limit_storage_mb
			FROM sessions s JOIN users u USING (tenant_id) JOIN tenants t USING (tenant_id)
			LEFT JOIN second_factors f ON f.tenant_id = s.tenant_id AND f.user_id = s.user_id
			WHERE s.tenant_id = ? AND s.id = ? AND s.user_id = ? AND u.id = s.user_id`, tenantID, sessionID, userID).
			Scan(&out.Ended, &out.Disabled, &role, &out.SecondFactor, &out.Tenant.Slug, &status, &trial,
				&out.Tenant.Limits.Users, &out.Tenant.Limits.Predictions, &out.Tenant.Limits.APICalls, &out.Tenant.Limits.StorageMB)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return authenticating.Standing{}, authenticating.ErrSession
	}
	if err != nil {
		return authenticating.Standing{}, fmt.Errorf("find session: %w", err)
	}
	out.Role, out.Tenant.ID, out.Tenant.Status = identity.Role(role), tenantID, tenancy.Status(status)
	out.Tenant.TrialEnds = trial.Time
	return out, nil
}

// forgetSessionAfter is past the life of any refresh token, so that one which
// is used then is refused as expired.
const forgetSessionAfter = 60 * 24 * time.Hour

// Tidy deletes sessions that are long over, in all tenants.
func (s *Sessions) Tidy(ctx context.Context, at time.Time) error {
	err := withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE created_at < ?`, at.Add(-forgetSessionAfter))
		return err
	})
	if err != nil {
		return fmt.Errorf("delete old sessions: %w", err)
	}
	return nil
}
