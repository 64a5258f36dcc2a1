package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

const tagTenants = "tenants"

func registerTenants(r routes, k *provisioning.Keeper) {
	missing := []int{http.StatusNotFound}
	changed := []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}
	read(r, operation{
		ID: "list-tenants", Path: "/tenants", Tag: tagTenants, Needs: identity.ManagePlatform,
		Summary: "List tenants", Description: "All tenants, in order of slug. For those who run the platform.",
	}, listTenants(k))
	create(r, operation{
		ID: "create-tenant", Path: "/tenants", Tag: tagTenants, Needs: identity.ManagePlatform,
		Summary: "Make a tenant", Description: "Makes a tenant, active or on a trial of 14 days. For those who run the platform.",
	}, createTenant(k))
	read(r, operation{
		ID: "get-tenant", Path: "/tenants/{id}", Tag: tagTenants, Needs: identity.ManagePlatform, Errors: missing,
		Summary: "Get a tenant", Description: "One tenant. For those who run the platform.",
	}, getTenant(k))
	change(r, operation{
		ID: "update-tenant", Method: http.MethodPatch, Path: "/tenants/{id}", Tag: tagTenants, Needs: identity.ManagePlatform, Errors: changed,
		Summary: "Change a tenant", Description: "Changes name and plan. A plan for fewer users than there are is refused.",
	}, updateTenant(k))
	change(r, operation{
		ID: "suspend-tenant", Path: "/tenants/{id}/suspend", Tag: tagTenants, Needs: identity.ManagePlatform, Errors: changed[:2],
		Summary: "Suspend a tenant", Description: "Stops all credentials of the tenant within a second. Nothing is deleted.",
	}, decide(k.Suspend))
	change(r, operation{
		ID: "activate-tenant", Path: "/tenants/{id}/activate", Tag: tagTenants, Needs: identity.ManagePlatform, Errors: changed[:2],
		Summary: "Activate a tenant", Description: "Lets the tenant call, from a trial, its end or a suspension.",
	}, decide(k.Activate))
	read(r, operation{
		ID: "get-own-tenant", Path: "/tenant", Tag: tagTenants, Needs: identity.ReadTenant,
		Summary: "Get the own tenant", Description: "The own tenant with its plan and settings.",
	}, getOwnTenant(k))
	change(r, operation{
		ID: "update-own-tenant", Method: http.MethodPatch, Path: "/tenant", Tag: tagTenants, Needs: identity.ManageTenant,
		Errors: []int{http.StatusPreconditionFailed}, Summary: "Change the own tenant", Description: "Changes name and settings of the own tenant.",
	}, updateOwnTenant(k))
}

type tenantJSON struct {
	ID           string       `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The tenant's id."`
	Slug         string       `json:"slug" example:"acme" doc:"The short name that people sign in with."`
	Name         string       `json:"name" example:"Acme Betting Research" doc:"The name for people."`
	Status       string       `json:"status" enum:"trial,active,suspended,expired" example:"active" doc:"Whether its credentials work: on trial and active they do."`
	StatusReason string       `json:"status_reason" example:"paid" doc:"Why the status last changed; empty for a new tenant."`
	TrialEnds    *time.Time   `json:"trial_ends" example:"2026-08-28T12:00:00Z" doc:"When the trial ends; null unless on trial."`
	Plan         string       `json:"plan" enum:"basic,professional,enterprise,custom" example:"professional" doc:"What it may use."`
	Limits       limitsJSON   `json:"limits" doc:"What the plan allows."`
	Settings     settingsJSON `json:"settings" doc:"What the tenant chose for itself."`
	CreatedAt    time.Time    `json:"created_at" example:"2026-08-14T12:00:00Z" doc:"When it was made."`
}

