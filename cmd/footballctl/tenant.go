package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// tenantJSON is a tenant on the wire.
type tenantJSON struct {
	ID        string    `json:"id"`
	Slug      string    `json:"slug"`
	Name      string    `json:"name"`
	Status    string    `json:"status"`
	Plan      string    `json:"plan"`
	CreatedAt time.Time `json:"created_at"`
}

func toTenantJSON(t tenancy.Tenant) tenantJSON {
	return tenantJSON{ID: t.ID, Slug: t.Slug, Name: t.Name, Status: string(t.StatusAt(time.Now())), Plan: string(t.Plan), CreatedAt: t.CreatedAt}
}

func (p *program) tenant() *cobra.Command {
	return group("tenant", "Make tenants and lead them through their life (DATABASE_URL, ENCRYPTION_KEY_FILE)",
		"  footballctl tenant create acme --name \"Acme Betting Research\"\n  footballctl tenant list",
		p.tenantCreate(), p.tenantList(), p.tenantShow(), p.tenantPlan(),
		p.tenantBecome("suspend", "Stop a tenant's credentials within a second", (*provisioning.Keeper).Suspend),
		p.tenantBecome("activate", "Let a tenant call, from a trial, its end or a suspension", (*provisioning.Keeper).Activate),
		p.tenantOnboard(), p.tenantDelete(), p.tenantKeep(), p.tenantExport())
}

func (p *program) tenantCreate() *cobra.Command {
	var (
		name, plan       string
		ifMissing, trial bool
	)
	cmd := &cobra.Command{
		Use: "create NAME", Short: "Make a tenant", Args: cobra.ExactArgs(1),
		Long:    "Make a tenant. NAME is what commands and sign-in call it: 2 to 40 lower-case letters, digits and hyphens.",
		Example: "  footballctl tenant create acme --name \"Acme Betting Research\" --plan professional\n  footballctl tenant create acme --if-missing",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var (
				registrar *provisioning.Registrar
				tenants   provisioning.Tenants
			)
			return p.with(ctx, accessGraph, func() error {
				application := provisioning.Application{Slug: args[0], Name: name, Plan: tenancy.Plan(plan), Trial: trial}
				t, created, err := createTenant(ctx, registrar, tenants, application, ifMissing)
				if err != nil {
					return err
				}
				return p.print(toTenantJSON(t), func(w io.Writer) {
					verb := "created"
					if !created {
						verb = "exists"
					}
					fmt.Fprintf(w, "%s tenant %s (%s)\n", verb, t.Slug, t.ID)
				})
			}, &registrar, &tenants)
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name for people (default: NAME)")
	cmd.Flags().StringVar(&plan, "plan", string(tenancy.Basic), "what the tenant may use: basic, professional or enterprise")
	cmd.Flags().BoolVar(&trial, "trial", false, "begin with a trial of 14 days")
	cmd.Flags().BoolVar(&ifMissing, "if-missing", false, "succeed when there is one by that name already")
	return cmd
}

func createTenant(ctx context.Context, registrar *provisioning.Registrar, tenants provisioning.Tenants, a provisioning.Application, ifMissing bool) (t tenancy.Tenant, created bool, err error) {
	t, err = registrar.Create(ctx, a)
	if ifMissing && errors.Is(err, tenancy.ErrExists) {
		t, err = tenants.BySlug(ctx, a.Slug)
		return t, false, err
	}
	return t, err == nil, err
}

func (p *program) tenantList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List all tenants", Args: cobra.NoArgs,
		Example: "  footballctl tenant list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var tenants provisioning.Tenants
			return p.with(ctx, accessGraph, func() error {
				all, err := tenants.List(ctx)
				if err != nil {
					return err
				}
				wire, rows := make([]tenantJSON, len(all)), make([][]string, len(all))
				for i, t := range all {
					wire[i] = toTenantJSON(t)
					rows[i] = []string{t.Slug, t.Name, string(t.StatusAt(time.Now())), string(t.Plan), t.ID, moment(t.CreatedAt)}
				}
				return p.print(wire, func(w io.Writer) { table(w, "TENANT NAME STATUS PLAN ID CREATED", rows) })
			}, &tenants)
		},
	}
}
