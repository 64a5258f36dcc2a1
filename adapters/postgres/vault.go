package postgres

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/sealing"
)

var _ sealing.Vault = (*Vault)(nil)

// Vault is the sealed columns of all tables. Which key sealed a value stands in
// its second to fifth byte.
type Vault struct{ db *bun.DB }

// NewVault returns the sealed columns in db.
func NewVault(db *bun.DB) *Vault { return &Vault{db: db} }

// Tenants implements [sealing.Vault]. Events outlive their tenant.
func (s *Vault) Tenants(ctx context.Context) (ids []string, err error) {
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.NewRaw(`SELECT tenant_id FROM tenants UNION SELECT tenant_id FROM audit_heads ORDER BY 1`).Scan(ctx, &ids)
	})
	if err != nil {
		return nil, fmt.Errorf("select tenants: %w", err)
	}
	return ids, nil
}

// Sealed implements [sealing.Vault].
func (s *Vault) Sealed(ctx context.Context, tenantID string, c sealing.Column, otherThan uint32, after string, limit int) (values []sealing.Value, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		q := tx.NewSelect().TableExpr("?", bun.Ident(c.Table)).ColumnExpr("? AS row", bun.Ident(c.Row)).ColumnExpr("? AS sealed", bun.Ident(c.Column)).
			Where("tenant_id = ?", tenantID).Where("substring(? FROM 2 FOR 4) <> ?", bun.Ident(c.Column), number(otherThan)).
			OrderExpr("?", bun.Ident(c.Row)).Limit(int64(limit))
		if after != "" {
			q.Where("? > ?", bun.Ident(c.Row), after)
		}
		return q.Scan(ctx, &values)
	})
	if err != nil {
		return nil, fmt.Errorf("select %s.%s: %w", c.Table, c.Column, err)
	}
	return values, nil
}

// Replace implements [sealing.Vault].
func (s *Vault) Replace(ctx context.Context, tenantID string, c sealing.Column, old sealing.Value, sealed []byte) error {
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		_, err := tx.NewUpdate().TableExpr("?", bun.Ident(c.Table)).Set("? = ?", bun.Ident(c.Column), sealed).
			Where("tenant_id = ?", tenantID).Where("? = ?", bun.Ident(c.Row), old.Row).
			Where("? = ?", bun.Ident(c.Column), old.Sealed).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("update %s.%s: %w", c.Table, c.Column, err)
	}
	return nil
}

// Uses implements [sealing.Vault].
func (s *Vault) Uses(ctx context.Context, tenantID string, c sealing.Column, key uint32) (uses int, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		n, err := tx.NewSelect().TableExpr("?", bun.Ident(c.Table)).Where("tenant_id = ?", tenantID).
			Where("substring(? FROM 2 FOR 4) = ?", bun.Ident(c.Column), number(key)).Count(ctx)
		uses = int(n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count %s.%s: %w", c.Table, c.Column, err)
	}
	return uses, nil
}

func number(key uint32) []byte { return binary.BigEndian.AppendUint32(nil, key) }
