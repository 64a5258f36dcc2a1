package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/ports/detecting"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

func (p *program) auditFindings() *cobra.Command {
	return group("findings", "See to those who tried to get in (DATABASE_URL, ENCRYPTION_KEY_FILE)",
		"  footballctl audit findings list --status open\n  footballctl audit findings resolve ID --reason 'a forgotten script'",
		p.findingsList(), p.findingsAcknowledge(), p.findingsResolve())
}

func (p *program) findingsList() *cobra.Command {
	var (
		tenant, status string
		since          string
		limit          int
	)
	cmd := &cobra.Command{
		Use: "list", Short: "List findings of all tenants, the last seen first", Args: cobra.NoArgs,
		Long: "List findings of all tenants, the last seen first. Whom one is about is looked up in\n" +
			"the audit log; where that no longer tells, a part of the hash is shown.",
		Example: "  footballctl audit findings list --status open\n  footballctl audit findings list --tenant acme --since 7d",
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := findingFilter(status, since, limit)
			if err != nil {
				return err
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var (
				ledger  *detecting.Ledger
				names   *detecting.Names
				tenants provisioning.Tenants
			)
			return p.with(ctx, detectingGraph, func() error {
				slugs, err := slugsOf(ctx, tenants)
				if err != nil {
					return err
				}
				if tenant != "" {
					if f.TenantID, err = tenantOrPlatform(ctx, tenants, tenant); err != nil {
						return err
					}
				}
				found, err := ledger.All(ctx, f, limit)
				if err != nil {
					return err
				}
				wire := make([]suspicionJSON, len(found))
				for i, f := range found {
					wire[i] = toSuspicionJSON(f, slugs)
					if wire[i].Subject, err = names.Of(ctx, f); err != nil {
						return err
					}
				}
				return p.showSuspicions(wire)
			}, &ledger, &names, &tenants)
		},
	}
	cmd.Flags().StringVar(&tenant, "tenant", "", "only those of this tenant")
	cmd.Flags().StringVar(&status, "status", "", "only those that are so: open, acknowledged, resolved")
	cmd.Flags().StringVar(&since, "since", "", "only those seen since so long ago, such as 7d or 12h")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many")
	return cmd
}

func findingFilter(status, since string, limit int) (f detecting.Filter, err error) {
	f.Status = detecting.Status(status)
	if status != "" && !slices.Contains(detecting.Statuses, f.Status) {
		return f, usagef("--status %s: say open, acknowledged or resolved", status)
	}
	if limit < 1 {
		return f, usagef("--limit %d: say 1 or more", limit)
	}
	ago, err := parseLifetime("--since", since)
	if ago > 0 {
		f.Since = time.Now().Add(-ago)
	}
	return f, err
}

func slugsOf(ctx context.Context, tenants provisioning.Tenants) (map[string]string, error) {
	all, err := tenants.List(ctx)
	slugs := make(map[string]string, len(all))
	for _, t := range all {
		slugs[t.ID] = t.Slug
	}
	return slugs, err
}

func (p *program) findingsAcknowledge() *cobra.Command {
	return &cobra.Command{
		Use: "acknowledge ID", Short: "Say that somebody looks into a finding", Args: cobra.ExactArgs(1),
		Example: "  footballctl audit findings acknowledge 0197b2c1-7f3e-7c1d-9a52-0c9e7d1b2a34",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.changeFinding(cmd, func(ctx context.Context, l *detecting.Ledger) (detecting.Finding, error) {
				return l.Acknowledge(ctx, args[0])
			})
		},
	}
}

func (p *program) findingsResolve() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "resolve ID", Short: "Close a finding; if it is seen again, that is a new one", Args: cobra.ExactArgs(1),
		Example: "  footballctl audit findings resolve 0197b2c1-7f3e-7c1d-9a52-0c9e7d1b2a34 --reason 'a forgotten script'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.changeFinding(cmd, func(ctx context.Context, l *detecting.Ledger) (detecting.Finding, error) {
				return l.Resolve(ctx, args[0], reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it needs no more looking after; the audit log keeps it")
	require(cmd, "reason")
	return cmd
}

func (p *program) changeFinding(cmd *cobra.Command, change func(context.Context, *detecting.Ledger) (detecting.Finding, error)) error {
	ctx, cancel := p.bounded(cmd, quick)
	defer cancel()
	var (
		ledger  *detecting.Ledger
		tenants provisioning.Tenants
	)
	return p.with(ctx, detectingGraph, func() error {
		changed, err := change(ctx, ledger)
		if err != nil {
			return err
		}
		slugs, err := slugsOf(ctx, tenants)
		if err != nil {
			return err
		}
		return p.print(toSuspicionJSON(changed, slugs), func(w io.Writer) {
			fmt.Fprintf(w, "finding %s is %s\n", changed.ID, changed.Status)
		})
	}, &ledger, &tenants)
}
