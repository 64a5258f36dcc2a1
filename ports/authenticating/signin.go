package authenticating

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// ActionRefused is how the audit log names a sign-in that was refused; the
// address that was tried and where it came from are its personal data.
const ActionRefused = "auth.refused"

// The other actions that are audited here.
const (
	actionSignedIn    = "auth.signed_in"
	actionSignedOut   = "auth.signed_out"
	actionFamilyEnded = "auth.token_reused"
)

// Desk is where people sign in and out. Its parts are given by [NewDesk].
type Desk struct{ Parts }

// Parts are what a [Desk] is made of.
type Parts struct {
	Tenants   Tenants
	Users     Users
	Sessions  Sessions
	Factors   Factors
	Attempts  Attempts
	Passwords Passwords
	Codes     Codes
	Tokens    access.Tokens
	Unit      transacting.Unit
	Recorder  auditing.Recorder
	Mailer    Mailer
	Later     Later
	Refused   func(Refusal) // hears of each refused sign-in, to count it
	NewID     func() string // makes UUIDv7
	Now       domain.Clock
}

// NewDesk returns a Desk.
func NewDesk(p Parts) *Desk { return &Desk{p} }

// Refusal is why a sign-in was refused, which is for records and never for the
// one who was refused.
type Refusal string

// The refusals.
const (
	RefusedUnknown  Refusal = "unknown"  // no such tenant or user
	RefusedPassword Refusal = "password" // the password is wrong
	RefusedDisabled Refusal = "disabled" // the user may not sign in
	RefusedTenant   Refusal = "tenant"   // the tenant may not call
	RefusedCode     Refusal = "code"     // the second factor is wrong or missing
	RefusedSlowed   Refusal = "slowed"   // attempts came too fast
)

// Refusals are all refusals.
var Refusals = []Refusal{RefusedUnknown, RefusedPassword, RefusedDisabled, RefusedTenant, RefusedCode, RefusedSlowed}

// Credentials are what somebody signs in with.
type Credentials struct {
	Tenant   string // slug
	Email    string
	Password string
	Code     string // of the second factor; empty when there is none
}

// Pass is what a sign-in gives.
type Pass struct {
	Access  string
	Refresh string
	Expires time.Duration // of Access
	User    identity.User
	Tenant  tenancy.Tenant
}

// SignIn opens a session. It returns [ErrSignIn] whatever is wrong with tenant,
// address or password, in the same time; [ErrCode] when they are right and the
// second factor is not; and an error of kind [domain.Exhausted] when attempts
// come too fast.
func (d *Desk) SignIn(ctx context.Context, c Credentials) (Pass, error) {
	tenant, user, attempt, err := d.recognise(ctx, c)
	if err != nil {
		return Pass{}, err
	}
	why, failure := d.prove(ctx, tenant, &user, c)
	if failure != nil {
		if why != "" {
			d.Refused(why)
			failure = errors.Join(failure, d.recordRefusal(ctx, tenant, user, c, why))
		}
		return Pass{}, failure
	}
	if err := d.Attempts.Succeed(ctx, attempt); err != nil {
		return Pass{}, err
	}
	return d.admit(ctx, tenant, user)
}

// recognise finds who wants in. A tenant or user that is not there is zero.
func (d *Desk) recognise(ctx context.Context, c Credentials) (t tenancy.Tenant, u identity.User, a Attempt, err error) {
	if t, err = d.tenant(ctx, c.Tenant); err != nil {
		return t, u, a, err
	}
	email, err := identity.NormaliseEmail(c.Email)
	if err != nil {
		email = "" // which is nobody's
	}
	now := d.Now()
	a = Attempt{TenantID: t.ID, Account: email, Network: NetworkOf(auditing.OriginOf(ctx).Address), At: now, SignIn: true}
	left, err := d.Attempts.Begin(ctx, a, func(t Tally) time.Duration { return Wait(t, now) })
	if err == nil && left > 0 {
		d.Refused(RefusedSlowed)
		err = slowed(left)
	}
	if err != nil {
		return t, u, a, err
	}
	u, err = d.Users.ByEmail(ctx, t.ID, email)
	if errors.Is(err, identity.ErrUnknown) {
		err = nil
	}
	return t, u, a, err
}

