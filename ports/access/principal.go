// Package access knows who calls and what they may do.
package access

import (
	"context"
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// Principal is who calls. It comes from a credential alone: either a user with
// a role, or an API key with scopes.
type Principal struct {
	TenantID string
	Tenant   string // the tenant's slug
	Subject  string // what the caller is known by in records, such as "api-key:0197…" or "user:0197…"
	UserID   string // empty for an API key
	Session  string // the session that the access token belongs to; empty for an API key
	Role     identity.Role
	Scopes   []Scope
	Limits   tenancy.Limits // the tenant's, as they were when the credential was looked up
	// Until is up to when all this holds unless somebody changes it; zero: for
	// ever. From then on it is looked up again.
	Until time.Time
}

// Errors of this package.
var (
	ErrUnauthenticated = &domain.Error{Kind: domain.Unauthorised, Code: "access.unauthenticated", Detail: "a valid credential is needed: send an API key in X-API-Key, or an access token as Authorization: Bearer"}
	ErrForbidden       = &domain.Error{Kind: domain.Forbidden, Code: "access.forbidden", Detail: "the credential does not allow this"}
)

// May reports whether p is allowed something.
func (p Principal) May(permission identity.Permission) bool {
	return RoleAllows(p.Role, permission) ||
		slices.ContainsFunc(p.Scopes, func(s Scope) bool { return ScopeAllows(s, permission) })
}

// Require returns [ErrForbidden] unless p is allowed something.
func (p Principal) Require(permission identity.Permission) error {
	if p.May(permission) {
		return nil
	}
	return domain.Errorf(domain.Forbidden, ErrForbidden.Code, "the credential does not allow this; it takes the permission %s", permission)
}

type principalKey struct{}

// With returns ctx carrying p.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// From returns the Principal that ctx carries, or [ErrUnauthenticated].
func From(ctx context.Context) (Principal, error) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	if !ok {
		return Principal{}, ErrUnauthenticated
	}
	return p, nil
}

// Allowed returns the Principal that ctx carries when it is allowed something,
// or [ErrUnauthenticated] or [ErrForbidden]. Use cases begin with it.
func Allowed(ctx context.Context, permission identity.Permission) (Principal, error) {
	p, err := From(ctx)
	if err != nil {
		return Principal{}, err
	}
	return p, p.Require(permission)
}
