package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/cmd/internal/upkeep"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/ports/restoring"
	"github.com/football-prediction/football-prediction/workflows/backup"
)

// backingGraph verifies them.
var backingGraph = graph{
	config.Only("DATABASE_URL").With(append(upkeep.BackingVariables, "SECRET_KEY", "ENCRYPTION_KEY_FILE", "REDIS_URL")...),
	func(c config.Config) fx.Option {
		return fx.Options(core.Pieces(service, c), postgres.Module, core.Auditing(), upkeep.Backing())
	},
}

func (p *program) backup() *cobra.Command {
	return group("backup", "Make, list, verify and restore backups",
		"  footballctl backup create\n  footballctl backup list --kind database",
		p.backupCreate(), p.backupList(), p.backupVerify(), p.backupRestore(), p.backupRestoreSystem(), p.backupUndo(), p.backupConfirm(), p.backupKey())
}

func (p *program) backupCreate() *cobra.Command {
	var (
		in     backup.Input
		detach bool
	)
	cmd := &cobra.Command{
		Use: "create", Short: "Back up, restore beside the original, compare, and follow it", Args: cobra.NoArgs,
		Long: `Start the workflow BackupThenVerify and follow it to its end. A backup counts only when it
was restored beside the original and is equal: rows, their contents, constraints, indexes,
triggers, policies, grants and sequences. The worker decides where to: by its S3_BUCKET or BACKUP_DIR.`,
		Example: "  footballctl backup create\n  footballctl backup create --kind database --detach",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var result backup.Result
			return p.follow(cmd, detach, order{
				name: "backup", workflow: backup.BackupWorkflow, summary: "Back up and verify, asked for by an operator",
				input: in, result: &result, human: func(w io.Writer) { showBackups(w, result) },
			})
		},
	}
	cmd.Flags().StringArrayVar(&in.Kinds, "kind", nil, "database, redis or application; may be repeated (default: all that the worker is set up for)")
	detachFlag(cmd, &detach)
	return cmd
}

func showBackups(w io.Writer, r backup.Result) {
	rows := make([][]string, len(r.Backups))
	for i, b := range r.Backups {
		rows[i] = []string{
			b.Kind, b.ID, strconv.FormatInt(b.Rows, 10), megabytes(b.Size), seconds(b.MakingSeconds), seconds(b.RestoreSeconds), strconv.Itoa(b.Deleted),
		}
	}
	table(w, "VERIFIED ID ROWS SIZE MADE-IN RESTORED-IN OLD-ONES-DELETED", rows)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func seconds(s float64) string { return fmt.Sprintf("%.1f s", s) }

// backupJSON is a backup on the wire.
type backupJSON struct {
	ID             string     `json:"id"`
	Kind           string     `json:"kind"`
	Status         string     `json:"status"`
	Engine         string     `json:"engine"`
	TakenAt        time.Time  `json:"taken_at"`
	VerifiedAt     *time.Time `json:"verified_at"`
	DeletedAt      *time.Time `json:"deleted_at"`
	Location       string     `json:"location"`
	Run            string     `json:"run"`
	Size           int64      `json:"size"`
	Parts          int        `json:"parts"`
	Rows           int64      `json:"rows"`
	MakingSeconds  float64    `json:"making_seconds"`
	RestoreSeconds float64    `json:"restore_seconds"`
	Fault          string     `json:"fault"`
}

func toBackupJSON(b operation.Backup) backupJSON {
	return backupJSON{
		ID: b.ID, Kind: string(b.Kind), Status: string(b.Status), Engine: b.Engine, TakenAt: b.TakenAt,
		VerifiedAt: pointer(b.VerifiedAt), DeletedAt: pointer(b.DeletedAt), Location: b.Location, Run: b.Run,
		Size: b.Size, Parts: b.Parts, Rows: b.Rows, MakingSeconds: b.MakingTook.Seconds(), RestoreSeconds: b.RestoreTook.Seconds(), Fault: b.Fault,
	}
}

func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (p *program) backupList() *cobra.Command {
	var (
		kind string
		all  bool
	)
	cmd := &cobra.Command{
		Use: "list", Short: "List backups and whether each was verified (DATABASE_URL)", Args: cobra.NoArgs,
		Example: "  footballctl backup list\n  footballctl backup list --kind database --deleted --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if kind != "" {
				if _, err := operation.ParseKind(kind); err != nil {
					return usageError{err}
				}
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var records backingup.Records
			return p.with(ctx, databaseGraph, func() error {
				found, err := records.List(ctx, operation.Kind(kind))
				if err != nil {
					return err
				}
				wire, rows := []backupJSON{}, [][]string{}
				for _, b := range found {
					if b.Status == operation.Deleted && !all {
						continue
					}
					wire = append(wire, toBackupJSON(b))
					rows = append(rows, []string{
						moment(b.TakenAt), string(b.Kind), string(b.Status), b.ID, strconv.FormatInt(b.Rows, 10), megabytes(b.Size), b.RestoreTook.Round(time.Millisecond).String(), orDash(b.Fault),
					})
				}
				return p.print(wire, func(w io.Writer) { table(w, "TAKEN KIND STATUS ID ROWS SIZE RESTORED-IN FAULT", rows) })
			}, &records)
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "database, redis or application")
	cmd.Flags().BoolVar(&all, "deleted", false, "also those that retention let go")
	return cmd
}

func (p *program) backupVerify() *cobra.Command {
	return &cobra.Command{
		Use: "verify ID|latest", Short: "Restore a backup beside the original and compare, from this machine", Args: cobra.ExactArgs(1),
		Long: `Fetch a backup, restore it into a scratch that is removed again, and compare what came out with
what was there when it was taken. It works without Temporal, and needs what the worker needs:
BACKUP_KEY_FILE, S3_BUCKET or BACKUP_DIR, BACKUP_DATABASE_URL, RESTORE_DATABASE_URL, DATABASE_URL.`,
		Example: "  footballctl backup verify latest\n  footballctl backup verify 0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			var (
				keeper *backingup.Keeper
				leases exclusion.Leases
			)
			return p.with(ctx, backingGraph, func() error { return p.verify(ctx, keeper, leases, args[0]) }, &keeper, &leases)
		},
	}
}

