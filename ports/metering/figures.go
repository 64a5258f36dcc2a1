package metering

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// TenantUse is how much of one quota one tenant uses.
type TenantUse struct {
	Tenant      string // slug
	Quota       tenancy.Quota
	Used, Limit int
}

// Activity is how many users were seen in a window that ends today.
type Activity struct {
	Days   int // length of the window
	Active int // users seen in it
	Former int // users seen in the window before it
	Stayed int // users seen in both
}

// Retention is the share of the former window's users who were seen again; it
// is false when there were none.
func (a Activity) Retention() (float64, bool) {
	if a.Former == 0 {
		return 0, false
	}
	return float64(a.Stayed) / float64(a.Former), true
}

// Windows are the lengths that activity is told of, in days.
var Windows = []int{1, 7, 30}

// Figures look across tenants.
type Figures interface {
	// Closest returns all that is counted of the tenants that are closest to
	// one of their limits.
	Closest(ctx context.Context, tenants int) ([]TenantUse, error)
	// Activity returns one Activity for each of [Windows].
	Activity(ctx context.Context) ([]Activity, error)
}
