package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/football-prediction/football-prediction/ports/exporting"
)

var _ exporting.Rows = (*Export)(nil)

// Export reads all that tenants own.
type Export struct{ db *bun.DB }

// NewExport returns the rows in db.
func NewExport(db *bun.DB) *Export { return &Export{db: db} }

// Each implements [exporting.Rows]: in one snapshot, inside the tenant's walls,
// and a row at a time, however many there are.
func (s *Export) Each(ctx context.Context, tenantID string, sink exporting.Sink) error {
	moment := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return s.db.RunInTx(ctx, moment, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT set_config('app.tenant_id', ?, true)`, tenantID); err != nil {
			return fmt.Errorf("enter tenant: %w", err)
		}
		var tables []string
		if err := tx.NewRaw(`SELECT name FROM tenant_tables ORDER BY name`).Scan(ctx, &tables); err != nil {
			return fmt.Errorf("select tenant tables: %w", err)
		}
		for _, table := range tables {
			if err := s.table(ctx, tx, tenantID, table, sink); err != nil {
				return fmt.Errorf("export %s: %w", table, err)
			}
		}
		return nil
	})
}

func (s *Export) table(ctx context.Context, tx bun.Tx, tenantID, table string, sink exporting.Sink) error {
	var bytes, keys []string
	err := tx.QueryRowContext(ctx, `
		SELECT array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped ORDER BY 1),
			array(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
				WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum))
		FROM pg_class c WHERE c.oid = ?::regclass`, "public."+table).Scan(pgdialect.Array(&bytes), pgdialect.Array(&keys))
	if err != nil {
		return fmt.Errorf("read columns: %w", err)
	}
	if err := sink.Table(table, bytes); err != nil {
		return err
	}
	q := tx.NewSelect().ColumnExpr("to_jsonb(t)").TableExpr("? AS t", bun.Ident(table)).Where("tenant_id = ?", tenantID)
	for _, key := range keys { // so that two archives of the same rows are the same
		q.OrderExpr("?", bun.Ident(key))
	}
	rows, err := q.Rows(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return err
		}
		row := exporting.Row{}
		if err := json.Unmarshal(text, &row); err != nil {
			return err
		}
		if err := sink.Row(row); err != nil {
			return err
		}
	}
	return rows.Err()
}
