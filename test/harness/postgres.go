package harness

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
)

// Database is a database of one test, with a URL for each role.
type Database struct {
	Name string
	// OwnerURL may change the schema, AppURL is what services use, under
	// row-level security; AdminURL is the superuser's.
	OwnerURL, AppURL, BackupURL, RestoreURL, AdminURL string
	// BinDir holds PostgreSQL's programs, such as pg_dump.
	BinDir string
}

// passwords are alike in every process, since roles belong to the whole server.
var passwords = postgres.Passwords{Owner: "test-owner", App: "test-app", Backup: "test-backup", Restore: "test-restore"} // a constant

// Postgres returns a fresh, migrated database, dropped when the test is over.
func Postgres(t testing.TB) Database {
	t.Helper()
	server, ctx := sharedPostgres(t), within(t)
	conn := connect(ctx, t, server.PostgresURL)
	template, err := ensureTemplate(ctx, conn, server.PostgresURL)
	if err != nil {
		t.Fatal("harness: make the template database:", err)
	}
	name := newName()
	if err := clone(ctx, conn, template, name); err != nil {
		t.Fatal("harness: clone the template database:", err)
	}
	return database(t, server, name)
}

// EmptyPostgres returns a provisioned database without a schema, dropped when
// the test is over.
func EmptyPostgres(t testing.TB) Database {
	t.Helper()
	server, name := sharedPostgres(t), newName()
	if err := postgres.Provision(within(t), server.PostgresURL, name, passwords); err != nil {
		t.Fatal("harness:", err)
	}
	return database(t, server, name)
}

// PrivatePostgres returns a migrated database on a server that the test may
// stop, kill and start again.
func PrivatePostgres(t testing.TB) (Database, *devserver.Postgres) {
	t.Helper()
	return PrivatePostgresWith(t, devserver.PostgresOptions{Volatile: true})
}

// PrivatePostgresWith is [PrivatePostgres] on a server of the test's own choice,
// such as one with further settings.
func PrivatePostgresWith(t testing.TB, o devserver.PostgresOptions) (Database, *devserver.Postgres) {
	t.Helper()
	ctx := within(t)
	if o.Dir == "" {
		o.Dir = privateDir(t, "postgres")
	}
	p, err := devserver.StartPostgres(ctx, o)
	if err != nil {
		t.Fatal("harness:", err)
	}
	stopAtEnd(t, p)
	db := urls(Servers{PostgresURL: p.URL("postgres"), PostgresBin: p.BinDir()}, "football")
	if err := provisionAndMigrate(ctx, p.URL("postgres"), "football"); err != nil {
		t.Fatal("harness:", err)
	}
	return db, p
}

func sharedPostgres(t testing.TB) Servers {
	t.Helper()
	return shared.server(t, func(ctx context.Context, dir string, s *Servers) (devserver.Unit, error) {
		return s.StartPostgres(ctx, dir)
	})
}

func provisionAndMigrate(ctx context.Context, adminURL, name string) error {
	if err := postgres.Provision(ctx, adminURL, name, passwords); err != nil {
		return err
	}
	_, err := postgres.Migrate(ctx, urlOf(adminURL, "football_owner", passwords.Owner, name))
	return err
}

// database drops name when the test is over, whoever is still connected.
func database(t testing.TB, server Servers, name string) Database {
	t.Helper()
	t.Cleanup(func() {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, server.PostgresURL)
		if err != nil {
			t.Error("harness: drop the test's database:", err)
			return
		}
		defer func() { _ = conn.Close(ctx) }()
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quoted(name)+" WITH (FORCE)"); err != nil {
			t.Error("harness: drop the test's database:", err)
		}
	})
	return urls(server, name)
}

func urls(server Servers, name string) Database {
	admin := server.PostgresURL
	return Database{
		Name: name, BinDir: server.PostgresBin,
		OwnerURL:   urlOf(admin, "football_owner", passwords.Owner, name),
		AppURL:     urlOf(admin, "football_app", passwords.App, name),
		BackupURL:  urlOf(admin, "football_backup", passwords.Backup, name),
		RestoreURL: urlOf(admin, "football_restore", passwords.Restore, name),
		AdminURL:   urlOf(admin, "", "", name),
	}
}

// urlOf is admin's URL with another database, and another user unless it is "".
func urlOf(admin, user, password, name string) string {
	u, err := url.Parse(admin)
	if err != nil {
		return fmt.Sprintf("bad administrator URL: %v", err)
	}
	if user != "" {
		u.User = url.UserPassword(user, password)
	}
	u.Path = "/" + name
	return u.String()
}

func connect(ctx context.Context, t testing.TB, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal("harness:", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func newName() string { return "test_" + strings.ToLower(rand.Text()) }

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
