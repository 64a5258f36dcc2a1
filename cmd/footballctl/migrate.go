package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func (p *program) migrate() *cobra.Command {
	var yes bool
	up := &cobra.Command{
		Use: "up", Short: "Apply the migrations that the database lacks", Args: cobra.NoArgs,
		Example: "  footballctl migrate up",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.migrateWith(cmd, postgres.Migrate, "applied", "Nothing to do: every migration is applied.")
		},
	}
	down := &cobra.Command{
		Use: "down", Short: "Undo what the last migrate up applied, with the data in it", Args: cobra.NoArgs,
		Example: "  footballctl migrate down --yes",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.confirm(yes, "This undoes the last migrate up and deletes the data it made room for."); err != nil {
				return err
			}
			return p.migrateWith(cmd, postgres.MigrateDown, "undone", "Nothing to do: no migration is applied.")
		},
	}
	down.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return group("migrate", "Change the database's schema (MIGRATE_DATABASE_URL)",
		"  footballctl migrate up\n  footballctl migrate status", up, down, p.migrateStatus(), p.provision())
}

func (p *program) migrateWith(cmd *cobra.Command, do func(context.Context, string) ([]string, error), verb, nothing string) error {
	c, err := p.load(config.Only("MIGRATE_DATABASE_URL"))
	if err != nil {
		return err
	}
	ctx, cancel := p.bounded(cmd, 0)
	defer cancel()
	names, err := do(ctx, string(c.MigrateDatabaseURL))
	if err != nil {
		return at(c.MigrateDatabaseURL, err)
	}
	return p.print(map[string][]string{verb: nonNil(names)}, func(w io.Writer) {
		if len(names) == 0 {
			fmt.Fprintln(w, nothing)
		}
		for _, name := range names {
			fmt.Fprintf(w, "%s %s\n", verb, name)
		}
	})
}

func (p *program) migrateStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "List the migrations and when they were applied", Args: cobra.NoArgs,
		Example: "  footballctl migrate status --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load(config.Only("MIGRATE_DATABASE_URL"))
			if err != nil {
				return err
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			states, err := postgres.MigrationStatus(ctx, string(c.MigrateDatabaseURL))
			if err != nil {
				return at(c.MigrateDatabaseURL, err)
			}
			return p.print(migrationsJSON(states), func(w io.Writer) {
				rows := make([][]string, len(states))
				for i, s := range states {
					rows[i] = []string{s.Name, moment(s.AppliedAt)}
				}
				table(w, "MIGRATION APPLIED", rows)
			})
		},
	}
}

// confirm asks a person; without one, --yes must have been said.
func (p *program) confirm(yes bool, warning string) error {
	if yes {
		return nil
	}
	if !isTerminal(p.err) {
		return usagef("%s Say --yes to go ahead", warning)
	}
	fmt.Fprintf(p.err, "%s Go ahead? [y/N] ", warning)
	answer, _ := bufio.NewReader(p.in).ReadString('\n')
	if strings.EqualFold(strings.TrimSpace(answer), "y") {
		return nil
	}
	return fmt.Errorf("not confirmed, nothing was changed")
}

// at names the server in an error, without its password.
func at(u config.URL, err error) error { return fmt.Errorf("%s: %w", u, err) }

// nonNil makes an empty list in JSON, not null.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// migrationJSON is a migration on the wire.
type migrationJSON struct {
	Name      string     `json:"name"`
	AppliedAt *time.Time `json:"applied_at"`
}

func migrationsJSON(states []postgres.MigrationState) []migrationJSON {
	wire := make([]migrationJSON, len(states))
	for i, s := range states {
		wire[i] = migrationJSON{Name: s.Name, AppliedAt: orNull(s.AppliedAt)}
	}
	return wire
}
