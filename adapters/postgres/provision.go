package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Passwords are those of the roles that services sign in with.
type Passwords struct{ Owner, App, Backup, Restore string }

// role is a database role with what it may do beyond what tables grant it.
type role struct{ name, attributes, password string }

func (p Passwords) roles() []role {
	return []role{
		{"football_owner", "LOGIN NOSUPERUSER NOBYPASSRLS", p.Owner},
		// What football_platform may, it may only after SET ROLE.
		{"football_app", "LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS", p.App},
		// Without BYPASSRLS a dump silently leaves rows out.
		{"football_backup", "LOGIN NOSUPERUSER BYPASSRLS", p.Backup},
		// Owns the databases, so that it can make, rename and drop them. It may become
		// the owner of what is in them, so that what it restores keeps its owner, and
		// the role that dumps, to compare; it inherits nothing of either.
		{"football_restore", "LOGIN NOINHERIT NOSUPERUSER CREATEDB NOBYPASSRLS", p.Restore},
		// Owns the functions that read before a tenant is known.
		{"football_lookup", "NOLOGIN NOSUPERUSER NOBYPASSRLS", ""},
		// What the platform does across tenants.
		{"football_platform", "NOLOGIN NOSUPERUSER NOBYPASSRLS", ""},
	}
}

// grants are what roles may beyond their own. The owner of everything watches
// the server and ends queries that hang: to read others' statistics and
// settings takes two of PostgreSQL's own roles, and to end the queries of the
// services membership in their roles. pg_signal_backend would end those of
// everybody else on the server too, and pg_monitor look into files.
var grants = []string{
	`GRANT football_lookup TO football_owner`, `GRANT football_platform TO football_app`,
	`GRANT pg_read_all_stats, pg_read_all_settings TO football_owner`,
	`GRANT football_app, football_backup TO football_owner`,
	`GRANT football_owner, football_backup, pg_signal_backend TO football_restore`,
	// It looks whether and where the server archives.
	`GRANT pg_read_all_settings TO football_backup`,
}

// Provision makes the roles and the database, or brings them up to date. It
// connects as a superuser and is the one thing that does.
func Provision(ctx context.Context, adminURL, database string, passwords Passwords) error {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connect as administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// Two processes that provision at once would both find a role missing.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtext('football provision'))`); err != nil {
		return fmt.Errorf("lock provisioning: %w", err)
	}
	for _, r := range passwords.roles() {
		if err := ensureRole(ctx, conn, r); err != nil {
			return fmt.Errorf("provision role %s: %w", r.name, err)
		}
	}
	for _, grant := range grants {
		if _, err := conn.Exec(ctx, grant); err != nil {
			return fmt.Errorf("%s: %w", grant, err)
		}
	}
	for _, each := range []struct {
		name   string
		finish []string
	}{
		{database, []string{`ALTER SCHEMA public OWNER TO football_owner`}},
		{template, []string{
			`ALTER SCHEMA public OWNER TO football_owner`,
			// What verifies restored indexes. Only an administrator may install it.
			`CREATE SCHEMA IF NOT EXISTS amcheck`, `GRANT USAGE ON SCHEMA amcheck TO football_restore`,
			`CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA amcheck`,
			`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA amcheck TO football_restore`,
		}},
	} {
		if err := ensureDatabase(ctx, conn, each.name, each.finish); err != nil {
			return fmt.Errorf("provision database %s: %w", each.name, err)
		}
	}
	if err := within(ctx, conn.Config(), central, []string{grantArchiving}); err != nil {
		return fmt.Errorf("provision database %s: %w", central, err)
	}
	return nil
}

// central is the database that every server has. A grant on a function of the
// server itself is kept in one database and would be dumped with it, so that who
// restores the dump would have to be a superuser: this database is never dumped.
const central = "postgres"

// grantArchiving lets the role that backs up copy the server's files and name
// moments in its log. PostgreSQL 15 renamed two of the functions.
const grantArchiving = `DO $$
DECLARE f regprocedure;
BEGIN
	FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
		AND proname IN ('pg_backup_start', 'pg_backup_stop', 'pg_start_backup', 'pg_stop_backup', 'pg_switch_wal', 'pg_create_restore_point')
	LOOP
		EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO football_backup', f);
	END LOOP;
END $$`

// template is the database that scratch and restored ones are made of.
const template = "football_template"

func ensureRole(ctx context.Context, conn *pgx.Conn, r role) error {
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, r.name).Scan(&exists); err != nil {
		return err
	}
	verb := "CREATE"
	if exists {
		verb = "ALTER"
	}
	// Utility statements take no parameters: PostgreSQL itself quotes.
	var statement string
	err := conn.QueryRow(ctx,
		`SELECT format('%s ROLE %I WITH %s', $1::text, $2::text, $3::text)
		     || CASE WHEN $4 = '' THEN '' ELSE format(' PASSWORD %L', $4::text) END`,
		verb, r.name, r.attributes, r.password).Scan(&statement)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return err
}

// ensureDatabase makes a database, or brings it up to date. It belongs to the
// role that restores, and what is in it to football_owner.
func ensureDatabase(ctx context.Context, conn *pgx.Conn, name string, finish []string) error {
	quoted := pgx.Identifier{name}.Sanitize()
	var exists, finished bool
	err := conn.QueryRow(ctx, `SELECT count(*) > 0, coalesce(bool_or(datistemplate), false) FROM pg_database WHERE datname = $1`, name).Scan(&exists, &finished)
	if err != nil || finished {
		return err
	}
	statements := []string{
		`ALTER DATABASE ` + quoted + ` OWNER TO football_restore`,
		`REVOKE ALL ON DATABASE ` + quoted + ` FROM PUBLIC`,
		`GRANT CREATE, CONNECT, TEMPORARY ON DATABASE ` + quoted + ` TO football_owner`,
		`GRANT CONNECT, TEMPORARY ON DATABASE ` + quoted + ` TO football_app, football_backup`,
	}
	if !exists {
		statements = append([]string{`CREATE DATABASE ` + quoted + ` TEMPLATE template0 ENCODING 'UTF8'`}, statements...)
	}
	if err := execAll(ctx, conn, statements...); err != nil {
		return err
	}
	if err := within(ctx, conn.Config(), name, finish); err != nil || name != template {
		return err
	}
	// Nobody may be connected to what databases are copied from.
	return execAll(ctx, conn, `ALTER DATABASE `+quoted+` IS_TEMPLATE true ALLOW_CONNECTIONS false`)
}

// within runs statements in a database.
func within(ctx context.Context, config *pgx.ConnConfig, database string, statements []string) error {
	config.Database = database
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", database, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return execAll(ctx, conn, statements...)
}

func execAll(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