// meantBackup is the backup of an id, or the newest of the database.
func meantBackup(ctx context.Context, keeper *backingup.Keeper, id string) (operation.Backup, error) {
	if id != restoring.Latest {
		return keeper.Records.Get(ctx, id)
	}
	all, err := keeper.Records.List(ctx, operation.Database)
	if err != nil {
		return operation.Backup{}, err
	}
	for _, b := range all {
		if b.Status == operation.Verified || b.Status == operation.Made {
			return b, nil
		}
	}
	return operation.Backup{}, domain.Errorf(domain.NotFound, restoring.ErrNothing.Code, "there is no backup of the database; make one with footballctl backup create")
}

func (p *program) verify(ctx context.Context, keeper *backingup.Keeper, leases exclusion.Leases, id string) error {
	b, err := meantBackup(ctx, keeper, id)
	if err != nil {
		return err
	}
	id = b.ID
	claim := exclusion.Claim{Resource: string(b.Kind), Holder: "footballctl/" + postgres.NewID(), Purpose: "verify backup " + b.ID}
	m := p.meter()
	err = exclusion.Hold(ctx, leases, claim, func(ctx context.Context) (err error) {
		b, err = keeper.Verify(ctx, id, m.show)
		return err
	})
	m.done()
	if released := leases.Release(context.WithoutCancel(ctx), claim); err == nil {
		err = released
	}
	if err != nil {
		return err
	}
	if err := p.print(toBackupJSON(b), func(w io.Writer) {
		if b.Status == operation.Verified {
			fmt.Fprintf(w, "verified: %d rows, restored in %s\n", b.Rows, b.RestoreTook.Round(time.Millisecond))
		}
	}); err != nil {
		return err
	}
	if b.Status != operation.Verified {
		return fmt.Errorf("backup %s cannot be relied on: %s", b.ID, b.Fault)
	}
	return nil
}

func (p *program) backupKey() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "key", Short: "Make a key that backups are encrypted with (BACKUP_KEY_FILE)", Args: cobra.NoArgs,
		Long: "Make a key file, readable by its owner only. Keep a copy apart from the backups and from\n" +
			"the machines they are of: without it no backup can be read, and with it all can.",
		Example: "  footballctl backup key --out /etc/football/backup.key",
		RunE: func(*cobra.Command, []string) error {
			if err := crypto.GenerateStreams(out); err != nil {
				return err
			}
			return p.print(map[string]string{"file": out}, func(w io.Writer) {
				fmt.Fprintf(w, "made %s; set BACKUP_KEY_FILE to it, and keep a copy apart from the backups\n", out)
			})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the file to make")
	require(cmd, "out")
	return cmd
}
