package postgres

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Adopt makes the database and the role that address names, where they are
// missing, and lets football_restore restore the one as the other: that is how
// databases that are not ours, such as Temporal's, are backed up with ours. It
// connects as a superuser, after [Provision].
func Adopt(ctx context.Context, adminURL, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("the address of a database: %w", err)
	}
	name, user := strings.TrimPrefix(u.Path, "/"), u.User.Username()
	password, _ := u.User.Password()
	if name == "" || user == "" || password == "" {
		return fmt.Errorf("the address of the database %q names no role with its password, or no database", name)
	}
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connect as administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := ensureRole(ctx, conn, role{user, "LOGIN NOSUPERUSER NOBYPASSRLS", password}); err != nil {
		return fmt.Errorf("provision role %s: %w", user, err)
	}
	quoted, owner := pgx.Identifier{name}.Sanitize(), pgx.Identifier{user}.Sanitize()
	statements := []string{
		`GRANT ` + owner + ` TO football_restore`,
		// It renames databases, which takes owning them; what is in them is the role's.
		`ALTER DATABASE ` + quoted + ` OWNER TO football_restore`,
		`REVOKE ALL ON DATABASE ` + quoted + ` FROM PUBLIC`,
		`GRANT CREATE, CONNECT, TEMPORARY ON DATABASE ` + quoted + ` TO ` + owner,
	}
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil {
		return err
	}
	if !exists {
		statements = append([]string{`CREATE DATABASE ` + quoted + ` TEMPLATE template0 ENCODING 'UTF8'`}, statements...)
	}
	if err := execAll(ctx, conn, statements...); err != nil {
		return fmt.Errorf("provision database %s: %w", name, err)
	}
	// As in what databases to restore into are made of.
	return within(ctx, conn.Config(), name, []string{`ALTER SCHEMA public OWNER TO football_owner`, `GRANT CREATE, USAGE ON SCHEMA public TO ` + owner})
}
