package authenticating

import (
	"context"
	"errors"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
)

var _ access.Sessions = (*Gate)(nil)

// Standing is a session with what its user and tenant are at the moment.
type Standing struct {
	Ended        bool
	Disabled     bool
	Role         identity.Role
	SecondFactor bool // one is set up and confirmed
	Tenant       tenancy.Tenant
}

// Standings finds the standing of sessions.
type Standings interface {
	// Standing returns what is known of a session and its user, or
	// [ErrSession].
	Standing(ctx context.Context, tenantID, sessionID, userID string) (Standing, error)
}

// Gate tells who is behind an access token.
type Gate struct {
	standings Standings
	strict    bool
}

// NewGate returns a Gate. A strict one holds those who run the platform to a
// second factor: until they have one they may do nothing but set it up.
func NewGate(standings Standings, strict bool) *Gate {
	return &Gate{standings: standings, strict: strict}
}

// Principal implements [access.Sessions].
func (g *Gate) Principal(ctx context.Context, c access.Claims, at time.Time) (access.Principal, error) {
	s, err := g.standings.Standing(ctx, c.TenantID, c.Session, c.UserID)
	switch {
	case errors.Is(err, ErrSession):
		return access.Principal{}, access.ErrUnauthenticated
	case err != nil:
		return access.Principal{}, err
	case s.Ended || s.Disabled || !s.Tenant.StatusAt(at).MayCall():
		return access.Principal{}, access.ErrUnauthenticated
	}
	role := s.Role
	if g.strict && role.OfPlatform() && !s.SecondFactor {
		role = identity.Newcomer
	}
	var until time.Time
	if s.Tenant.Status == tenancy.Trial {
		until = s.Tenant.TrialEnds
	}
	return access.Principal{
		Until: until, TenantID: c.TenantID, Tenant: s.Tenant.Slug, Subject: identity.SubjectOf(c.UserID), UserID: c.UserID, Session: c.Session,
		Role: role, Limits: s.Tenant.Limits,
	}, nil
}

// person is the caller when it is a person, not an API key.
func person(ctx context.Context) (access.Principal, error) {
	p, err := access.Allowed(ctx, identity.ManageAccount)
	if err == nil && p.UserID == "" {
		err = access.ErrForbidden
	}
	return p, err
}
