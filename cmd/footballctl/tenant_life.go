package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// asPlatform is ctx of whoever has the database at hand, who may do anything.
func asPlatform(ctx context.Context) context.Context {
	return access.With(ctx, access.Principal{Subject: auditing.System, Role: identity.PlatformAdmin})
}

func (p *program) tenantShow() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Show a tenant", Args: cobra.ExactArgs(1), Example: "  footballctl tenant show acme",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onTenant(cmd, args[0], func(_ context.Context, _ *provisioning.Keeper, t tenancy.Tenant) (tenancy.Tenant, error) {
				return t, nil
			})
		},
	}
}

func (p *program) tenantBecome(name, short string, become func(k *provisioning.Keeper, ctx context.Context, id, reason string) (tenancy.Tenant, error)) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: name + " NAME", Short: short, Args: cobra.ExactArgs(1), Example: "  footballctl tenant " + name + " acme --reason \"invoice 4711\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onTenant(cmd, args[0], func(ctx context.Context, k *provisioning.Keeper, t tenancy.Tenant) (tenancy.Tenant, error) {
				return become(k, ctx, t.ID, reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the record")
	require(cmd, "reason")
	return cmd
}

func (p *program) tenantPlan() *cobra.Command {
	var (
		limits tenancy.Limits
		plan   string
	)
	cmd := &cobra.Command{
		Use: "set-plan NAME", Short: "Change what a tenant may use", Args: cobra.ExactArgs(1),
		Example: "  footballctl tenant set-plan acme --plan enterprise\n" +
			"  footballctl tenant set-plan acme --plan custom --users 500 --predictions 50000 --api-calls 1000000 --storage-mb 50000",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.onTenant(cmd, args[0], func(ctx context.Context, k *provisioning.Keeper, t tenancy.Tenant) (tenancy.Tenant, error) {
				wanted := tenancy.Plan(plan)
				return k.Amend(ctx, t.ID, provisioning.Change{Plan: &wanted, Limits: limits})
			})
		},
	}
	cmd.Flags().StringVar(&plan, "plan", "", "basic, professional, enterprise or custom")
	cmd.Flags().IntVar(&limits.Users, "users", 0, "users of a custom plan")
	cmd.Flags().IntVar(&limits.Predictions, "predictions", 0, "predictions a day of a custom plan")
	cmd.Flags().IntVar(&limits.APICalls, "api-calls", 0, "calls an hour of a custom plan")
	cmd.Flags().IntVar(&limits.StorageMB, "storage-mb", 0, "megabytes of a custom plan")
	require(cmd, "plan")
	return cmd
}

// onTenant does something with a tenant and shows what became of it.
func (p *program) onTenant(cmd *cobra.Command, slug string, use func(context.Context, *provisioning.Keeper, tenancy.Tenant) (tenancy.Tenant, error)) error {
	ctx, cancel := p.bounded(cmd, quick)
	defer cancel()
	var (
		keeper  *provisioning.Keeper
		tenants provisioning.Tenants
	)
	return p.with(ctx, identityGraph, func() error {
		ctx := asPlatform(ctx)
		t, err := tenants.BySlug(ctx, slug)
		if err == nil {
			t, err = use(ctx, keeper, t)
		}
		if err != nil {
			return err
		}
		wire := toTenantJSON(t)
		return p.print(wire, func(w io.Writer) {
			fmt.Fprintf(w, "%s (%s), %s, plan %s: %d users, %d predictions a day, %d calls an hour, %d MB\n",
				t.Slug, t.Name, wire.Status, t.Plan, t.Limits.Users, t.Limits.Predictions, t.Limits.APICalls, t.Limits.StorageMB)
		})
	}, &keeper, &tenants)
}
