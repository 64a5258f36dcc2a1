package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"github.com/football-prediction/football-prediction/migrations"
)

// MigrationState is a migration and when it was applied, zero if it was not.
type MigrationState struct {
	Name      string
	AppliedAt time.Time
}

// Migrate applies what the database lacks and names it. Several processes may
// call it at once: one works, the others wait and find nothing left to do.
func Migrate(ctx context.Context, ownerURL string) (applied []string, err error) {
	err = withMigrator(ctx, ownerURL, func(m *migrate.Migrator) error {
		group, err := m.Migrate(ctx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		applied = names(group.Migrations)
		return nil
	})
	return applied, err
}

// MigrateDown undoes what the last Migrate applied, and names it.
func MigrateDown(ctx context.Context, ownerURL string) (undone []string, err error) {
	err = withMigrator(ctx, ownerURL, func(m *migrate.Migrator) error {
		group, err := m.Rollback(ctx)
		if err != nil {
			return fmt.Errorf("undo migration: %w", err)
		}
		undone = names(group.Migrations)
		return nil
	})
	return undone, err
}

// MigrationStatus lists every migration.
func MigrationStatus(ctx context.Context, ownerURL string) (states []MigrationState, err error) {
	err = withMigrator(ctx, ownerURL, func(m *migrate.Migrator) error {
		all, err := m.MigrationsWithStatus(ctx)
		if err != nil {
			return fmt.Errorf("read migrations: %w", err)
		}
		for _, one := range all {
			states = append(states, MigrationState{Name: one.String(), AppliedAt: one.MigratedAt})
		}
		return nil
	})
	return states, err
}

// withMigrator holds an advisory lock, which PostgreSQL lets go of when the
// process dies; bun's own lock is a row that would stay.
func withMigrator(ctx context.Context, ownerURL string, use func(*migrate.Migrator) error) error {
	db, err := Open(Config{URL: ownerURL, PoolSize: 2, ApplicationName: "football-migrate"})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	lock, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to migrate: %w", err)
	}
	defer func() { _ = lock.Close() }()
	if _, err := lock.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext('football migrate'))`); err != nil {
		return fmt.Errorf("lock migrations: %w", err)
	}
	m, err := newMigrator(ctx, db)
	if err != nil {
		return err
	}
	return use(m)
}

func newMigrator(ctx context.Context, db *bun.DB) (*migrate.Migrator, error) {
	all := migrate.NewMigrations()
	if err := all.Discover(migrations.FS); err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	m := migrate.NewMigrator(db, all,
		migrate.WithTableName("schema_migrations"), migrate.WithLocksTableName("schema_migration_locks"),
		migrate.WithMarkAppliedOnSuccess(true),
		// A migration that waits for a lock makes everybody queue behind it.
		migrate.BeforeMigration(func(ctx context.Context, conn bun.IConn, _ *migrate.Migration) error {
			_, err := conn.ExecContext(ctx, `SET lock_timeout = '5s'`)
			return err
		}))
	if err := m.Init(ctx); err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return m, nil
}

func names(all migrate.MigrationSlice) []string {
	out := make([]string, 0, len(all))
	for _, m := range all {
		out = append(out, m.String())
	}
	return out
}
