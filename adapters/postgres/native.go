package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// A statement that runs often enough to be worth preparing on each connection.
type statement struct{ name, sql string }

// inOneTrip runs a statement inside a tenant's walls in one round trip: what
// sets the tenant and the statement travel together, and are one transaction.
// It is for the few paths where four round trips would be the most of the
// cost, and never joins a unit of work. read is called with the rows.
func inOneTrip(ctx context.Context, db *bun.DB, tenantID string, s statement, args []any, read func(pgx.Rows) error) error {
	return raw(ctx, db, func(c *pgx.Conn) error {
		if _, err := c.Prepare(ctx, s.name, s.sql); err != nil { // which it is once
			return err
		}
		var b pgx.Batch
		b.Queue(`SELECT set_config('app.tenant_id', $1, true)`, tenantID)
		b.Queue(s.name, args...)
		results := c.SendBatch(ctx, &b)
		err := readSecond(results, read)
		if closed := results.Close(); err == nil {
			err = closed
		}
		return err
	})
}

func readSecond(results pgx.BatchResults, read func(pgx.Rows) error) error {
	if _, err := results.Exec(); err != nil {
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := read(rows); err != nil {
		return err
	}
	return rows.Err()
}
