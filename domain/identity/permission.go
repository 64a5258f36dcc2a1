package identity

// Permission is one thing a caller may be allowed to do. Which role and which
// scope of an API key allows it stands in one table, in ports/access.
type Permission string

// The permissions.
const (
	ReadFootball     Permission = "football:read"     // competitions, matches, forecasts, models, data quality
	ReadPredictions  Permission = "predictions:read"  // predictions of the tenant, statistics, leaderboards
	WritePredictions Permission = "predictions:write" // one's own predictions
	ManageAccount    Permission = "account:manage"    // one's own profile, password and second factor
	ReadTenant       Permission = "tenant:read"       // the own tenant, its plan and usage
	ManageTenant     Permission = "tenant:manage"     // the own tenant's name and settings
	ManageUsers      Permission = "users:manage"      // users of the own tenant and their roles
	ManageKeys       Permission = "api_keys:manage"   // API keys of the own tenant
	ReadAudit        Permission = "audit:read"        // what happened in the own tenant
	RunOperations    Permission = "operations:run"    // start and approve workflows, promote models
	ManagePlatform   Permission = "platform:manage"   // all tenants
)

// Permissions are all permissions.
var Permissions = []Permission{
	ReadFootball, ReadPredictions, WritePredictions, ManageAccount, ReadTenant, ManageTenant,
	ManageUsers, ManageKeys, ReadAudit, RunOperations, ManagePlatform,
}
