package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Lock implements [issuing.Store].
func (s *Keys) Lock(ctx context.Context, tenantID string) error {
	return withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('api_keys ' || ?, 0))`, tenantID)
		return err
	})
}

// Live implements [issuing.Store].
func (s *Keys) Live(ctx context.Context, tenantID string, at time.Time) (live int, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM api_keys WHERE tenant_id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`,
			tenantID, at).Scan(&live)
	})
	if err != nil {
		return 0, fmt.Errorf("count API keys: %w", err)
	}
	return live, nil
}

// Get implements [issuing.Store].
func (s *Keys) Get(ctx context.Context, tenantID, id string) (access.Key, error) {
	var row keyRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.NewSelect().Model(&row).Where("tenant_id = ?", tenantID).Where("id::text = ?", id).Scan(ctx)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return access.Key{}, access.ErrNoKey
	}
	if err != nil {
		return access.Key{}, fmt.Errorf("select API key: %w", err)
	}
	return fromKeyRow(row), nil
}

// List implements [issuing.Store].
func (s *Keys) List(ctx context.Context, tenantID string, p catalogue.Page) ([]access.Key, error) {
	var rows []keyRow
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		q := tx.NewSelect().Model(&rows).Where("tenant_id = ?", tenantID).OrderExpr("id").Limit(int64(p.Limit))
		if p.After != nil {
			q.Where("id > ?", p.After.ID)
		}
		return q.Scan(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("select API keys: %w", err)
	}
	keys := make([]access.Key, len(rows))
	for i, row := range rows {
		keys[i] = fromKeyRow(row)
	}
	return keys, nil
}

func fromKeyRow(r keyRow) access.Key {
	k := access.Key{
		ID: r.ID, TenantID: r.TenantID, Name: r.Name, Hint: r.Hint, CreatedAt: r.CreatedAt.UTC(), CreatedBy: r.CreatedBy,
		ExpiresAt: r.ExpiresAt.Time, RevokedAt: r.RevokedAt.Time, LastUsedAt: r.LastUsedAt.Time,
	}
	copy(k.Hash[:], r.Hash)
	for _, text := range r.Scopes {
		k.Scopes = append(k.Scopes, access.Scope(text))
	}
	return k
}

// MadeBy implements [operating.Keys].
func (s *Keys) MadeBy(ctx context.Context, tenantID, keyID string) (string, error) {
	k, err := s.Get(ctx, tenantID, keyID)
	return k.CreatedBy, err
}
