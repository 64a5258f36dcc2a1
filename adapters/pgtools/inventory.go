package pgtools

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain/operation"
)

//go:embed inventory.sql
var inventorySQL string

// definitions takes stock of all but the rows.
func definitions(ctx context.Context, conn *pgx.Conn) (i operation.Inventory, err error) {
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version')`).Scan(&i.Server); err != nil {
		return i, err
	}
	if i.Objects, err = collect(ctx, conn, inventorySQL, func(row pgx.CollectableRow) (o operation.Object, err error) {
		var definition *string
		err = row.Scan(&o.Kind, &o.Name, &definition)
		if definition != nil {
			o.Definition = *definition
		}
		return o, err
	}); err != nil {
		return i, fmt.Errorf("take stock of definitions: %w", err)
	}
	if i.Roles, err = collect(ctx, conn, `SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'football\_%' ORDER BY 1`, pgx.RowTo[string]); err != nil {
		return i, fmt.Errorf("take stock of roles: %w", err)
	}
	i.Counters, err = counters(ctx, conn)
	return i, err
}

// counters reads what sequences stand at. That is in no snapshot.
func counters(ctx context.Context, conn *pgx.Conn) ([]operation.Counter, error) {
	out, err := collect(ctx, conn, `SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value - increment_by) FROM pg_sequences ORDER BY 1`,
		func(row pgx.CollectableRow) (c operation.Counter, err error) {
			err = row.Scan(&c.Name, &c.Value)
			return c, err
		})
	if err != nil {
		return nil, fmt.Errorf("take stock of sequences: %w", err)
	}
	return out, nil
}

// tables are the names, quoted, of what has rows, the largest first so that
// several at once end together.
func tables(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	out, err := collect(ctx, conn, `
		SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
		  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
		ORDER BY pg_relation_size(c.oid) DESC, 1`, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return out, nil
}

// sum counts the rows of a table and hashes them whatever their order: the sum
// of 64-bit hashes of the rows' texts. A sum, unlike an exclusive or, also tells
// two equal rows from none.
func sum(ctx context.Context, conn *pgx.Conn, table string) (operation.Set, error) {
	s := operation.Set{Name: table}
	err := conn.QueryRow(ctx, `SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM `+table+` t`).Scan(&s.Rows, &s.Hash)
	if err != nil {
		return s, fmt.Errorf("hash %s: %w", table, err)
	}
	return s, nil
}

func collect[T any](ctx context.Context, conn *pgx.Conn, query string, each pgx.RowToFunc[T], args ...any) ([]T, error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, each)
}
