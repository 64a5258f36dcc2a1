package tenancy

import (
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// Quota is something a plan limits.
type Quota string

// The quotas.
const (
	Users       Quota = "users"
	Predictions Quota = "predictions" // a day, in UTC
	APICalls    Quota = "api_calls"   // an hour
	StorageMB   Quota = "storage_mb"
)

// Quotas are all quotas.
var Quotas = []Quota{Users, Predictions, APICalls, StorageMB}

// Window is over which time a quota is counted; zero for what is held at once.
func (q Quota) Window() time.Duration {
	switch q {
	case Predictions:
		return 24 * time.Hour
	case APICalls:
		return time.Hour
	case Users, StorageMB:
	}
	return 0
}

// Limits are how much of each quota a tenant may use.
type Limits struct {
	Users       int
	Predictions int // a day
	APICalls    int // an hour
	StorageMB   int
}

// Of is the limit of one quota.
func (l Limits) Of(q Quota) int {
	switch q {
	case Users:
		return l.Users
	case Predictions:
		return l.Predictions
	case APICalls:
		return l.APICalls
	case StorageMB:
		return l.StorageMB
	}
	return 0
}

// Plan is what a tenant pays for.
type Plan string

// The plans. Limits of a custom plan are agreed one by one.
const (
	Basic        Plan = "basic"
	Professional Plan = "professional"
	Enterprise   Plan = "enterprise"
	Custom       Plan = "custom"
)

var limits = map[Plan]Limits{
	Basic:        {Users: 10, Predictions: 100, APICalls: 1_000, StorageMB: 100},
	Professional: {Users: 50, Predictions: 1_000, APICalls: 10_000, StorageMB: 1_000},
	Enterprise:   {Users: 200, Predictions: 10_000, APICalls: 100_000, StorageMB: 10_000},
}

// ParsePlan returns the plan that text names.
func ParsePlan(text string) (Plan, error) {
	switch p := Plan(text); p {
	case Basic, Professional, Enterprise, Custom:
		return p, nil
	}
	return "", domain.Errorf(domain.Invalid, "tenant.plan", "%q is no plan; say basic, professional, enterprise or custom", text).In("plan")
}

// MostOfAny bounds every limit of a custom plan.
const MostOfAny = 1_000_000_000

// LimitsOf are the limits of plan; custom counts for [Custom] alone.
func LimitsOf(plan Plan, custom Limits) (Limits, error) {
	if _, err := ParsePlan(string(plan)); err != nil {
		return Limits{}, err
	}
	if fixed, ok := limits[plan]; ok {
		if custom != (Limits{}) {
			return Limits{}, domain.Errorf(domain.Invalid, "tenant.limits", "the plan %s has limits of its own; only custom takes others", plan).In("limits")
		}
		return fixed, nil
	}
	for _, q := range Quotas {
		if n := custom.Of(q); n < 1 || n > MostOfAny {
			return Limits{}, domain.Errorf(domain.Invalid, "tenant.limits", "a custom plan needs a limit of %s between 1 and %d", q, MostOfAny).In("limits." + string(q))
		}
	}
	return custom, nil
}
