package pgtools

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// scratchPrefix begins the names of databases that are to be dropped.
const scratchPrefix = "football_scratch_"

// scratchOf begins the names of the scratch databases of a kind: whoever removes
// those that are left knows which backups of its own kind are under way.
func (d *Dumps) scratchOf() string {
	if d.kind == operation.Database {
		return scratchPrefix
	}
	return "football_" + strings.ReplaceAll(string(d.kind), "-", "_") + "_scratch_"
}

func (d *Dumps) scratchName(id string) string { return d.scratchOf() + strings.ReplaceAll(id, "-", "") }

// inScratch lends an empty database and drops it whatever happens.
func (d *Dumps) inScratch(ctx context.Context, id string, use func(address) error) (err error) {
	name := d.scratchName(id)
	admin, err := dial(ctx, d.scratch)
	if err != nil {
		return err
	}
	defer hangUp(ctx, admin)
	// An attempt before may have left it.
	if err := dropDatabase(ctx, admin, name); err != nil {
		return err
	}
	if err := d.createDatabase(ctx, admin, name); err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
		defer cancel()
		err = errors.Join(err, d.drop(ctx, name))
	}()
	return use(d.scratch.in(name))
}

const dropTimeout = time.Minute

// drop uses a connection of its own: the one before may have broken.
func (d *Dumps) drop(ctx context.Context, name string) error {
	admin, err := dial(ctx, d.scratch)
	if err != nil {
		return err
	}
	defer hangUp(ctx, admin)
	return dropDatabase(ctx, admin, name)
}

// createDatabase makes a database that the owner of objects may use. Nobody else
// is let in: what is restored holds the rows of all tenants.
func (d *Dumps) createDatabase(ctx context.Context, admin *pgx.Conn, name string) error {
	for _, statement := range []string{
		`CREATE DATABASE ` + quoted(name) + ` TEMPLATE ` + template,
		`REVOKE ALL ON DATABASE ` + quoted(name) + ` FROM PUBLIC`,
		`GRANT CREATE, CONNECT, TEMPORARY ON DATABASE ` + quoted(name) + ` TO ` + quoted(d.owner),
	} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make database %s: %w", name, err)
		}
	}
	return nil
}

func dropDatabase(ctx context.Context, admin *pgx.Conn, name string) error {
	if _, err := admin.Exec(ctx, `DROP DATABASE IF EXISTS `+quoted(name)+` WITH (FORCE)`); err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// Sweep implements [backingup.Engine].
func (d *Dumps) Sweep(ctx context.Context, keep func(id string) bool) (int, error) {
	admin, err := dial(ctx, d.scratch)
	if err != nil {
		return 0, err
	}
	defer hangUp(ctx, admin)
	names, err := collect(ctx, admin, `SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1)`, pgx.RowTo[string], d.scratchOf())
	if err != nil {
		return 0, fmt.Errorf("list scratch databases: %w", err)
	}
	removed := 0
	for _, name := range names {
		if keep(dashed(strings.TrimPrefix(name, d.scratchOf()))) {
			continue
		}
		if err := dropDatabase(ctx, admin, name); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// dashed is the UUID that a name was made of, or the text itself.
func dashed(id string) string {
	if len(id) != 32 {
		return id
	}
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}