// tenant finds a tenant. One that is not there has the id of the platform's
// chain of events, where there are no users.
func (d *Desk) tenant(ctx context.Context, slug string) (tenancy.Tenant, error) {
	nobody := tenancy.Tenant{ID: auditing.Platform}
	if fit := tenancy.ValidateSlug(slug) == nil; !fit {
		return nobody, nil
	}
	t, err := d.Tenants.BySlug(ctx, slug)
	switch {
	case errors.Is(err, tenancy.ErrUnknown):
		t, err = nobody, nil
	case err != nil:
		err = fmt.Errorf("find tenant: %w", err)
	}
	return t, err
}

// prove checks what u knows and has. It says why it refuses, which is for the
// audit log only.
func (d *Desk) prove(ctx context.Context, t tenancy.Tenant, u *identity.User, c Credentials) (why Refusal, err error) {
	right, outdated, err := d.Passwords.Verify(ctx, c.Password, u.Password)
	switch {
	case err != nil:
		return "", err
	case u.ID == "":
		return RefusedUnknown, ErrSignIn
	case !right:
		return RefusedPassword, ErrSignIn
	case !u.DisabledAt.IsZero():
		return RefusedDisabled, ErrSignIn
	}
	if status := t.StatusAt(d.Now()); !status.MayCall() {
		return RefusedTenant, domain.Errorf(domain.Forbidden, "tenant."+string(status), "the tenant %s is %s; ask its administrator or the platform", t.Slug, status)
	}
	if err := d.checkFactor(ctx, *u, c.Code); err != nil {
		return RefusedCode, err
	}
	if outdated {
		if u.Password, err = d.Passwords.Hash(ctx, c.Password); err != nil {
			return "", err
		}
		if err := d.Users.Change(ctx, *u); err != nil {
			return "", fmt.Errorf("hash password anew: %w", err)
		}
	}
	return "", nil
}

func (d *Desk) recordRefusal(ctx context.Context, t tenancy.Tenant, u identity.User, c Credentials, why Refusal) error {
	target := ""
	if u.ID != "" {
		target = u.Subject()
	}
	const longest = 254
	return d.Recorder.Record(ctx, auditing.Event{
		TenantID: t.ID, Action: ActionRefused, Target: target, Outcome: auditing.Refused, Details: map[string]string{"reason": string(why)},
		Personal: map[string]string{"tenant": c.Tenant[:min(len(c.Tenant), longest)], "email": c.Email[:min(len(c.Email), longest)]},
	})
}

// admit opens a session for one who is recognised.
func (d *Desk) admit(ctx context.Context, t tenancy.Tenant, u identity.User) (Pass, error) {
	now := d.Now()
	s := Session{TenantID: t.ID, ID: d.NewID(), UserID: u.ID, Generation: 1, RotatedAt: now, CreatedAt: now}
	err := d.Unit.Within(ctx, t.ID, func(ctx context.Context) error {
		if err := d.Sessions.Open(ctx, s); err != nil {
			return err
		}
		return d.Recorder.Record(ctx, auditing.Event{
			TenantID: t.ID, Action: actionSignedIn, Target: u.Subject(), Outcome: auditing.Done, Details: map[string]string{"session": s.ID},
		})
	})
	if err != nil {
		return Pass{}, fmt.Errorf("open session: %w", err)
	}
	return d.pass(s, t, u)
}

// pass makes the tokens of a session's current generation.
func (d *Desk) pass(s Session, t tenancy.Tenant, u identity.User) (p Pass, err error) {
	now := d.Now()
	base := access.Claims{TenantID: s.TenantID, UserID: s.UserID, Session: s.ID}
	call, next := base, base
	call.Purpose, call.ExpiresAt = access.AccessToken, now.Add(accessLife)
	next.Purpose, next.ExpiresAt, next.Generation = access.RefreshToken, s.CreatedAt.Add(sessionLife), s.Generation
	p = Pass{Expires: accessLife, User: u, Tenant: t}
	if p.Access, err = d.Tokens.Issue(call); err != nil {
		return Pass{}, err
	}
	p.Refresh, err = d.Tokens.Issue(next)
	return p, err
}
