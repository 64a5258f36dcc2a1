// Package tenancy brings tenants in and ends them: what may wait for days, and
// must not stop half way. What each step does is decided below, in
// ports/onboarding and ports/removing.
package tenancy

import (
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	Queue           = "operations"
	OnboardWorkflow = "OnboardTenant"
	DeleteWorkflow  = "DeleteTenant"

	CheckActivity  = "OnboardTenant.Check"
	FoundActivity  = "OnboardTenant.MakeTenant"
	AdminActivity  = "OnboardTenant.MakeAdministrator"
	InviteActivity = "OnboardTenant.Invite"

	BeginActivity   = "DeleteTenant.Suspend"
	RestoreActivity = "DeleteTenant.Restore"
	ExportActivity  = "DeleteTenant.Export"
	CondemnActivity = "DeleteTenant.Condemn"
	RemoveActivity  = "DeleteTenant.Remove"
	ForgetActivity  = "DeleteTenant.Forget"
	EraseActivity   = "DeleteTenant.Erase"
	ProveActivity   = "DeleteTenant.Prove"
	RecordActivity  = "DeleteTenant.Record"
)

// tenant is the search attribute by which operators find the runs of a tenant.
var tenant = temporal.NewSearchAttributeKeyKeyword("Tenant")

// OnboardInput is the argument of OnboardTenant. Fields are only ever added.
type OnboardInput struct {
	Slug   string  `json:"slug"`
	Name   string  `json:"name,omitempty"`   // the slug when left out
	Plan   string  `json:"plan,omitempty"`   // basic when left out
	Limits *Limits `json:"limits,omitempty"` // of the plan custom
	Trial  bool    `json:"trial,omitempty"`  // begin with a trial of 14 days
	// AdminEmail is the address of the first administrator, who is invited by
	// mail; AdminName what he is called, the address when left out.
	AdminEmail string `json:"admin_email"`
	AdminName  string `json:"admin_name,omitempty"`
}

// Limits are those of a custom plan.
type Limits struct {
	Users       int `json:"users"`
	Predictions int `json:"predictions"` // a day
	APICalls    int `json:"api_calls"`   // an hour
	StorageMB   int `json:"storage_mb"`
}

// Onboarded says what was made. It tells no address: results stay in Temporal
// after the tenant is gone.
type Onboarded struct {
	TenantID        string     `json:"tenant_id"`
	Slug            string     `json:"slug"`
	Status          string     `json:"status"`
	Plan            string     `json:"plan"`
	TrialEnds       *time.Time `json:"trial_ends,omitempty"`
	AdministratorID string     `json:"administrator_id"`
	Did             []string   `json:"did"` // in order
}

// Onboard makes a tenant and its first administrator, and invites him.
//
// The id of the run is its idempotency key: repeated, it goes on with the tenant
// that it made and mails nobody twice. What fails half way is not taken back but
// finished, by retries or by the same run started again: everything that could
// be wrong with the input is looked at before anything is made, so only a server
// that is away stands between.
func Onboard(ctx workflow.Context, in OnboardInput) (Onboarded, error) {
	ctx, p, err := process.Begin(ctx, "Onboarding")
	if err != nil {
		return Onboarded{}, err
	}
	if err := in.complete(); err != nil {
		return Onboarded{}, err
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, tenant.ValueSet(in.Slug)); err != nil {
		return Onboarded{}, process.Fail("set search attribute", err)
	}
	a := &arrival{process: p, order: OnboardRequest{Run: workflow.GetInfo(ctx).WorkflowExecution.ID, Input: in}}
	err = a.all(ctx)
	return a.result, p.End(err)
}

func (in OnboardInput) complete() error {
	return missing(field{"slug", in.Slug}, field{"admin_email", in.AdminEmail})
}

type field struct{ name, value string }

// missing returns an error that names every field without a value.
func missing(fields ...field) error {
	var names []string
	for _, f := range fields {
		if strings.TrimSpace(f.value) == "" {
			names = append(names, f.name)
		}
	}
	if names != nil {
		return process.Missing(names...)
	}
	return nil
}

type arrival struct {
	order   OnboardRequest
	result  Onboarded
	process *process.Process
}

// steps are how many steps there are, for the progress.
const steps = 4

func (a *arrival) all(ctx workflow.Context) error {
	slug := a.order.Input.Slug
	a.process.Step(ctx, "check", steps, "Can there be a tenant "+slug+"?")
	if _, err := checkActivity.Call(ctx, "Can there be such a tenant?", a.order); err != nil {
		return process.Fail("check "+slug, err)
	}
	a.process.Advance(ctx, 1, "Making the tenant.")
	founded, err := foundActivity.Call(ctx, "Make the tenant", a.order)
	if err != nil {
		return process.Fail("make tenant "+slug, err)
	}
	a.found(founded)
	a.process.Advance(ctx, 2, "Making the first administrator.")
	admin, err := adminActivity.Call(ctx, "Make the first administrator", AdminRequest{OnboardRequest: a.order, TenantID: founded.TenantID})
	if err != nil {
		return process.Fail("make the administrator of "+slug, err)
	}
	a.result.AdministratorID = admin.UserID
	a.did(admin.Made, "made the administrator "+admin.UserID, "found the administrator "+admin.UserID+", who was there")
	a.process.Advance(ctx, 3, "Inviting the administrator.")
	invited, err := inviteActivity.Call(ctx, "Mail the invitation", InviteRequest{
		Run: a.order.Run, TenantID: founded.TenantID, UserID: admin.UserID,
	})
	if err != nil {
		return process.Fail("invite the administrator of "+slug, err)
	}
	a.did(invited.Sent, "mailed the invitation, which is good for 7 days", "mailed nothing: the administrator was invited before")
	a.process.Advance(ctx, steps, "Tenant "+slug+" is ready.")
	a.process.Note(ctx, a.result.note())
	return nil
}

func (a *arrival) found(f Founded) {
	r := &a.result
	r.TenantID, r.Slug, r.Status, r.Plan, r.TrialEnds = f.TenantID, a.order.Input.Slug, f.Status, f.Plan, f.TrialEnds
	a.did(f.Made, "made the tenant "+f.TenantID, "found the tenant "+f.TenantID+", which this run had made")
}

func (a *arrival) did(done bool, this, that string) {
	if !done {
		this = that
	}
	a.result.Did = append(a.result.Did, this)
}

// note is the result as a person reads it below the progress.
func (r Onboarded) note() string { return "- " + strings.Join(r.Did, "\n- ") }
