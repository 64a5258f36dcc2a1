package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/workflows/restore"
)

func (p *program) backupRestoreSystem() *cobra.Command {
	var (
		in     restore.SystemInput
		at     string
		detach bool
	)
	cmd := &cobra.Command{
		Use: "restore-system [ID|latest]", Short: "Bring the database, Redis and the files back to one moment", Args: cobra.MaximumNArgs(1),
		Long: `Start the workflow RestoreSystem and follow it: it makes a fresh database ready beside the live one and
compares it, and waits until two people stand behind it (footballctl operations approve). Then the service
rests: the API answers 503, workers begin nothing. What Redis and the files hold is kept for the way back, all
parts are exchanged, and the restored system is looked at. When anything fails, all parts become what they were.

The backups of Redis and the files are those nearest to the database's. Temporal's own database stays as it is:
it keeps this run. Runs that ended after the moment are listed, since what they did is gone.`,
		Example: "  footballctl backup restore-system latest --reason \"an attacker has changed data\"\n" +
			"  footballctl backup restore-system latest --part redis --reason \"an attacker has changed data\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				in.Backup = args[0]
			}
			if at != "" {
				moment, err := time.Parse(time.RFC3339, at)
				if err != nil {
					return usagef("--at %q is no moment such as 2026-03-01T08:30:00Z", at)
				}
				in.At = &moment
			}
			if (in.Backup == "") == (in.At == nil) {
				return usagef("say which backup of the database, or --at which moment, and not both")
			}
			var result restore.SystemResult
			return p.follow(cmd, detach, order{
				name: "restore-system", workflow: restore.SystemWorkflow, summary: "Restore the system, asked for by an operator",
				input: in, result: &result, human: func(w io.Writer) { showSystem(w, result) },
			})
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "a moment in RFC 3339, where the server archives its log")
	cmd.Flags().StringVar(&in.Reason, "reason", "", "why; it is recorded")
	cmd.Flags().StringArrayVar(&in.Parts, "part", nil, "beside the database, only this part: redis or application; may be repeated")
	detachFlag(cmd, &detach)
	return cmd
}

func showSystem(w io.Writer, r restore.SystemResult) {
	var parts []string
	for _, p := range r.Parts {
		parts = append(parts, p.Kind+" from backup "+p.Backup)
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, "put back %s\n", strings.Join(parts, ", "))
	}
	fmt.Fprintf(w, "the service rested for %s\n", seconds(r.RestedSeconds))
	showRestore(w, restore.Input{}, r.Result)
}
