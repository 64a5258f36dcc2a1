// Package onboarding brings a tenant in: the tenant, its first administrator,
// and the mail that lets him in. Each step may be repeated, and none is undone:
// a tenant that lacks its mail is finished by the next attempt, while taking it
// away again could take away what somebody has begun to use.
package onboarding

import (
	"context"
	"errors"
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// Inviter writes to somebody who has no password yet, and says whether it left.
type Inviter interface {
	InviteNow(ctx context.Context, t tenancy.Tenant, u identity.User) error
}

// What is recorded.
const (
	actionOnboarded = "tenant.created"
	actionInvited   = "user.invited"
)

// Onboarder brings tenants in. Whoever calls it has made sure that it is
// allowed.
type Onboarder struct{ Parts }

// Parts are what an [Onboarder] is made of.
type Parts struct {
	Registrar *provisioning.Registrar
	Tenants   provisioning.Tenants
	Members   *membership.Members
	Users     membership.Users
	Inviter   Inviter
	Diary     *auditing.Diary
}

// NewOnboarder returns an Onboarder.
func NewOnboarder(p Parts) *Onboarder { return &Onboarder{p} }

// Order asks for a tenant.
type Order struct {
	Run    string // a run that is repeated goes on with the tenant that it made
	Slug   string
	Name   string // the slug when empty
	Plan   tenancy.Plan
	Limits tenancy.Limits // of a custom plan
	Trial  bool
	// Email is the first administrator's, AdminName what he is called: the
	// address when empty.
	Email, AdminName string
}

// Check returns what is wrong with o, before anything is made.
func (o *Onboarder) Check(ctx context.Context, order Order) error {
	if err := tenancy.ValidateSlug(order.Slug); err != nil {
		return err
	}
	if order.Name != "" {
		if err := provisioning.ValidateName(order.Name); err != nil {
			return err
		}
	}
	if _, err := tenancy.LimitsOf(order.plan(), order.Limits); err != nil {
		return err
	}
	if _, err := identity.NormaliseEmail(order.Email); err != nil {
		return err
	}
	if _, err := identity.ValidateName(order.administrator()); err != nil {
		return err
	}
	t, err := o.Tenants.BySlug(ctx, order.Slug)
	switch {
	case errors.Is(err, tenancy.ErrUnknown):
		return nil
	case err != nil:
		return err
	}
	return mine(t, order)
}

func (o Order) plan() tenancy.Plan {
	if o.Plan == "" {
		return tenancy.Basic
	}
	return o.Plan
}

func (o Order) administrator() string {
	if o.AdminName == "" {
		return o.Email
	}
	return o.AdminName
}

// mine returns [tenancy.ErrExists] unless the run of order made t.
func mine(t tenancy.Tenant, order Order) error {
	if order.Run == "" || t.MadeBy != order.Run {
		return domain.Errorf(domain.Conflict, tenancy.ErrExists.Code, "there is a tenant %q already", t.Slug)
	}
	return nil
}

// Tenant makes the tenant, or returns the one that the run has made.
func (o *Onboarder) Tenant(ctx context.Context, order Order) (t tenancy.Tenant, made bool, err error) {
	t, err = o.Registrar.Create(ctx, provisioning.Application{
		Slug: order.Slug, Name: order.Name, Plan: order.Plan, Limits: order.Limits, Trial: order.Trial, MadeBy: order.Run,
	})
	made = err == nil
	if errors.Is(err, tenancy.ErrExists) {
		if t, err = o.Tenants.BySlug(ctx, order.Slug); err == nil {
			err = mine(t, order)
		}
	}
	if err != nil {
		return tenancy.Tenant{}, false, err
	}
	err = o.Diary.Once(ctx, order.Run, auditing.Event{
		TenantID: t.ID, Action: actionOnboarded, Target: "tenant:" + t.ID, Outcome: auditing.Done,
		Details: map[string]string{"status": string(t.Status), "plan": string(t.Plan)},
	})
	return t, made, err
}

// Administrator makes the tenant's first administrator, without a password, or
// returns the one that is there.
func (o *Onboarder) Administrator(ctx context.Context, tenantID string, order Order) (u identity.User, made bool, err error) {
	t, err := o.Tenants.ByID(ctx, tenantID)
	if err != nil {
		return u, false, err
	}
	email, err := identity.NormaliseEmail(order.Email)
	if err != nil {
		return u, false, err
	}
	u, err = o.Users.ByEmail(ctx, t.ID, email)
	if !errors.Is(err, identity.ErrUnknown) {
		return u, false, err
	}
	u, err = o.Members.Create(ctx, t, membership.Invitation{Email: email, Name: order.administrator(), Role: identity.TenantAdmin}, "")
	if errors.Is(err, identity.ErrTaken) { // another attempt was quicker
		u, err = o.Users.ByEmail(ctx, t.ID, email)
		return u, false, err
	}
	return u, err == nil, err
}

// Invite mails the administrator how to set a password, unless that has been
// done. A worker that dies between the mail and the record of it leads to a
// second mail: one too many is better than none.
func (o *Onboarder) Invite(ctx context.Context, tenantID, userID, run string) (sent bool, err error) {
	t, err := o.Tenants.ByID(ctx, tenantID)
	if err != nil {
		return false, err
	}
	u, err := o.Users.ByID(ctx, tenantID, userID)
	if err != nil {
		return false, err
	}
	_, done, err := o.Diary.Find(ctx, tenantID, actionInvited, u.Subject(), "")
	if err != nil || done || u.Password != "" {
		return false, err
	}
	if err := o.Inviter.InviteNow(ctx, t, u); err != nil {
		return false, fmt.Errorf("invite the administrator: %w", err)
	}
	return true, o.Diary.Once(ctx, run, auditing.Event{
		TenantID: tenantID, Action: actionInvited, Target: u.Subject(), Outcome: auditing.Done,
		Personal: map[string]string{"email": u.Email},
	})
}
