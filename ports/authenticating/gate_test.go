package authenticating_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/authenticating"
)

// standing is one that every session has.
type standing struct {
	is  authenticating.Standing
	err error
}

func (s standing) Standing(context.Context, string, string, string) (authenticating.Standing, error) {
	return s.is, s.err
}

func TestWhoIsBehindASession(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	broken := errors.New("broken")
	of := func(role identity.Role, change func(*authenticating.Standing)) standing {
		s := authenticating.Standing{Role: role, Tenant: tenancy.Tenant{Slug: "acme", Status: tenancy.Active}}
		if change != nil {
			change(&s)
		}
		return standing{is: s}
	}
	withFactor := func(s *authenticating.Standing) { s.SecondFactor = true }
	for name, c := range map[string]struct {
		standing standing
		strict   bool
		want     identity.Role
		err      error
	}{
		"an analyst":                            {of(identity.Analyst, nil), true, identity.Analyst, nil},
		"an operator in development":            {of(identity.Operator, nil), false, identity.Operator, nil},
		"an operator without a factor":          {of(identity.Operator, nil), true, identity.Newcomer, nil},
		"an administrator without a factor":     {of(identity.PlatformAdmin, nil), true, identity.Newcomer, nil},
		"an administrator with a factor":        {of(identity.PlatformAdmin, withFactor), true, identity.PlatformAdmin, nil},
		"a session that ended":                  {of(identity.Viewer, func(s *authenticating.Standing) { s.Ended = true }), true, "", access.ErrUnauthenticated},
		"a disabled user":                       {of(identity.Viewer, func(s *authenticating.Standing) { s.Disabled = true }), true, "", access.ErrUnauthenticated},
		"a suspended tenant":                    {of(identity.Viewer, func(s *authenticating.Standing) { s.Tenant.Status = tenancy.Suspended }), true, "", access.ErrUnauthenticated},
		"a trial that ended by the clock alone": {of(identity.Viewer, func(s *authenticating.Standing) { s.Tenant.Status, s.Tenant.TrialEnds = tenancy.Trial, at }), true, "", access.ErrUnauthenticated},
		"no such session":                       {standing{err: authenticating.ErrSession}, true, "", access.ErrUnauthenticated},
		"a database that is away":               {standing{err: broken}, true, "", broken},
	} {
		p, err := authenticating.NewGate(c.standing, c.strict).Principal(t.Context(), access.Claims{UserID: "u", Session: "s"}, at)
		if !errors.Is(err, c.err) || p.Role != c.want {
			t.Errorf("%s: role %q, %v; want %q, %v", name, p.Role, err, c.want, c.err)
		}
	}
}

// One who must have a second factor first may do nothing but set it up.
func TestANewcomerMayOnlyMindHisAccount(t *testing.T) {
	for _, p := range identity.Permissions {
		if got := access.RoleAllows(identity.Newcomer, p); got != (p == identity.ManageAccount) {
			t.Errorf("a newcomer's %s is %v", p, got)
		}
	}
}
