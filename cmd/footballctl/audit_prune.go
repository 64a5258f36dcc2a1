package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/auditfile"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// pruneOptions are what a pruning is asked for with.
type pruneOptions struct {
	before, tenant, folder string
	dry, yes               bool
}

func (p *program) auditPrune() *cobra.Command {
	var o pruneOptions
	cmd := &cobra.Command{
		Use: "prune", Short: "Take off events that are older than they are to be kept", Args: cobra.NoArgs,
		Long: "Take old events off the chains: those before --before, but none that a tenant's own\n" +
			"retention keeps, which alone counts without --before. They are written to an archive\n" +
			"first, without personal data, and the pruning is signed and recorded, so that\n" +
			"`check audit` goes on to prove what is left. A chain that was tampered with is left\n" +
			"as it is. It may be stopped and run again.",
		Example: "  footballctl audit prune --dry-run\n  footballctl audit prune --before 2025-01-01 --tenant acme --archive /var/lib/football/audit",
		RunE: func(cmd *cobra.Command, _ []string) error {
			before, err := parseBefore(o.before)
			if err != nil {
				return err
			}
			if o.folder, err = p.archiveFolder(o); err != nil {
				return err
			}
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			var (
				newPruner core.NewPruner
				tenants   provisioning.Tenants
			)
			return p.with(ctx, pruningGraph, func() error {
				pruner := newPruner(auditfile.Folder(o.folder))
				plans, err := plansFor(ctx, pruner, tenants, o.tenant, before)
				if err != nil {
					return err
				}
				slugs, err := slugsOf(ctx, tenants)
				if err != nil {
					return err
				}
				return p.prune(ctx, pruner, plans, slugs, o)
			}, &newPruner, &tenants)
		},
	}
	cmd.Flags().StringVar(&o.before, "before", "", "only events before this day, YYYY-MM-DD")
	cmd.Flags().StringVar(&o.tenant, "tenant", "", "only those of this tenant")
	cmd.Flags().StringVar(&o.folder, "archive", "", "folder for the archives (default: audit below BACKUP_DIR)")
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "only say what there is to prune")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	return cmd
}

// parseBefore reads a day; empty is none.
func parseBefore(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, usagef("--before %s: say a day, such as 2025-01-31", text)
	}
	return day, nil
}

// archiveFolder is where archives are kept; a dry run needs none.
func (p *program) archiveFolder(o pruneOptions) (string, error) {
	if o.folder != "" || o.dry {
		return o.folder, nil
	}
	c, err := p.load(config.Only().With("BACKUP_DIR"))
	if err != nil {
		return "", err
	}
	if c.BackupDir == "" {
		return "", usagef("what is pruned is written down first: say where with --archive, or set BACKUP_DIR")
	}
	return filepath.Join(c.BackupDir, "audit"), nil
}

func plansFor(ctx context.Context, pruner *auditing.Pruner, tenants provisioning.Tenants, slug string, before time.Time) ([]auditing.Plan, error) {
	if slug == "" {
		return pruner.PlanAll(ctx, before)
	}
	t, err := tenants.BySlug(ctx, slug)
	if err != nil {
		return nil, err
	}
	plan, err := pruner.Plan(ctx, t.ID, before)
	return []auditing.Plan{plan}, err
}

// prune shows the plans, asks, and carries them out.
func (p *program) prune(ctx context.Context, pruner *auditing.Pruner, plans []auditing.Plan, slugs map[string]string, o pruneOptions) error {
	result := newPruningJSON(plans, slugs, o.dry)
	if o.dry || result.Events == 0 {
		return p.print(result, result.show)
	}
	if !p.json {
		result.show(p.err)
	}
	if err := p.confirm(o.yes, fmt.Sprintf("%d events will be removed, once they are archived in %s.", result.Events, o.folder)); err != nil {
		return err
	}
	m := p.meter()
	var done int64
	for _, plan := range plans {
		err := pruner.Prune(ctx, plan, func(pruned audit.Pruning, where string) {
			done += pruned.Removed
			result.Archives = append(result.Archives, where)
			m.show(int(done), int(result.Events), "events pruned")
		})
		if err != nil {
			m.done()
			return err
		}
	}
	m.done()
	return p.print(result, func(w io.Writer) {
		fmt.Fprintf(w, "%d events pruned; archived in\n", done)
		for _, where := range result.Archives {
			fmt.Fprintf(w, "  %s\n", where)
		}
	})
}
