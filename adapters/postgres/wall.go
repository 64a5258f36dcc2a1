package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/ports/transacting"
)

var _ transacting.Unit = (*Unit)(nil)

// Unit is a unit of work in a database.
type Unit struct{ db *bun.DB }

// NewUnit returns units of work in db.
func NewUnit(db *bun.DB) *Unit { return &Unit{db: db} }

// Within implements [transacting.Unit].
func (u *Unit) Within(ctx context.Context, tenantID string, use func(context.Context) error) error {
	return withinTenant(ctx, u.db, tenantID, func(tx bun.Tx) error {
		return use(context.WithValue(ctx, workKey{}, work{tx: tx, tenantID: tenantID}))
	})
}

// work is the transaction that a context carries.
type work struct {
	tx       bun.Tx
	tenantID string
}

type workKey struct{}

// withinTenant runs use in a transaction that sees the rows of one tenant. It
// joins the transaction that ctx carries, which must be in that tenant too.
func withinTenant(ctx context.Context, db *bun.DB, tenantID string, use func(bun.Tx) error) error {
	if w, ok := ctx.Value(workKey{}).(work); ok {
		if w.tenantID != tenantID {
			return fmt.Errorf("a unit of work in tenant %s cannot reach into %s", w.tenantID, tenantID)
		}
		return use(w.tx)
	}
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT set_config('app.tenant_id', ?, true)`, tenantID); err != nil {
			return fmt.Errorf("enter tenant: %w", err)
		}
		return use(tx)
	})
}

// joined is the transaction that ctx carries, or db. It is for the platform's
// own tables, which stand in no tenant's walls but may change together with
// what does.
func joined(ctx context.Context, db *bun.DB) bun.IDB {
	if w, ok := ctx.Value(workKey{}).(work); ok {
		return w.tx
	}
	return db
}

// withinPlatform runs use in a transaction of the role that works across
// tenants. It never joins another: what is done inside a tenant's walls must
// not be mixed with what is done outside.
func withinPlatform(ctx context.Context, db *bun.DB, use func(bun.Tx) error) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `SET LOCAL ROLE football_platform`); err != nil {
			return fmt.Errorf("act for the platform: %w", err)
		}
		return use(tx)
	})
}

// isUnique reports whether err is a violated unique constraint.
func isUnique(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}
