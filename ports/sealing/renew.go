package sealing

import (
	"context"
	"fmt"
)

// Value is a sealed value and the row it stands in.
type Value struct {
	Row    string
	Sealed []byte
}

// Vault reaches the sealed values of all tenants, one tenant at a time.
type Vault interface {
	// Tenants returns the tenants that may have sealed values.
	Tenants(ctx context.Context) ([]string, error)
	// Sealed returns at most limit values of a column, in order of row after
	// one, that were sealed with another key than this.
	Sealed(ctx context.Context, tenantID string, c Column, otherThan uint32, after string, limit int) ([]Value, error)
	// Replace puts a value in the place of another, unless it has changed since.
	Replace(ctx context.Context, tenantID string, c Column, old Value, sealed []byte) error
	// Uses returns how many values of a column were sealed with a key.
	Uses(ctx context.Context, tenantID string, c Column, key uint32) (int, error)
}

// Renewer seals old values with the current key.
type Renewer struct {
	vault  Vault
	sealer Sealer
	keyOf  func(sealed []byte) (uint32, bool)
}

// NewRenewer returns a Renewer. keyOf tells which key sealed a value.
func NewRenewer(vault Vault, sealer Sealer, keyOf func([]byte) (uint32, bool)) *Renewer {
	return &Renewer{vault: vault, sealer: sealer, keyOf: keyOf}
}

// step is how many values are read at once.
const step = 500

// Renew seals everything that was sealed with an older key anew, while the
// services go on, and returns how many values. With dry it only counts them. It
// can be stopped and begun again at any time: what is done is not done twice.
func (r *Renewer) Renew(ctx context.Context, dry bool, told func(table string, done int)) (renewed int, err error) {
	probe, err := r.sealer.Seal(Place{}, nil)
	if err != nil {
		return 0, err
	}
	current, ok := r.keyOf(probe)
	if !ok {
		return 0, fmt.Errorf("the keys do not number their values")
	}
	err = r.each(ctx, func(tenantID string, c Column) error {
		for after := ""; ; {
			values, err := r.vault.Sealed(ctx, tenantID, c, current, after, step)
			if err != nil {
				return err
			}
			for _, v := range values {
				if err := r.renew(ctx, tenantID, c, v, dry); err != nil {
					return fmt.Errorf("seal %s.%s of row %s of tenant %s anew: %w", c.Table, c.Column, v.Row, tenantID, err)
				}
				after, renewed = v.Row, renewed+1
			}
			told(c.Table, renewed)
			if len(values) < step {
				return nil
			}
		}
	})
	return renewed, err
}

func (r *Renewer) renew(ctx context.Context, tenantID string, c Column, v Value, dry bool) error {
	at := Place{TenantID: tenantID, Table: c.Table, Column: c.Column, Row: v.Row}
	plain, err := r.sealer.Open(at, v.Sealed)
	if err != nil || dry {
		return err
	}
	sealed, err := r.sealer.Seal(at, plain)
	if err != nil {
		return err
	}
	return r.vault.Replace(ctx, tenantID, c, v, sealed)
}

// Uses returns how many values were sealed with a key, in all tenants.
func (r *Renewer) Uses(ctx context.Context, key uint32) (uses int, err error) {
	err = r.each(ctx, func(tenantID string, c Column) error {
		n, err := r.vault.Uses(ctx, tenantID, c, key)
		uses += n
		return err
	})
	return uses, err
}

func (r *Renewer) each(ctx context.Context, use func(tenantID string, c Column) error) error {
	tenants, err := r.vault.Tenants(ctx)
	if err != nil {
		return err
	}
	for _, tenantID := range tenants {
		for _, c := range Columns {
			if err := use(tenantID, c); err != nil {
				return err
			}
		}
	}
	return nil
}
