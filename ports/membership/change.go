package membership

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// List returns users of the caller's tenant. It takes [identity.ManageUsers].
func (m *Members) List(ctx context.Context, page catalogue.Page) ([]identity.User, error) {
	p, err := access.Allowed(ctx, identity.ManageUsers)
	if err != nil {
		return nil, err
	}
	return m.Users.List(ctx, p.TenantID, page)
}

// Get returns a user of the caller's tenant. It takes [identity.ManageUsers].
func (m *Members) Get(ctx context.Context, id string) (identity.User, error) {
	p, err := access.Allowed(ctx, identity.ManageUsers)
	if err != nil {
		return identity.User{}, err
	}
	return m.Users.ByID(ctx, p.TenantID, id)
}

// Me returns the caller, who must be a person.
func (m *Members) Me(ctx context.Context) (identity.User, error) {
	p, err := access.Allowed(ctx, identity.ManageAccount)
	if err != nil {
		return identity.User{}, err
	}
	if p.UserID == "" {
		return identity.User{}, access.ErrForbidden
	}
	return m.Users.ByID(ctx, p.TenantID, p.UserID)
}

// Change is what of a user is to be another; nil leaves it.
type Change struct {
	Name     *string
	Disabled *bool
	Role     *identity.Role
	// Guard refuses a change of a user who is not as the caller thinks; nil
	// asks nothing.
	Guard func(identity.User) error
}

// Rename changes the caller's own name.
func (m *Members) Rename(ctx context.Context, name string, guard func(identity.User) error) (identity.User, error) {
	u, err := m.Me(ctx)
	if err != nil {
		return identity.User{}, err
	}
	return m.apply(ctx, u.TenantID, u.ID, Change{Name: &name, Guard: guard}, actionChanged)
}

// Change changes a user of the caller's tenant. Another role, or being
// disabled, ends his sessions. It takes [identity.ManageUsers].
func (m *Members) Change(ctx context.Context, id string, c Change) (identity.User, error) {
	p, err := access.Allowed(ctx, identity.ManageUsers)
	if err != nil {
		return identity.User{}, err
	}
	action := actionChanged
	if c.Role != nil {
		action = actionRole
		t, err := m.Tenants.BySlug(ctx, p.Tenant)
		if err != nil {
			return identity.User{}, err
		}
		if err := may(p, *c.Role, t.Platform); err != nil {
			return identity.User{}, err
		}
	}
	if err := m.outranks(ctx, p, id); err != nil {
		return identity.User{}, err
	}
	return m.apply(ctx, p.TenantID, id, c, action)
}

// outranks keeps those who run the platform from being changed by less.
func (m *Members) outranks(ctx context.Context, p access.Principal, id string) error {
	u, err := m.Users.ByID(ctx, p.TenantID, id)
	if err == nil && u.Role.OfPlatform() && !p.May(identity.ManagePlatform) {
		err = errPlatformRole
	}
	return err
}

func (m *Members) apply(ctx context.Context, tenantID, id string, c Change, action string) (u identity.User, err error) {
	err = m.Unit.Within(ctx, tenantID, func(ctx context.Context) error {
		if err := m.Users.Lock(ctx, tenantID); err != nil {
			return err
		}
		if u, err = m.Users.ByID(ctx, tenantID, id); err != nil {
			return err
		}
		if c.Guard != nil {
			if err := c.Guard(u); err != nil {
				return err
			}
		}
		before := u
		if err := c.on(&u, m.Now); err != nil {
			return err
		}
		if u == before {
			return nil
		}
		u.UpdatedAt = m.Now()
		if err := m.Users.Change(ctx, u); err != nil {
			return err
		}
		u.Version++
		if err := m.settle(ctx, before, u); err != nil {
			return err
		}
		return m.record(ctx, u, action, map[string]string{"role": string(u.Role)})
	})
	return u, err
}

func (c Change) on(u *identity.User, now domain.Clock) (err error) {
	if c.Name != nil {
		if u.Name, err = identity.ValidateName(*c.Name); err != nil {
			return err
		}
	}
	if c.Role != nil {
		u.Role = *c.Role
	}
	if c.Disabled != nil && *c.Disabled == u.DisabledAt.IsZero() {
		u.DisabledAt = time.Time{}
		if *c.Disabled {
			u.DisabledAt = now()
		}
	}
	return nil
}

// settle sees to what follows from a change: sessions end, and somebody is
// left who may manage users.
func (m *Members) settle(ctx context.Context, before, after identity.User) error {
	if before.Role == after.Role && before.DisabledAt.Equal(after.DisabledAt) {
		return nil
	}
	if err := m.Sessions.EndAll(ctx, after.TenantID, after.ID, "", authenticating.Changed, m.Now()); err != nil {
		return err
	}
	return m.managed(ctx, before)
}

// managed returns [identity.ErrLastAdmin] when a manager was lost and none is left.
func (m *Members) managed(ctx context.Context, before identity.User) error {
	if !before.Role.ManagesUsers() {
		return nil
	}
	_, managers, err := m.Users.Count(ctx, before.TenantID)
	if err == nil && managers == 0 {
		err = identity.ErrLastAdmin
	}
	return err
}

// Remove takes a user of the caller's tenant away with all that is his, and his
// personal data out of the audit log. It takes [identity.ManageUsers].
func (m *Members) Remove(ctx context.Context, id string, guard func(identity.User) error) error {
	p, err := access.Allowed(ctx, identity.ManageUsers)
	if err != nil {
		return err
	}
	if err := m.outranks(ctx, p, id); err != nil {
		return err
	}
	return m.Unit.Within(ctx, p.TenantID, func(ctx context.Context) error {
		if err := m.Users.Lock(ctx, p.TenantID); err != nil {
			return err
		}
		u, err := m.Users.ByID(ctx, p.TenantID, id)
		if err != nil {
			return err
		}
		if guard != nil {
			if err := guard(u); err != nil {
				return err
			}
		}
		if err := m.Users.Remove(ctx, p.TenantID, id); err != nil {
			return err
		}
		if err := m.managed(ctx, u); err != nil {
			return err
		}
		if _, err := m.Eraser.Erase(ctx, p.TenantID, u.Subject()); err != nil {
			return err
		}
		u.Email = "" // which the event must not bring back
		return m.record(ctx, u, actionRemoved, map[string]string{"role": string(u.Role)})
	})
}
