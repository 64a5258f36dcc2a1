package pgtools

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

// dumpFolder is the folder of pg_dump's files within a backup.
const dumpFolder = "dump"

// Capture implements [backingup.Engine]. One transaction exports its snapshot;
// pg_dump and the connections that count and hash see the very same rows,
// whatever is written meanwhile.
func (d *Dumps) Capture(ctx context.Context, folder string, report backingup.Progress) (operation.Inventory, error) {
	var inventory operation.Inventory
	err := inSnapshot(ctx, d.source, "", func(conn *pgx.Conn) (err error) {
		if err := seesAll(ctx, conn); err != nil {
			return err
		}
		var snapshot string
		if err := conn.QueryRow(ctx, `SELECT pg_export_snapshot()`).Scan(&snapshot); err != nil {
			return fmt.Errorf("export a snapshot: %w", err)
		}
		if inventory, err = definitions(ctx, conn); err != nil {
			return err
		}
		names, err := tables(ctx, conn)
		if err != nil {
			return err
		}
		inventory.Sets, err = d.dumpAndSum(ctx, folder, snapshot, names, report)
		return err
	})
	return inventory, err
}

// Size implements [backingup.Sized]: a dump has no indexes and is not
// compressed, which about makes up for each other.
func (d *Dumps) Size(ctx context.Context) (size int64, err error) {
	conn, err := dial(ctx, d.source)
	if err != nil {
		return 0, err
	}
	defer hangUp(ctx, conn)
	if err := conn.QueryRow(ctx, `SELECT pg_database_size(current_database())`).Scan(&size); err != nil {
		return 0, fmt.Errorf("estimate the size of %s: %w", d.source.database(), err)
	}
	return size, nil
}

// dumpAndSum does both at once: one reads from disk while the other computes.
func (d *Dumps) dumpAndSum(ctx context.Context, folder, snapshot string, names []string, report backingup.Progress) ([]operation.Set, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dumped := make(chan error, 1)
	go func() {
		err := d.dump(ctx, folder, snapshot)
		if err != nil {
			cancel(err)
		}
		dumped <- err
	}()
	report(0, len(names), "tables counted and hashed while they are dumped")
	sets, err := sums(ctx, d.source, snapshot, names, d.jobs, func(n int) {
		report(n, len(names), "tables counted and hashed while they are dumped")
	})
	if err != nil {
		cancel(err)
	}
	// Of the two, the one that failed first made the other fail.
	switch failed := <-dumped; {
	case err == nil && failed == nil:
		return sets, nil
	case context.Cause(ctx) != nil:
		return nil, context.Cause(ctx)
	default:
		return nil, errors.Join(failed, err)
	}
}

func (d *Dumps) dump(ctx context.Context, folder, snapshot string) error {
	_, err := d.programs.run(ctx, d.source.environment("-c lock_timeout=30s -c statement_timeout=0"), "pg_dump",
		"--format=directory", "--compress=0", "--no-sync", "--jobs="+strconv.Itoa(d.jobs),
		"--snapshot="+snapshot, "--file="+filepath.Join(folder, dumpFolder), d.source.argument())
	return err
}

// seesAll refuses a role that row-level security would hide rows from.
func seesAll(ctx context.Context, conn *pgx.Conn) error {
	var all bool
	if err := conn.QueryRow(ctx, `SELECT rolbypassrls OR rolsuper OR NOT EXISTS (SELECT FROM pg_class WHERE relrowsecurity)
		FROM pg_roles WHERE rolname = current_user`).Scan(&all); err != nil {
		return err
	}
	if !all {
		return errors.New("the role of BACKUP_DATABASE_URL sees the rows of tenants only; give it BYPASSRLS")
	}
	return nil
}
