// Package access knows who calls and what they may do.
package access

import (
	"context"
	"slices"

	"github.com/football-prediction/football-prediction/domain"
)

// Scope is something a credential allows.
type Scope string

// The scopes. Reading is what every key may do; operating starts, promotes
// and rolls back.
const (
	Read    Scope = "read"
	Operate Scope = "operate"
)

// ParseScope returns the scope that text names.
func ParseScope(text string) (Scope, error) {
	if s := Scope(text); s == Read || s == Operate {
		return s, nil
	}
	return "", domain.Errorf(domain.Invalid, "access.scope", "%q is no scope; say %s or %s", text, Read, Operate)
}

// Principal is who calls. It comes from a credential alone.
type Principal struct {
	TenantID string
	Tenant   string // the tenant's slug
	Subject  string // what the caller is known by in records, such as "api-key:0197…"
	Scopes   []Scope
}

// Errors of this package.
var (
	ErrUnauthenticated = &domain.Error{Kind: domain.Unauthorised, Code: "access.unauthenticated", Detail: "a valid credential is needed: send an API key in X-API-Key"}
	ErrForbidden       = &domain.Error{Kind: domain.Forbidden, Code: "access.forbidden", Detail: "the credential does not allow this"}
)

// Require returns [ErrForbidden] unless p has scope.
func (p Principal) Require(scope Scope) error {
	if slices.Contains(p.Scopes, scope) {
		return nil
	}
	return domain.Errorf(domain.Forbidden, ErrForbidden.Code, "the credential lacks the scope %q", scope)
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
