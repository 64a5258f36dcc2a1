package prometheus

import (
	"context"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/ports/metering"
)

// shownTenants is how many tenants have series: those closest to a limit. A
// tenant that is no longer among them has none.
const shownTenants = 10

var (
	quotaLabels = []string{"tenant", "quota"}
	quotaUsage  = prom.NewDesc("tenant_quota_usage", "What is used of a quota, by the tenants closest to a limit.", quotaLabels, nil)
	quotaLimit  = prom.NewDesc("tenant_quota_limit", "The limit of a quota, of the tenants closest to a limit.", quotaLabels, nil)
)

// Quotas shows the tenants that are closest to a limit.
type Quotas struct {
	closest *latest[[]metering.TenantUse]
}

// NewQuotas returns Quotas that are in r and read by f.
func NewQuotas(r prom.Registerer, f *Refresher, figures metering.Figures) *Quotas {
	q := &Quotas{refreshed(f, "quotas", refreshEvery, func(ctx context.Context) ([]metering.TenantUse, error) {
		return figures.Closest(ctx, shownTenants)
	})}
	r.MustRegister(q)
	return q
}

// Describe implements [prom.Collector].
func (*Quotas) Describe(out chan<- *prom.Desc) {
	out <- quotaUsage
	out <- quotaLimit
}

// Collect implements [prom.Collector].
func (q *Quotas) Collect(out chan<- prom.Metric) {
	for _, u := range q.closest.get() {
		show(out, quotaUsage, float64(u.Used), u.Tenant, string(u.Quota))
		show(out, quotaLimit, float64(u.Limit), u.Tenant, string(u.Quota))
	}
}
