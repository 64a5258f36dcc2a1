package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

func (p *program) tenantOnboard() *cobra.Command {
	var (
		in     tenancy.OnboardInput
		limits tenancy.Limits
		detach bool
	)
	cmd := &cobra.Command{
		Use: "onboard NAME", Short: "Make a tenant with its first administrator, who is invited by mail (TEMPORAL_ADDRESS)", Args: cobra.ExactArgs(1),
		Long: `Start the workflow OnboardTenant, or attach to it when it runs already, and follow it
to its end. It makes the tenant NAME and its first administrator, and mails him how to
set a password. The same command given again makes nothing twice.`,
		Example: "  footballctl tenant onboard acme --name \"Acme Betting Research\" --plan professional --admin-email ada@example.com\n" +
			"  footballctl tenant onboard acme --trial --admin-email ada@example.com --detach",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Slug = args[0]
			if limits != (tenancy.Limits{}) {
				in.Limits = &limits
			}
			var result tenancy.Onboarded
			return p.follow(cmd, detach, order{
				name: "onboard-tenant-" + in.Slug, workflow: tenancy.OnboardWorkflow, summary: "Onboard " + in.Slug + ", asked for by an operator",
				input: in, result: &result, human: func(w io.Writer) { showOnboarded(w, result) },
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&in.Name, "name", "", "name for people (default: NAME)")
	flags.StringVar(&in.Plan, "plan", "", "what the tenant may use: basic (default), professional, enterprise or custom")
	flags.BoolVar(&in.Trial, "trial", false, "begin with a trial of 14 days")
	flags.StringVar(&in.AdminEmail, "admin-email", "", "address of the first administrator")
	flags.StringVar(&in.AdminName, "admin-name", "", "what the administrator is called (default: the address)")
	flags.IntVar(&limits.Users, "users", 0, "users of a custom plan")
	flags.IntVar(&limits.Predictions, "predictions", 0, "predictions a day of a custom plan")
	flags.IntVar(&limits.APICalls, "api-calls", 0, "calls an hour of a custom plan")
	flags.IntVar(&limits.StorageMB, "storage-mb", 0, "megabytes of a custom plan")
	require(cmd, "admin-email")
	detachFlag(cmd, &detach)
	return cmd
}

func showOnboarded(w io.Writer, r tenancy.Onboarded) {
	fmt.Fprintf(w, "tenant %s (%s) is %s, plan %s\n", r.Slug, r.TenantID, r.Status, r.Plan)
	for _, did := range r.Did {
		fmt.Fprintln(w, "- "+did)
	}
}
