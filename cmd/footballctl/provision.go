package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func (p *program) provision() *cobra.Command {
	return &cobra.Command{
		Use: "provision", Short: "Make the roles and the empty database, or bring them up to date", Args: cobra.NoArgs,
		Long: "Make the roles and the empty database that MIGRATE_DATABASE_URL names, or bring them\n" +
			"up to date. It connects as ADMIN_DATABASE_URL, the one command that needs an\n" +
			"administrator, and gives each role the password of its own URL: MIGRATE_DATABASE_URL,\n" +
			"DATABASE_URL, BACKUP_DATABASE_URL, RESTORE_DATABASE_URL. Where TEMPORAL_DATABASE_URL and\n" +
			"TEMPORAL_VISIBILITY_DATABASE_URL are set, it has Temporal's databases backed up with ours.",
		Example: "  footballctl migrate provision && footballctl migrate up",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load(config.Only("ADMIN_DATABASE_URL", "MIGRATE_DATABASE_URL", "DATABASE_URL", "BACKUP_DATABASE_URL", "RESTORE_DATABASE_URL").
				With("TEMPORAL_DATABASE_URL", "TEMPORAL_VISIBILITY_DATABASE_URL"))
			if err != nil {
				return err
			}
			passwords, err := passwordsOf(c)
			if err != nil {
				return err
			}
			if passwords.Owner == "" || passwords.App == "" || passwords.Backup == "" || passwords.Restore == "" {
				return usagef("each of the URLs needs its role's password")
			}
			target, err := url.Parse(string(c.MigrateDatabaseURL))
			if err != nil {
				return err
			}
			name := strings.TrimPrefix(target.Path, "/")
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			if err := postgres.Provision(ctx, string(c.AdminDatabaseURL), name, passwords); err != nil {
				return at(c.AdminDatabaseURL, err)
			}
			for _, address := range []config.URL{c.TemporalDatabaseURL, c.TemporalVisibilityDatabaseURL} {
				if address == "" {
					continue
				}
				if err := postgres.Adopt(ctx, string(c.AdminDatabaseURL), string(address)); err != nil {
					return at(c.AdminDatabaseURL, err)
				}
			}
			return p.print(map[string]string{"database": name}, func(w io.Writer) {
				fmt.Fprintf(w, "the roles and the database %s are there; next: footballctl migrate up\n", name)
			})
		},
	}
}

// passwordsOf are those that the services will come with.
func passwordsOf(c config.Config) (postgres.Passwords, error) {
	var all [4]string
	for i, address := range []config.URL{c.MigrateDatabaseURL, c.DatabaseURL, c.BackupDatabaseURL, c.RestoreDatabaseURL} {
		u, err := url.Parse(string(address))
		if err != nil {
			return postgres.Passwords{}, err
		}
		all[i], _ = u.User.Password()
	}
	return postgres.Passwords{Owner: all[0], App: all[1], Backup: all[2], Restore: all[3]}, nil
}
