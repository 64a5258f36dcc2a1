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

	"github.com/football-prediction/football-prediction/domain/operation"
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
	if err := d.letIn(ctx, conn); err != nil {
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
	if d.kind == operation.Database {
		if err := as(ctx, conn, owner, `REVOKE CREATE ON SCHEMA public FROM `+lookup); err != nil {
			return err
		}
	}
	// Without statistics the first queries would be planned blindly.
	return as(ctx, conn, d.owner, `ANALYZE`)
}

// letIn lets those make something in an empty database who own what is restored.
// In ours that are, beside the owner of all, functions' own owner, for as long as
// it takes; in another it is its owner, as in the original.
func (d *Dumps) letIn(ctx context.Context, conn *pgx.Conn) error {
	if d.kind == operation.Database {
		return as(ctx, conn, owner, `GRANT CREATE ON SCHEMA public TO `+lookup)
	}
	return as(ctx, conn, owner, `GRANT CREATE, USAGE ON SCHEMA public TO `+quoted(d.owner))
}

func (d *Dumps) restore(ctx context.Context, at address, folder, list string) error {
	_, err := d.programs.run(ctx, at.environment("-c maintenance_work_mem=128MB -c synchronous_commit=off -c statement_timeout=0"), "pg_restore",
		"--exit-on-error", "--jobs="+strconv.Itoa(d.jobs), "--role="+d.owner, "--use-list="+list, at.argument(), filepath.Join(folder, dumpFolder))
	return err
}

// contents parts a dump's table of contents into two lists. The walls between
// tenants come last: behind them, the owner could not check foreign keys, and
// several jobs at once keep to no order. What only an administrator may restore
// is left out of our own: extensions, which are in the template where they are
// needed. Those of others are such as anybody may make.
func (d *Dumps) contents(ctx context.Context, folder string) (rest, walls string, err error) {
	text, err := d.programs.run(ctx, os.Environ(), "pg_restore", "--list", filepath.Join(folder, dumpFolder)) //nolint:forbidigo // it connects to nothing
	if err != nil {
		return "", "", err
	}
	var most, last strings.Builder
	for line := range strings.Lines(text) {
		switch {
		case strings.Contains(line, " EXTENSION ") && d.kind == operation.Database:
		case strings.Contains(line, " ROW SECURITY ") || strings.Contains(line, " POLICY "):
			last.WriteString(line)
		default:
			most.WriteString(line)
		}
	}
	rest, walls = filepath.Join(folder, "rest.list"), filepath.Join(folder, "walls.list")
	return rest, walls, errors.Join(os.WriteFile(rest, []byte(most.String()), 0o600), os.WriteFile(walls, []byte(last.String()), 0o600))
}

func as(ctx context.Context, conn *pgx.Conn, role, statement string) error {
	for _, s := range []string{`SET ROLE ` + quoted(role), statement, `RESET ROLE`} {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
