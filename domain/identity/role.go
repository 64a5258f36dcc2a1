// Package identity holds who may sign in and what their role allows. It knows
// no storage, no clock and no cryptography.
package identity

import "github.com/football-prediction/football-prediction/domain"

// Role is what a user is to a tenant, or to the platform.
type Role string

// The roles. The first three live in any tenant; the last two run the platform
// and are held only by users of the platform's own tenant.
const (
	Viewer        Role = "viewer"
	Analyst       Role = "analyst"
	TenantAdmin   Role = "tenant_admin"
	Operator      Role = "operator"
	PlatformAdmin Role = "platform_admin"
)

// Newcomer is what one who must have a second factor, and has none yet, is
// until then: it may set one up and nothing else. Nobody is given this role.
const Newcomer Role = "newcomer"

// Roles are all roles, from the least to the most.
var Roles = []Role{Viewer, Analyst, TenantAdmin, Operator, PlatformAdmin}

// ParseRole returns the role that text names.
func ParseRole(text string) (Role, error) {
	for _, r := range Roles {
		if string(r) == text {
			return r, nil
		}
	}
	return "", domain.Errorf(domain.Invalid, "identity.role",
		"%q is no role; say viewer, analyst, tenant_admin, operator or platform_admin", text).In("role")
}

// OfPlatform reports whether r runs the platform, not a tenant.
func (r Role) OfPlatform() bool { return r == Operator || r == PlatformAdmin }
