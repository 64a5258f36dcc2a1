package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

var _ authenticating.Factors = (*Factors)(nil)

// Factors is the tables of second factors and recovery codes.
type Factors struct {
	db     *bun.DB
	sealer sealing.Sealer
}

// NewFactors returns the tables in db.
func NewFactors(db *bun.DB, sealer sealing.Sealer) *Factors { return &Factors{db: db, sealer: sealer} }

func placeOfFactor(f authenticating.Factor) sealing.Place {
	return sealing.Place{TenantID: f.TenantID, Table: "second_factors", Column: "secret", Row: f.UserID}
}

// Set implements [authenticating.Factors].
func (s *Factors) Set(ctx context.Context, f authenticating.Factor) error {
	sealed, err := s.sealer.Seal(placeOfFactor(f), []byte(f.Secret))
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, f.TenantID, `
		INSERT INTO second_factors AS f (tenant_id, user_id, secret) VALUES (?, ?, ?)
		ON CONFLICT (tenant_id, user_id) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE NOT f.confirmed`, f.TenantID, f.UserID, sealed)
	return err
}

// Get implements [authenticating.Factors].
func (s *Factors) Get(ctx context.Context, tenantID, userID string) (authenticating.Factor, error) {
	f := authenticating.Factor{TenantID: tenantID, UserID: userID}
	var sealed []byte
	err := withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT secret, confirmed, last_step FROM second_factors WHERE tenant_id = ? AND user_id = ?`, tenantID, userID).
			Scan(&sealed, &f.Confirmed, &f.LastStep)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return f, authenticating.ErrNoFactor
	}
	if err != nil {
		return f, fmt.Errorf("select second factor: %w", err)
	}
	secret, err := s.sealer.Open(placeOfFactor(f), sealed)
	f.Secret = string(secret)
	return f, err
}

// Use implements [authenticating.Factors].
func (s *Factors) Use(ctx context.Context, f authenticating.Factor, step int64) (bool, error) {
	n, err := s.exec(ctx, f.TenantID, `UPDATE second_factors SET last_step = ?, confirmed = true WHERE tenant_id = ? AND user_id = ? AND last_step < ?`,
		step, f.TenantID, f.UserID, step)
	return n == 1, err
}

// SetRecovery implements [authenticating.Factors].
func (s *Factors) SetRecovery(ctx context.Context, f authenticating.Factor, hashes [][]byte) error {
	if _, err := s.exec(ctx, f.TenantID, `DELETE FROM recovery_codes WHERE tenant_id = ? AND user_id = ?`, f.TenantID, f.UserID); err != nil {
		return err
	}
	for _, hash := range hashes {
		if _, err := s.exec(ctx, f.TenantID, `INSERT INTO recovery_codes (tenant_id, user_id, hash) VALUES (?, ?, ?)`, f.TenantID, f.UserID, hash); err != nil {
			return err
		}
	}
	return nil
}

// UseRecovery implements [authenticating.Factors].
func (s *Factors) UseRecovery(ctx context.Context, f authenticating.Factor, hash []byte) (bool, error) {
	n, err := s.exec(ctx, f.TenantID, `DELETE FROM recovery_codes WHERE tenant_id = ? AND user_id = ? AND hash = ?`, f.TenantID, f.UserID, hash)
	return n == 1, err
}

// Remove implements [authenticating.Factors].
func (s *Factors) Remove(ctx context.Context, tenantID, userID string) error {
	_, err := s.exec(ctx, tenantID, `DELETE FROM second_factors WHERE tenant_id = ? AND user_id = ?`, tenantID, userID)
	return err
}

func (s *Factors) exec(ctx context.Context, tenantID, query string, args ...any) (n int64, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		done, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return fmt.Errorf("change second factor: %w", err)
		}
		n, err = done.RowsAffected()
		return err
	})
	return n, err
}
