package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/workflows/restore"
)

func (p *program) backupRestore() *cobra.Command {
	var (
		at, reason string
		detach     bool
		d          disaster
	)
	cmd := &cobra.Command{
		Use: "restore [ID|latest]", Short: "Bring the database back to a backup or a moment", Args: cobra.MaximumNArgs(1),
		Long: `Start the workflow RestoreDatabase and follow it: it tells what would change, restores into a fresh
database beside the live one, compares, waits until two people stand behind it (footballctl operations
approve), and exchanges the names. The former database is kept: "backup undo" takes the restore back,
"backup confirm" drops it.

With --from, nothing is needed but an empty PostgreSQL server, the bucket and the key: no Temporal, no
database, no records. The roles are made with the users and passwords of DATABASE_URL,
MIGRATE_DATABASE_URL, BACKUP_DATABASE_URL and RESTORE_DATABASE_URL, and the newest backup in the bucket, or the
one named, becomes the database that DATABASE_URL names. How S3 is reached is told by S3_ENDPOINT, S3_REGION,
S3_ACCESS_KEY and S3_SECRET_KEY.`,
		Example: "  footballctl backup restore latest --reason \"a faulty import\"\n" +
			"  footballctl backup restore --at 2026-03-01T08:30:00Z --reason \"a faulty import\"\n" +
			"  footballctl backup restore --from s3://backups --key backup.key --admin-url postgres://postgres@127.0.0.1/postgres",
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ""
			if len(args) > 0 {
				id = args[0]
			}
			if d.from != "" {
				return p.restoreFrom(cmd, d, id)
			}
			in := restore.Input{Backup: id, Reason: reason}
			if at != "" {
				moment, err := time.Parse(time.RFC3339, at)
				if err != nil {
					return usagef("--at %q is no moment such as 2026-03-01T08:30:00Z", at)
				}
				in.At = &moment
			}
			if (in.Backup == "") == (in.At == nil) {
				return usagef("say which backup, or --at which moment, and not both")
			}
			return p.runRestore(cmd, detach, in, "restore", "Restore the database, asked for by an operator")
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "a moment in RFC 3339, where the server archives its log")
	cmd.Flags().StringVar(&reason, "reason", "", "why; it is recorded")
	cmd.Flags().StringVar(&d.from, "from", "", "the bucket to restore from, s3://NAME or a folder, without any running system")
	cmd.Flags().StringVar(&d.key, "key", "", "with --from: the file of the key that the backups were encrypted with")
	cmd.Flags().StringVar(&d.admin, "admin-url", "", "with --from: a superuser's URL of the PostgreSQL server to restore onto")
	cmd.Flags().StringVar(&d.files, "files-dir", "", "with --from: a folder to put uploads and logs into")
	cmd.Flags().StringVar(&d.redis, "redis-dir", "", "with --from: a folder to put Redis' files into")
	detachFlag(cmd, &detach)
	return cmd
}

func (p *program) backupUndo() *cobra.Command {
	var detach bool
	cmd := &cobra.Command{
		Use: "undo RESTORE", Short: "Take a restore back: what was live before is live again", Args: cobra.ExactArgs(1),
		Example: "  footballctl backup undo 0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.runRestore(cmd, detach, restore.Input{Undo: args[0]}, "restore-undo", "Take a restore back")
		},
	}
	detachFlag(cmd, &detach)
	return cmd
}

func (p *program) backupConfirm() *cobra.Command {
	var detach bool
	cmd := &cobra.Command{
		Use: "confirm RESTORE", Short: "Drop the database from before a restore; two people must want it", Args: cobra.ExactArgs(1),
		Example: "  footballctl backup confirm 0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.runRestore(cmd, detach, restore.Input{Confirm: args[0]}, "restore-confirm", "Drop the database from before a restore")
		},
	}
	detachFlag(cmd, &detach)
	return cmd
}

func (p *program) runRestore(cmd *cobra.Command, detach bool, in restore.Input, name, summary string) error {
	var result restore.Result
	return p.follow(cmd, detach, order{
		name: name, workflow: restore.RestoreWorkflow, summary: summary, input: in, result: &result,
		human: func(w io.Writer) { showRestore(w, in, result) },
	})
}

func showRestore(w io.Writer, in restore.Input, r restore.Result) {
	switch {
	case in.Undo != "":
		fmt.Fprintln(w, "the database is what it was before the restore")
		return
	case in.Confirm != "":
		fmt.Fprintln(w, "the former database is gone")
		return
	}
	fmt.Fprintf(w, "the database is as of %s, restored in %s\n", moment(r.Moment), seconds(r.RestoreSeconds))
	if n := len(r.Lost) + r.More; n > 0 {
		fmt.Fprintf(w, "%s ended later, and what they did is gone:\n", plural(n, "run", "runs"))
		rows := make([][]string, len(r.Lost))
		for i, lost := range r.Lost {
			rows[i] = []string{moment(lost.EndedAt), lost.Workflow, lost.ID}
		}
		table(w, "ENDED WORKFLOW ID", rows)
	}
	fmt.Fprintf(w, "to take it back: footballctl backup undo %s\n", r.ID)
}
