package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/issuing"
	"github.com/football-prediction/football-prediction/ports/operating"
)

var (
	_ issuing.Store  = (*Keys)(nil)
	_ operating.Keys = (*Keys)(nil)
	_ access.Lookup  = (*Lookup)(nil)
)

// Keys is the table of API keys.
type Keys struct{ db *bun.DB }

// NewKeys returns the table in db.
func NewKeys(db *bun.DB) *Keys { return &Keys{db: db} }

type keyRow struct {
	bun.BaseModel `bun:"table:api_keys,alias:k"`

	TenantID   string `bun:",pk"`
	ID         string `bun:",pk"`
	Name       string
	Hint       string
	Hash       []byte
	Scopes     []string `bun:",array"`
	CreatedAt  time.Time
	CreatedBy  string
	ExpiresAt  sql.NullTime
	RevokedAt  sql.NullTime
	LastUsedAt sql.NullTime
}

// Create implements [access.Keys].
func (s *Keys) Create(ctx context.Context, k access.Key) error {
	row := keyRow{
		TenantID: k.TenantID, ID: k.ID, Name: k.Name, Hint: k.Hint, Hash: k.Hash[:],
		Scopes: toScopes(k.Scopes), CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy, ExpiresAt: nullTime(k.ExpiresAt),
	}
	err := withinTenant(ctx, s.db, k.TenantID, func(tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("insert API key: %w", err)
	}
	return nil
}

// Revoke implements [access.Keys].
func (s *Keys) Revoke(ctx context.Context, tenantID, id string, at time.Time) error {
	return withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		done, err := tx.ExecContext(ctx,
			`UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE tenant_id = ? AND id::text = ?`, at, tenantID, id)
		if err != nil {
			return fmt.Errorf("update API key: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return domain.Errorf(domain.NotFound, access.ErrNoKey.Code, "the tenant has no API key %q", id)
	})
}

// Lookup finds keys before the tenant is known.
type Lookup struct{ db *bun.DB }

// NewLookup returns the look-up in db.
func NewLookup(db *bun.DB) *Lookup { return &Lookup{db: db} }

type foundKey struct {
	TenantID     string
	Slug         string
	TenantStatus string
	ID           string
	Scopes       []string
	ExpiresAt    sql.NullTime
	RevokedAt    sql.NullTime
	LastUsedAt   sql.NullTime
	Limits       tenancy.Limits
}

// Principal implements [access.Lookup].
func (s *Lookup) Principal(ctx context.Context, h access.Hash, at time.Time) (access.Principal, error) {
	var k foundKey
	err := s.db.QueryRowContext(ctx,
		`SELECT tenant_id, slug, tenant_status, id, scopes, expires_at, revoked_at, last_used_at,
			limit_users, limit_predictions, limit_api_calls, limit_storage_mb FROM find_api_key(?)`, h[:]).
		Scan(&k.TenantID, &k.Slug, &k.TenantStatus, &k.ID, pgdialect.Array(&k.Scopes), &k.ExpiresAt, &k.RevokedAt, &k.LastUsedAt,
			&k.Limits.Users, &k.Limits.Predictions, &k.Limits.APICalls, &k.Limits.StorageMB)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !k.usable(at) {
		return access.Principal{}, access.ErrUnauthenticated
	}
	if err != nil {
		return access.Principal{}, fmt.Errorf("find API key: %w", err)
	}
	p := access.Principal{TenantID: k.TenantID, Tenant: k.Slug, Subject: "api-key:" + k.ID, Limits: k.Limits, Until: k.until(at)}
	for _, text := range k.Scopes {
		scope, err := access.ParseScope(text)
		if err != nil {
			return access.Principal{}, fmt.Errorf("API key row %s: %v", k.ID, err) //nolint:errorlint // a bad row is our fault, not the caller's
		}
		p.Scopes = append(p.Scopes, scope)
	}
	return p, s.touch(ctx, k, at)
}

// touch notes that a key was used. A minute is near enough, and keeps a busy
// key from costing a write a request.
func (s *Lookup) touch(ctx context.Context, k foundKey, at time.Time) error {
	if k.LastUsedAt.Valid && at.Sub(k.LastUsedAt.Time) < time.Minute {
		return nil
	}
	err := withinTenant(ctx, s.db, k.TenantID, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE api_keys SET last_used_at = ? WHERE tenant_id = ? AND id = ? AND (last_used_at IS NULL OR last_used_at < ?)`,
			at, k.TenantID, k.ID, at.Add(-time.Minute))
		return err
	})
	if err != nil {
		return fmt.Errorf("note the use of an API key: %w", err)
	}
	return nil
}

func (k foundKey) usable(at time.Time) bool {
	open := k.TenantStatus == "active" || k.TenantStatus == "trial"
	return open && !k.RevokedAt.Valid && (!k.ExpiresAt.Valid || at.Before(k.ExpiresAt.Time))
}

// until is when the key stops working by itself. When a trial is over, the
// look-up does not say, so that such a tenant's keys are looked up again.
func (k foundKey) until(at time.Time) time.Time {
	if k.TenantStatus == string(tenancy.Trial) {
		return at
	}
	if k.ExpiresAt.Valid {
		return k.ExpiresAt.Time
	}
	return time.Time{}
}

func toScopes(scopes []access.Scope) []string {
	texts := make([]string, len(scopes))
	for i, s := range scopes {
		texts[i] = string(s)
	}
	return texts
}
