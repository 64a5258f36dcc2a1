package tenancy

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/onboarding"
	"github.com/football-prediction/football-prediction/workflows/process"
)

var (
	checkActivity  = process.Activity[OnboardRequest, struct{}]{Name: CheckActivity, Attempt: time.Minute}
	foundActivity  = process.Activity[OnboardRequest, Founded]{Name: FoundActivity, Attempt: time.Minute}
	adminActivity  = process.Activity[AdminRequest, Administrator]{Name: AdminActivity, Attempt: time.Minute}
	inviteActivity = process.Activity[InviteRequest, Invited]{Name: InviteActivity, Attempt: 2 * time.Minute}
)

// OnboardRequest asks for a tenant.
type OnboardRequest struct {
	Run   string       `json:"run"`
	Input OnboardInput `json:"input"`
}

func (r OnboardRequest) order() onboarding.Order {
	in := r.Input
	o := onboarding.Order{
		Run: r.Run, Slug: in.Slug, Name: in.Name, Plan: tenancy.Plan(in.Plan), Trial: in.Trial, Email: in.AdminEmail, AdminName: in.AdminName,
	}
	if in.Limits != nil {
		o.Limits = tenancy.Limits(*in.Limits)
	}
	return o
}

// Founded is a tenant that is there.
type Founded struct {
	TenantID  string     `json:"tenant_id"`
	Status    string     `json:"status"`
	Plan      string     `json:"plan"`
	TrialEnds *time.Time `json:"trial_ends,omitempty"`
	Made      bool       `json:"made"` // by this attempt
}

// AdminRequest asks for a tenant's first administrator.
type AdminRequest struct {
	OnboardRequest
	TenantID string `json:"tenant_id"`
}

// Administrator is one who is there.
type Administrator struct {
	UserID string `json:"user_id"`
	Made   bool   `json:"made"` // by this attempt
}

// InviteRequest asks for the mail to an administrator.
type InviteRequest struct {
	Run      string `json:"run"`
	TenantID string `json:"tenant_id"`
	UserID   string `json:"user_id"`
}

// Invited says whether a mail was sent.
type Invited struct {
	Sent bool `json:"sent"`
}

// Check looks at the whole input before anything is made.
func (a *Activities) Check(ctx context.Context, r OnboardRequest) (struct{}, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (struct{}, error) {
		return struct{}{}, a.onboarder.Check(ctx, r.order())
	})
}

// Found makes the tenant.
func (a *Activities) Found(ctx context.Context, r OnboardRequest) (Founded, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Founded, error) {
		t, made, err := a.onboarder.Tenant(ctx, r.order())
		out := Founded{TenantID: t.ID, Status: string(t.Status), Plan: string(t.Plan), Made: made}
		if !t.TrialEnds.IsZero() {
			out.TrialEnds = &t.TrialEnds
		}
		return out, err
	})
}

// Administer makes the first administrator.
func (a *Activities) Administer(ctx context.Context, r AdminRequest) (Administrator, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Administrator, error) {
		u, made, err := a.onboarder.Administrator(ctx, r.TenantID, r.order())
		return Administrator{UserID: u.ID, Made: made}, err
	})
}

// Invite mails the administrator.
func (a *Activities) Invite(ctx context.Context, r InviteRequest) (Invited, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Invited, error) {
		sent, err := a.onboarder.Invite(ctx, r.TenantID, r.UserID, r.Run)
		return Invited{Sent: sent}, err
	})
}
