package tenancy

// Status is where a tenant stands in its life.
type Status string

// The states. A trial ends by expiring or by becoming active; a tenant that is
// suspended or expired keeps its data and may not call.
const (
	Trial     Status = "trial"
	Active    Status = "active"
	Suspended Status = "suspended"
	Expired   Status = "expired"
)

// MayCall reports whether the tenant's credentials work.
func (s Status) MayCall() bool { return s == Trial || s == Active }
