package pgtools

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/ports/backingup"
)

// Rehearse implements [backingup.Engine].
func (d *Dumps) Rehearse(ctx context.Context, id, folder string, report backingup.Progress) (r backingup.Rehearsal, err error) {
	err = d.inScratch(ctx, id, func(at address) (err error) {
		r, err = d.bring(ctx, at, folder, report)
		return err
	})
	return r, err
}

// told tells a program that found fault with a backup from one that could not
// do its work.
func told(err error) (fault string, _ error) {
	var failed *failure
	if errors.As(err, &failed) && !failed.passes() {
		return "it cannot be restored: " + failed.Error(), nil
	}
	return "", err
}

// look takes stock of what was restored. It becomes the role that dumps, as the
// grants that let it see all rows came back with them.
func (d *Dumps) look(ctx context.Context, at address, r *backingup.Rehearsal, report backingup.Progress) error {
	reader := at
	reader.role = d.source.url.User.Username()
	if err := takeStock(ctx, reader, d.jobs, r, report); err != nil {
		return err
	}
	return d.programs.amcheck(ctx, at, r, report, "--jobs="+strconv.Itoa(d.jobs), "--no-strict-names", at.url.String())
}

// takeStock counts and hashes what a restored database holds.
func takeStock(ctx context.Context, reader address, jobs int, r *backingup.Rehearsal, report backingup.Progress) error {
	conn, err := dial(ctx, reader)
	if err != nil {
		return err
	}
	defer hangUp(ctx, conn)
	if r.Inventory, err = definitions(ctx, conn); err != nil {
		return err
	}
	names, err := tables(ctx, conn)
	if err != nil {
		return err
	}
	if r.Inventory.Sets, err = sums(ctx, reader, "", names, jobs, func(n int) {
		report(n, len(names), "restored tables counted and hashed")
	}); err != nil {
		return err
	}
	found, err := orphans(ctx, conn)
	r.Faults = append(r.Faults, found...)
	return err
}

// amcheck reads every page of tables and indexes and holds one to the other.
func (p Programs) amcheck(ctx context.Context, at address, r *backingup.Rehearsal, report backingup.Progress, args ...string) error {
	report(0, 0, "checking every page and index")
	_, err := p.run(ctx, at.environment(""), "pg_amcheck", append([]string{"--heapallindexed", "--parent-check"}, args...)...)
	var failed *failure
	var exit *exec.ExitError
	if errors.As(err, &failed) && errors.As(err, &exit) && exit.ExitCode() == foundCorrupt {
		r.Faults = append(r.Faults, "pg_amcheck finds it corrupt: "+failed.output)
		return nil
	}
	return err
}

// foundCorrupt is how pg_amcheck ends when it could do its work and found fault.
const foundCorrupt = 2

// orphans are the rows behind foreign keys that were never validated. All
// others PostgreSQL itself has checked, row by row, while it restored them.
func orphans(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	checks, err := collect(ctx, conn, `
		SELECT format('%s.%I', c.conrelid::regclass, c.conname), format('SELECT count(*) FROM %s r WHERE %s AND NOT EXISTS (SELECT FROM %s t WHERE %s)',
			c.conrelid::regclass,
			(SELECT string_agg(format('r.%I IS NOT NULL', a.attname), ' AND ') FROM unnest(c.conkey) k JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k),
			c.confrelid::regclass,
			(SELECT string_agg(format('t.%I = r.%I', f.attname, a.attname), ' AND ')
			 FROM unnest(c.conkey, c.confkey) AS k (own, other)
			 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own
			 JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.other))
		FROM pg_constraint c WHERE c.contype = 'f' AND NOT c.convalidated ORDER BY 1`, pgx.RowToStructByPos[struct{ Name, Count string }])
	if err != nil {
		return nil, fmt.Errorf("list foreign keys: %w", err)
	}
	var found []string
	for _, check := range checks {
		var n int64
		if err := conn.QueryRow(ctx, check.Count).Scan(&n); err != nil {
			return nil, fmt.Errorf("look for orphans of %s: %w", check.Name, err)
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("foreign key %s has %d rows that point to nothing", check.Name, n))
		}
	}
	return found, nil
}
