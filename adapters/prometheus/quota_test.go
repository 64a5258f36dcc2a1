package prometheus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/metering"
)

// tenants are what a database tells across tenants.
type tenants struct {
	uses     []metering.TenantUse
	activity []metering.Activity
	err      error
	asked    int
}

func (t *tenants) Closest(_ context.Context, most int) ([]metering.TenantUse, error) {
	t.asked++
	return t.uses[:min(len(t.uses), most*len(tenancy.Quotas))], t.err
}

func (t *tenants) Activity(context.Context) ([]metering.Activity, error) { return t.activity, t.err }

// use has every quota of some tenants.
func use(from, to int) (all []metering.TenantUse) {
	for i := from; i < to; i++ {
		for _, q := range tenancy.Quotas {
			all = append(all, metering.TenantUse{Tenant: fmt.Sprintf("tenant-%04d", i), Quota: q, Used: 90, Limit: 100})
		}
	}
	return all
}

func TestOnlyTheClosestTenantsHaveSeries(t *testing.T) {
	now, d := start, &tenants{uses: use(0, 1000)}
	r := prometheus.NewRegistry()
	f := prometheus.NewRefresher(r, func() time.Time { return now }, zap.NewNop())
	prometheus.NewQuotas(r, f, d)
	f.Refresh(t.Context())
	before := scrape(t, r, "tenant_quota_")
	if len(before) != 10*4*2 || !slices.Contains(before, `tenant_quota_limit{quota="users",tenant="tenant-0000"} 100`) {
		t.Errorf("%d series, such as %v", len(before), before[:1])
	}
	// Others come closer; those who were shown before are gone.
	d.uses, now = use(500, 1000), now.Add(time.Minute)
	f.Refresh(t.Context())
	after := scrape(t, r, "tenant_quota_")
	if len(after) != 10*4*2 || slices.ContainsFunc(after, func(line string) bool { return slices.Contains(before, line) }) {
		t.Errorf("%d series afterwards, such as %v", len(after), after[:1])
	}
	// While the database is away the last figures stay, and are asked for rarely.
	d.err, now = errors.New("away"), now.Add(time.Minute)
	for range 10 {
		f.Refresh(t.Context())
		if diff := cmp.Diff(after, scrape(t, r, "tenant_quota_")); diff != "" {
			t.Error(diff)
		}
	}
	if d.asked != 3 {
		t.Errorf("the database was asked %d times", d.asked)
	}
}

func TestDroppedUsageShows(t *testing.T) {
	r := prometheus.NewRegistry()
	prometheus.RegisterDropped(r, func() int64 { return 7 })
	if diff := cmp.Diff([]string{"usage_dropped_total 7"}, scrape(t, r, "usage_")); diff != "" {
		t.Error(diff)
	}
}

func TestActivity(t *testing.T) {
	r := prometheus.NewRegistry()
	f := prometheus.NewRefresher(r, time.Now, zap.NewNop())
	prometheus.NewActivity(r, f, &tenants{activity: []metering.Activity{
		{Days: 1, Active: 3}, {Days: 7, Active: 10, Former: 8, Stayed: 6}, {Days: 30, Active: 40, Former: 20, Stayed: 20},
	}})
	f.Refresh(t.Context())
	want := []string{
		`active_users{window="1d"} 3`, `active_users{window="30d"} 40`, `active_users{window="7d"} 10`,
		`user_retention_ratio{window="30d"} 1`, `user_retention_ratio{window="7d"} 0.75`,
	}
	if diff := cmp.Diff(want, slices.Concat(scrape(t, r, "active_users"), scrape(t, r, "user_retention"))); diff != "" {
		t.Error(diff)
	}
}

func TestLimits(t *testing.T) {
	r := prometheus.NewRegistry()
	l := prometheus.NewLimits(r)
	l.Decided(true, false)
	l.Decided(true, false)
	l.Decided(false, true)
	l.LocalMode(true)
	want := []string{
		`rate_limit_decisions_total{mode="local",result="allowed"} 0`, `rate_limit_decisions_total{mode="local",result="refused"} 1`,
		`rate_limit_decisions_total{mode="shared",result="allowed"} 2`, `rate_limit_decisions_total{mode="shared",result="refused"} 0`,
		`rate_limit_local_mode 1`,
	}
	if diff := cmp.Diff(want, scrape(t, r, "rate_limit_")); diff != "" {
		t.Error(diff)
	}
	l.LocalMode(false)
	if got := scrape(t, r, "rate_limit_local"); got[0] != "rate_limit_local_mode 0" {
		t.Error(got)
	}
}
