package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Rights = (*Rights)(nil)

// Rights reads who may do what, one tenant after the other and from within its
// walls: the role that works across tenants sees no users and no keys, and
// need not.
type Rights struct{ db *bun.DB }

// NewRights returns the rights in db.
func NewRights(db *bun.DB) *Rights { return &Rights{db: db} }

// Of implements [maintaining.Rights].
func (s *Rights) Of(ctx context.Context, tenantID string) (users []maintaining.Holder, keys []maintaining.KeyHeld, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		if users, err = holders(ctx, tx, tenantID); err != nil {
			return err
		}
		keys, err = keysHeld(ctx, tx, tenantID)
		return err
	})
	return users, keys, err
}

func holders(ctx context.Context, tx bun.Tx, tenantID string) ([]maintaining.Holder, error) {
	var rows []struct {
		ID                     string
		Role                   string
		Disabled, SecondFactor bool
		Sessions               int
		CreatedAt              time.Time
		Seen                   sql.NullTime
	}
	err := tx.NewRaw(`
		SELECT u.id, u.role, u.disabled_at IS NOT NULL AS disabled, coalesce(f.confirmed, false) AS second_factor, u.created_at,
			(SELECT count(*) FROM sessions s WHERE s.tenant_id = u.tenant_id AND s.user_id = u.id AND s.ended_at IS NULL) AS sessions,
			(SELECT max(day) FROM user_activity a WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id) AS seen
		FROM users u LEFT JOIN second_factors f ON f.tenant_id = u.tenant_id AND f.user_id = u.id
		WHERE u.tenant_id = ? ORDER BY u.id`, tenantID).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("select users: %w", err)
	}
	out := make([]maintaining.Holder, len(rows))
	for i, r := range rows {
		out[i] = maintaining.Holder{
			ID: r.ID, Role: identity.Role(r.Role), Disabled: r.Disabled, SecondFactor: r.SecondFactor, Sessions: r.Sessions, Created: r.CreatedAt.UTC(),
		}
		if r.Seen.Valid {
			out[i].Seen = r.Seen.Time.UTC()
		}
	}
	return out, nil
}

func keysHeld(ctx context.Context, tx bun.Tx, tenantID string) ([]maintaining.KeyHeld, error) {
	var rows []struct {
		ID, Name              string
		Operates              bool
		CreatedAt             time.Time
		ExpiresAt, LastUsedAt sql.NullTime
	}
	err := tx.NewRaw(`
		SELECT id, name, 'operate' = ANY (scopes) AS operates, created_at, expires_at, last_used_at FROM api_keys
		WHERE tenant_id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) ORDER BY id`, tenantID).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("select API keys: %w", err)
	}
	out := make([]maintaining.KeyHeld, len(rows))
	for i, r := range rows {
		out[i] = maintaining.KeyHeld{ID: r.ID, Name: r.Name, Operates: r.Operates, Created: r.CreatedAt.UTC(), Expires: r.ExpiresAt.Time, Used: r.LastUsedAt.Time}
	}
	return out, nil
}
