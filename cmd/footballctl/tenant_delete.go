package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

func (p *program) tenantDelete() *cobra.Command {
	var (
		in     tenancy.DeleteInput
		grace  time.Duration
		detach bool
	)
	cmd := &cobra.Command{
		Use: "delete NAME", Short: "Export a tenant, remove all of it and prove it (TEMPORAL_ADDRESS)", Args: cobra.ExactArgs(1),
		Long: `Start the workflow DeleteTenant, or attach to it when it runs already, and follow it to
its end. It shuts the tenant out at once, waits for --grace, writes all that the tenant
owns into an archive on the worker's machine, removes every row of it and shows that none
is left. Until rows are removed, "tenant keep NAME" takes everything back.`,
		Example: "  footballctl tenant delete acme --confirm acme --reason \"contract ended\" --detach\n" +
			"  footballctl tenant delete acme --confirm acme --reason \"made by mistake\" --grace 0s",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Tenant = args[0]
			if cmd.Flags().Changed("grace") {
				in.Grace = grace.String()
			}
			var result tenancy.Deleted
			return p.follow(cmd, detach, order{
				id: deletionOf(in.Tenant), workflow: tenancy.DeleteWorkflow, summary: "Delete " + in.Tenant + ", asked for by an operator",
				input: in, result: &result, human: func(w io.Writer) { showDeleted(w, result) },
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&in.Confirm, "confirm", "", "the tenant's name, again")
	flags.StringVar(&in.Reason, "reason", "", "why, for the record")
	flags.StringVar(&in.By, "by", "", "who asks, for the record")
	flags.DurationVar(&grace, "grace", tenancy.DefaultGrace, "how long to wait before anything is removed")
	require(cmd, "confirm", "reason")
	detachFlag(cmd, &detach)
	return cmd
}

// deletionOf is the id of the run that deletes a tenant, of which there is one
// at a time, whatever reason it was given.
func deletionOf(tenant string) string { return "delete-tenant-" + tenant }

func showDeleted(w io.Writer, r tenancy.Deleted) {
	fmt.Fprintf(w, "tenant %s (%s) is gone: %s removed, none left in %s\n", r.Slug, r.TenantID,
		plural(r.Rows, "row", "rows"), plural(r.Proof.Tables, "table", "tables"))
	for _, table := range slices.Sorted(maps.Keys(r.Removed)) {
		fmt.Fprintf(w, "- %s: %s\n", table, plural(r.Removed[table], "row", "rows"))
	}
	fmt.Fprintf(w, "the archive is %s on the worker's machine (%s, SHA-256 %s)\n", r.Export.Place, plural(r.Export.Rows, "row", "rows"), r.Export.SHA256)
	for _, note := range r.Notes {
		fmt.Fprintln(w, note)
	}
}

func (p *program) tenantKeep() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "keep NAME", Short: "Abort the deletion of a tenant, which gets its former status back (TEMPORAL_ADDRESS)", Args: cobra.ExactArgs(1),
		Example: "  footballctl tenant keep acme --reason \"they signed again\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var runs *temporal.Runs
			return p.with(ctx, temporalGraph, func() error { return p.keep(ctx, runs, args[0], reason) }, &runs)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	require(cmd, "reason")
	return cmd
}

func (p *program) keep(ctx context.Context, runs *temporal.Runs, tenant, reason string) error {
	id := deletionOf(tenant)
	if err := runs.Abort(ctx, id, reason); err != nil {
		return err
	}
	return p.print(map[string]string{"aborted": id}, func(w io.Writer) {
		fmt.Fprintf(w, "the run %s is aborted, and tenant %s gets its former status back\n", id, tenant)
	})
}
