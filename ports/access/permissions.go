package access

import (
	"slices"

	"github.com/football-prediction/football-prediction/domain/identity"
)

// The table of permissions: who may do what is decided here and nowhere else.
// Each line names what a role or a scope of an API key allows.
var (
	ofRole = map[identity.Role][]identity.Permission{
		identity.Newcomer:    {identity.ManageAccount},
		identity.Viewer:      viewer,
		identity.Analyst:     analyst,
		identity.TenantAdmin: tenantAdmin,
		identity.Operator:    operator,
		identity.PlatformAdmin: slices.Concat(tenantAdmin, []identity.Permission{
			identity.RunOperations, identity.ManagePlatform,
		}),
	}
	ofScope = map[Scope][]identity.Permission{
		Read:    {identity.ReadFootball, identity.ReadPredictions, identity.ReadTenant},
		Predict: {identity.WritePredictions},
		// A key that is stolen must not make others: ManageKeys needs a person.
		Manage:  {identity.ManageTenant, identity.ManageUsers, identity.ReadAudit},
		Operate: {identity.RunOperations},
	}

	viewer      = []identity.Permission{identity.ReadFootball, identity.ReadPredictions, identity.ReadTenant, identity.ManageAccount}
	analyst     = slices.Concat(viewer, []identity.Permission{identity.WritePredictions})
	tenantAdmin = slices.Concat(analyst, []identity.Permission{
		identity.ManageTenant, identity.ManageUsers, identity.ManageKeys, identity.ReadAudit,
	})
	operator = slices.Concat(viewer, []identity.Permission{identity.RunOperations, identity.ReadAudit})
)

// RoleAllows reports whether a role allows something.
func RoleAllows(r identity.Role, p identity.Permission) bool { return slices.Contains(ofRole[r], p) }

// ScopeAllows reports whether a scope allows something.
func ScopeAllows(s Scope, p identity.Permission) bool { return slices.Contains(ofScope[s], p) }
