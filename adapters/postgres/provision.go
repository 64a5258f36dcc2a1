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
		{"football_restore", "LOGIN NOSUPERUSER CREATEDB NOBYPASSRLS", p.Restore},
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
	if err := ensureDatabase(ctx, conn, database); err != nil {
		return fmt.Errorf("provision database %s: %w", database, err)
	}
	return ownSchema(ctx, conn.Config(), database)
}

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

func ensureDatabase(ctx context.Context, conn *pgx.Conn, name string) error {
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil || exists {
		return err
	}
	_, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" OWNER football_owner TEMPLATE template0 ENCODING 'UTF8'")
	return err
}

// ownSchema hands the schema public of database over: before PostgreSQL 15 it
// belongs to the superuser.
func ownSchema(ctx context.Context, config *pgx.ConnConfig, database string) error {
	config.Database = database
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", database, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, `ALTER SCHEMA public OWNER TO football_owner`); err != nil {
		return fmt.Errorf("own schema: %w", err)
	}
	return nil
}