type limitsJSON struct {
	Users       int `json:"users" minimum:"1" example:"50" doc:"Users at once."`
	Predictions int `json:"predictions" minimum:"1" example:"1000" doc:"Predictions a day, in UTC."`
	APICalls    int `json:"api_calls" minimum:"1" example:"10000" doc:"Calls an hour."`
	StorageMB   int `json:"storage_mb" minimum:"1" example:"1000" doc:"Megabytes held."`
}

type settingsJSON struct {
	TimeZone      string `json:"time_zone" minLength:"1" maxLength:"64" example:"Europe/London" doc:"The tenant's time zone, an IANA name."`
	Language      string `json:"language" enum:"en,zh" example:"en" doc:"The language of mails."`
	OddsFormat    string `json:"odds_format" enum:"decimal,fractional,american" example:"decimal" doc:"How odds are written."`
	RetentionDays int    `json:"retention_days" minimum:"30" maximum:"3650" example:"730" doc:"For how many days details are kept."`
}

// tenantAs shows tenants as they stand at the moment of the request.
func tenantAs(k *provisioning.Keeper) func(tenancy.Tenant) tenantJSON {
	return func(t tenancy.Tenant) tenantJSON {
		return tenantJSON{
			ID: t.ID, Slug: t.Slug, Name: t.Name, Status: string(k.StatusOf(t)), StatusReason: t.StatusReason, TrialEnds: known(t.TrialEnds),
			Plan: string(t.Plan), Limits: limitsJSON(t.Limits), CreatedAt: t.CreatedAt,
			Settings: settingsJSON{
				TimeZone: t.Settings.TimeZone, Language: t.Settings.Language, OddsFormat: string(t.Settings.OddsFormat), RetentionDays: t.Settings.RetentionDays,
			},
		}
	}
}

type tenantOutput struct{ Body tenantJSON }

func oneTenant(k *provisioning.Keeper, t tenancy.Tenant, err error) (*tenantOutput, error) {
	if err != nil {
		return nil, err
	}
	return &tenantOutput{Body: tenantAs(k)(t)}, nil
}

type listTenantsInput struct{ Paging }

func listTenants(k *provisioning.Keeper) func(context.Context, *listTenantsInput) (*listOutput[tenantJSON], error) {
	at := func(t tenancy.Tenant) catalogue.Position { return catalogue.Position{Name: t.Slug} }
	return func(ctx context.Context, in *listTenantsInput) (*listOutput[tenantJSON], error) {
		all, err := k.List(ctx)
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, within(&in.Paging, all, at), at, tenantAs(k)), nil
	}
}

type createTenantInput struct{ Body newTenantJSON }

type newTenantJSON struct {
	Slug   string      `json:"slug" minLength:"2" maxLength:"40" example:"acme" doc:"The short name: lower-case letters, digits and hyphens. It never changes."`
	Name   string      `json:"name,omitempty" maxLength:"100" example:"Acme Betting Research" doc:"The name for people; the slug when left out."`
	Plan   string      `json:"plan,omitempty" enum:"basic,professional,enterprise,custom" example:"professional" doc:"What it may use; basic when left out."`
	Limits *limitsJSON `json:"limits,omitempty" doc:"The limits of a custom plan, and of no other."`
	Trial  bool        `json:"trial,omitempty" example:"true" doc:"Whether to begin with a trial of 14 days."`
}

func limitsOf(in *limitsJSON) tenancy.Limits {
	if in == nil {
		return tenancy.Limits{}
	}
	return tenancy.Limits(*in)
}

func createTenant(k *provisioning.Keeper) func(context.Context, *createTenantInput) (*tenantOutput, error) {
	return func(ctx context.Context, in *createTenantInput) (*tenantOutput, error) {
		b := in.Body
		t, err := k.Create(ctx, provisioning.Application{
			Slug: b.Slug, Name: b.Name, Plan: tenancy.Plan(b.Plan), Limits: limitsOf(b.Limits), Trial: b.Trial,
		})
		return oneTenant(k, t, err)
	}
}

type tenantInput struct {
	ID idParam `path:"id" doc:"The tenant's id."`
}

