package limiting

import (
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
)

// Rate is an even rate with a burst, as the generic cell rate algorithm takes
// it (ITU-T I.371, annex A): one call each Interval, and Burst calls at once
// after a rest.
type Rate struct {
	Interval time.Duration
	Burst    int
}

const (
	// burstShare of an hour's calls may be made at once. A client that loads a
	// page or catches up needs a burst; one that spends its hour in a second
	// would be everybody's peak.
	burstShare = 0.10
	leastBurst = 60
	// keyShare of its tenant's burst is what one key or user may take, so that
	// a script gone wild leaves some to the others. The rate is the tenant's
	// whole: who has one key only gets all that the plan says.
	keyShare = 0.80
)

// ofTenant is the rate that limit calls an hour allow a tenant.
func ofTenant(limit int) Rate {
	// Rounded up, so that a window never holds more than the limit.
	interval := (tenancy.APICalls.Window() + time.Duration(limit) - 1) / time.Duration(limit)
	return Rate{Interval: interval, Burst: max(leastBurst, int(burstShare*float64(limit)))}
}

// ofKey is the rate of one credential of a tenant.
func ofKey(limit int) Rate {
	r := ofTenant(limit)
	r.Burst = max(1, int(keyShare*float64(r.Burst)))
	return r
}

// limitOf is how many calls an hour a credential allows. No tenant has a limit
// of zero; a credential that says so was read without limits, and is held to
// the smallest plan.
func limitOf(l tenancy.Limits) int {
	if l.APICalls > 0 {
		return l.APICalls
	}
	smallest, _ := tenancy.LimitsOf(tenancy.Basic, tenancy.Limits{}) // a plan there is
	return smallest.APICalls
}
