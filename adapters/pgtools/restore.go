package pgtools

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// owner owns what is in our databases, and lookup the functions that read
// before a tenant is known.
const (
	owner  = "football_owner"
	lookup = "football_lookup"
	// template is what databases to restore into are made of: the administrator
	// has put in it what only an administrator may, see adapters/postgres.
	template = "football_template"
)

// fill restores the dump in folder into the empty database at. Objects get the
// owners they had.
func (d *Dumps) fill(ctx context.Context, at address, folder string) error {
	conn, err := dial(ctx, at)
	if err != nil {
		return err
	}
	defer hangUp(ctx, conn)
	// A function's new owner must be able to make one, for as long as this takes.
	if err := asOwner(ctx, conn, `GRANT CREATE ON SCHEMA public TO `+lookup); err != nil {
		return err
	}
	rest, walls, err := d.contents(ctx, folder)
	if err != nil {
		return err
	}
	if err := d.restore(ctx, at, folder, rest); err != nil {
		return err
	}
	if err := d.restore(ctx, at, folder, walls); err != nil {
		return err
	}
	if err := asOwner(ctx, conn, `REVOKE CREATE ON SCHEMA public FROM `+lookup); err != nil {
		return err
	}
	// Without statistics the first queries would be planned blindly.
	return asOwner(ctx, conn, `ANALYZE`)
}

func (d *Dumps) restore(ctx context.Context, at address, folder, list string) error {
	_, err := d.programs.run(ctx, at.environment("-c maintenance_work_mem=128MB -c synchronous_commit=off -c statement_timeout=0"), "pg_restore",
		"--exit-on-error", "--jobs="+strconv.Itoa(d.jobs), "--role="+owner, "--use-list="+list, at.argument(), filepath.Join(folder, dumpFolder))
	return err
}

// contents parts a dump's table of contents into two lists. The walls between
// tenants come last: behind them, the owner could not check foreign keys, and
// several jobs at once keep to no order. What only an administrator may restore
// is left out: extensions, which are in the template where they are needed.
func (d *Dumps) contents(ctx context.Context, folder string) (rest, walls string, err error) {
	text, err := d.programs.run(ctx, os.Environ(), "pg_restore", "--list", filepath.Join(folder, dumpFolder)) //nolint:forbidigo // it connects to nothing
	if err != nil {
		return "", "", err
	}
	var most, last strings.Builder
	for line := range strings.Lines(text) {
		switch {
		case strings.Contains(line, " EXTENSION "):
		case strings.Contains(line, " ROW SECURITY ") || strings.Contains(line, " POLICY "):
			last.WriteString(line)
		default:
			most.WriteString(line)
		}
	}
	rest, walls = filepath.Join(folder, "rest.list"), filepath.Join(folder, "walls.list")
	return rest, walls, errors.Join(os.WriteFile(rest, []byte(most.String()), 0o600), os.WriteFile(walls, []byte(last.String()), 0o600))
}

func asOwner(ctx context.Context, conn *pgx.Conn, statement string) error {
	for _, s := range []string{`SET ROLE ` + owner, statement, `RESET ROLE`} {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
