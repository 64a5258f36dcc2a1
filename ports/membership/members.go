// Package membership says who belongs to a tenant, and as what.
package membership

import (
	"context"
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Users keeps the users of all tenants, each within its walls.
type Users interface {
	authenticating.Users

	// Lock keeps others from making or changing users of a tenant before the
	// unit of work ends.
	Lock(ctx context.Context, tenantID string) error
	// Create keeps u, or returns [identity.ErrTaken].
	Create(ctx context.Context, u identity.User) error
	// List returns users in order of creation.
	List(ctx context.Context, tenantID string, p catalogue.Page) ([]identity.User, error)
	// Count returns how many users a tenant has, and how many of them may sign
	// in and manage users.
	Count(ctx context.Context, tenantID string) (users, managers int, err error)
	// Remove takes a user away with all that is his.
	Remove(ctx context.Context, tenantID, id string) error
}

// Tenants finds a tenant by its slug.
type Tenants interface {
	// BySlug returns a tenant, or [tenancy.ErrUnknown].
	BySlug(ctx context.Context, slug string) (tenancy.Tenant, error)
}

// Inviter writes to somebody who has no password yet.
type Inviter interface {
	Invite(ctx context.Context, t tenancy.Tenant, u identity.User) error
}

// Eraser removes personal data from the audit events by and about a subject.
type Eraser interface {
	Erase(ctx context.Context, tenantID, subject string) (int, error)
}

// The actions that are audited here.
const (
	actionCreated = "user.created"
	actionChanged = "user.changed"
	actionRole    = "user.role_changed"
	actionRemoved = "user.removed"
)

// Members makes and changes the users of a tenant.
type Members struct{ Parts }

// Parts are what [Members] is made of.
type Parts struct {
	Users    Users
	Tenants  Tenants
	Sessions authenticating.Sessions
	Inviter  Inviter
	Eraser   Eraser
	Unit     transacting.Unit
	Recorder auditing.Recorder
	NewID    func() string // makes UUIDv7
	Now      domain.Clock
}

// NewMembers returns Members.
func NewMembers(p Parts) *Members { return &Members{p} }

// Invitation asks for a user.
type Invitation struct {
	Email, Name string
	Role        identity.Role
}

// Invite makes a user of the caller's tenant and mails him how to set a
// password. It takes [identity.ManageUsers].
func (m *Members) Invite(ctx context.Context, i Invitation) (identity.User, error) {
	p, err := access.Allowed(ctx, identity.ManageUsers)
	if err != nil {
		return identity.User{}, err
	}
	t, err := m.Tenants.BySlug(ctx, p.Tenant)
	if err != nil {
		return identity.User{}, fmt.Errorf("find tenant: %w", err)
	}
	if err := may(p, i.Role, t.Platform); err != nil {
		return identity.User{}, err
	}
	u, err := m.Create(ctx, t, i, "")
	if err != nil {
		return identity.User{}, err
	}
	return u, m.Inviter.Invite(ctx, t, u)
}

// Create makes a user with a password hash, which may be empty. Whoever calls
// it has made sure that it is allowed.
func (m *Members) Create(ctx context.Context, t tenancy.Tenant, i Invitation, hash string) (u identity.User, err error) {
	now := m.Now()
	u = identity.User{TenantID: t.ID, ID: m.NewID(), Role: i.Role, Password: hash, CreatedAt: now, UpdatedAt: now, Version: 1}
	if u.Email, err = identity.NormaliseEmail(i.Email); err != nil {
		return identity.User{}, err
	}
	if u.Name, err = identity.ValidateName(i.Name); err != nil {
		return identity.User{}, err
	}
	if u.Role.OfPlatform() && !t.Platform {
		return identity.User{}, errPlatformRole
	}
	err = m.Unit.Within(ctx, t.ID, func(ctx context.Context) error {
		if err := m.Users.Lock(ctx, t.ID); err != nil {
			return err
		}
		users, _, err := m.Users.Count(ctx, t.ID)
		if err != nil {
			return err
		}
		if users >= t.Limits.Users {
			return identity.ErrNoSeat
		}
		if err := m.Users.Create(ctx, u); err != nil {
			return err
		}
		return m.record(ctx, u, actionCreated, map[string]string{"role": string(u.Role)})
	})
	return u, err
}

var errPlatformRole = domain.Errorf(domain.Forbidden, "user.platform_role", "the roles operator and platform_admin are given in the platform's own tenant by a platform_admin only")

// may tells whether p may give a role.
func may(p access.Principal, r identity.Role, platform bool) error {
	if _, err := identity.ParseRole(string(r)); err != nil {
		return err
	}
	if r.OfPlatform() && (!platform || !p.May(identity.ManagePlatform)) {
		return errPlatformRole
	}
	return nil
}

func (m *Members) record(ctx context.Context, u identity.User, action string, details map[string]string) error {
	return m.Recorder.Record(ctx, auditing.Event{
		TenantID: u.TenantID, Action: action, Target: u.Subject(), Outcome: auditing.Done, Details: details,
		Personal: map[string]string{"email": u.Email},
	})
}
