package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/removing"
)

var _ removing.Rows = (*Removal)(nil)

// Removal is the rows of tenants that are to be removed.
type Removal struct{ db *bun.DB }

// NewRemoval returns the rows in db.
func NewRemoval(db *bun.DB) *Removal { return &Removal{db: db} }

// pointer is a foreign key between tables of tenants.
type pointer struct{ Child, Parent string }

// Tables implements [removing.Rows]. Tables and foreign keys are read from the
// catalogue.
func (s *Removal) Tables(ctx context.Context) ([]removing.Table, error) {
	var (
		tables   []removing.Table
		pointers []pointer
	)
	if err := s.db.NewRaw(`SELECT name, kept FROM tenant_tables ORDER BY name`).Scan(ctx, &tables); err != nil {
		return nil, fmt.Errorf("select tenant tables: %w", err)
	}
	err := s.db.NewRaw(`
		SELECT DISTINCT c.relname::text AS child, p.relname::text AS parent
		FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid
		WHERE f.contype = 'f' AND c.oid <> p.oid AND c.relnamespace = 'public'::regnamespace
			AND c.relname IN (SELECT name FROM tenant_tables) AND p.relname IN (SELECT name FROM tenant_tables)`).Scan(ctx, &pointers)
	if err != nil {
		return nil, fmt.Errorf("select foreign keys: %w", err)
	}
	return ordered(tables, pointers)
}

// ordered puts tables before those that they point to. Removing a row then
// takes no other rows with it, so that what is done at once stays bounded. The
// table of tenants comes last, because it is what allows the removal.
func ordered(tables []removing.Table, pointers []pointer) ([]removing.Table, error) {
	const last = "tenants"
	for _, t := range tables {
		if t.Name != last {
			pointers = append(pointers, pointer{Child: t.Name, Parent: last})
		}
	}
	var out []removing.Table
	for len(tables) > 0 {
		next := slices.IndexFunc(tables, func(t removing.Table) bool {
			return !slices.ContainsFunc(pointers, func(p pointer) bool { return p.Parent == t.Name })
		})
		if next < 0 {
			return nil, fmt.Errorf("the foreign keys between %v go round in a circle", tables)
		}
		name := tables[next].Name
		out = append(out, tables[next])
		tables = slices.Delete(tables, next, next+1)
		pointers = slices.DeleteFunc(pointers, func(p pointer) bool { return p.Child == name })
	}
	return out, nil
}

// Count implements [removing.Rows].
func (s *Removal) Count(ctx context.Context, tenantID, table string) (n int, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM ? WHERE tenant_id = ?`, bun.Ident(table), tenantID).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count rows of %s: %w", table, err)
	}
	return n, nil
}

// Remove implements [removing.Rows]. The database decides whether it may.
func (s *Removal) Remove(ctx context.Context, tenantID, table string, most int) (n int, err error) {
	err = withinPlatform(ctx, s.db, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT remove_tenant_rows(?, ?, ?)`, tenantID, table, most).Scan(&n)
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "55000" {
		// Of a kind that is tried again, since the database's clock may be behind.
		return 0, domain.Errorf(domain.Unavailable, tenancy.ErrDeletion.Code, "tenant %s is not being removed", tenantID)
	}
	if err != nil {
		return 0, fmt.Errorf("remove rows of %s: %w", table, err)
	}
	return n, nil
}

// Erase implements [removing.Rows].
func (s *Removal) Erase(ctx context.Context, tenantID string, after int64, most int) (last int64, erased int, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `
			WITH looked AS (
				SELECT seq FROM audit_events WHERE tenant_id = ?0 AND seq > ?1 ORDER BY seq LIMIT ?2
			), erased AS (
				UPDATE audit_events e SET personal = NULL, salt = NULL
				FROM looked l WHERE e.tenant_id = ?0 AND e.seq = l.seq AND e.salt IS NOT NULL
				RETURNING e.seq
			)
			SELECT coalesce((SELECT max(seq) FROM looked), 0), (SELECT count(*) FROM erased)`, tenantID, after, most).Scan(&last, &erased)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("erase personal data of audit events: %w", err)
	}
	return last, erased, nil
}

// Personal implements [removing.Rows].
func (s *Removal) Personal(ctx context.Context, tenantID string) (n int, err error) {
	err = withinTenant(ctx, s.db, tenantID, func(tx bun.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM audit_events WHERE tenant_id = ? AND (salt IS NOT NULL OR personal IS NOT NULL)`, tenantID).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count personal data of audit events: %w", err)
	}
	return n, nil
}