func getTenant(k *provisioning.Keeper) func(context.Context, *tenantInput) (*tenantOutput, error) {
	return func(ctx context.Context, in *tenantInput) (*tenantOutput, error) {
		t, err := k.Get(ctx, in.ID.text)
		return oneTenant(k, t, err)
	}
}

type updateTenantInput struct {
	IfMatch
	ID   idParam `path:"id" doc:"The tenant's id."`
	Body tenantChangeJSON
}

type tenantChangeJSON struct {
	Name   *string     `json:"name,omitempty" minLength:"1" maxLength:"100" example:"Acme Research" doc:"The name to be."`
	Plan   *string     `json:"plan,omitempty" enum:"basic,professional,enterprise,custom" example:"enterprise" doc:"The plan to be."`
	Limits *limitsJSON `json:"limits,omitempty" doc:"The limits of a custom plan, and of no other."`
}

func updateTenant(k *provisioning.Keeper) func(context.Context, *updateTenantInput) (*tenantOutput, error) {
	return func(ctx context.Context, in *updateTenantInput) (*tenantOutput, error) {
		c := provisioning.Change{Name: in.Body.Name, Limits: limitsOf(in.Body.Limits), Guard: guard(in.IfMatch, tenantAs(k))}
		if in.Body.Plan != nil {
			plan := tenancy.Plan(*in.Body.Plan)
			c.Plan = &plan
		}
		t, err := k.Amend(ctx, in.ID.text, c)
		return oneTenant(k, t, err)
	}
}

type tenantDecisionInput struct {
	ID   idParam `path:"id" doc:"The tenant's id."`
	Body decisionJSON
}

func decide(become func(ctx context.Context, id, reason string) (tenancy.Tenant, error)) func(context.Context, *tenantDecisionInput) (*tenantStandingOutput, error) {
	return func(ctx context.Context, in *tenantDecisionInput) (*tenantStandingOutput, error) {
		t, err := become(ctx, in.ID.text, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &tenantStandingOutput{Body: tenantStandingJSON{ID: t.ID, Slug: t.Slug, Status: string(t.Status)}}, nil
	}
}

type tenantStandingJSON struct {
	ID     string `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The tenant's id."`
	Slug   string `json:"slug" example:"acme" doc:"The tenant's short name."`
	Status string `json:"status" enum:"trial,active,suspended,expired" example:"suspended" doc:"Where it stands now."`
}

type tenantStandingOutput struct{ Body tenantStandingJSON }

type ownTenantInput struct{}

func getOwnTenant(k *provisioning.Keeper) func(context.Context, *ownTenantInput) (*tenantOutput, error) {
	return func(ctx context.Context, _ *ownTenantInput) (*tenantOutput, error) {
		t, err := k.Own(ctx)
		return oneTenant(k, t, err)
	}
}

type updateOwnTenantInput struct {
	IfMatch
	Body ownTenantChangeJSON
}

type ownTenantChangeJSON struct {
	Name     *string       `json:"name,omitempty" minLength:"1" maxLength:"100" example:"Acme Research" doc:"The name to be."`
	Settings *settingsJSON `json:"settings,omitempty" doc:"The settings to be, all of them."`
}

func updateOwnTenant(k *provisioning.Keeper) func(context.Context, *updateOwnTenantInput) (*tenantOutput, error) {
	return func(ctx context.Context, in *updateOwnTenantInput) (*tenantOutput, error) {
		c := provisioning.Change{Name: in.Body.Name, Guard: guard(in.IfMatch, tenantAs(k))}
		if s := in.Body.Settings; s != nil {
			c.Settings = &tenancy.Settings{TimeZone: s.TimeZone, Language: s.Language, OddsFormat: tenancy.OddsFormat(s.OddsFormat), RetentionDays: s.RetentionDays}
		}
		t, err := k.Configure(ctx, c)
		return oneTenant(k, t, err)
	}
}
