package redis_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/test/harness"
)

// single asks the store for each call, as a limiter without leases does.
type single struct{ store limiting.Store }

func (s single) Take(ctx context.Context, p access.Principal, cost int) (limiting.Decision, error) {
	rate := limiting.Rate{Interval: time.Hour / time.Duration(p.Limits.APICalls), Burst: p.Limits.APICalls / 10}
	g, err := s.store.Lease(ctx, limiting.Demand{
		Tenant: limiting.Bucket{Name: "single:{" + p.TenantID + "}", Rate: rate},
		Key:    limiting.Bucket{Name: "single:{" + p.TenantID + "}:" + p.Subject, Rate: rate}, Cost: cost, Want: cost,
	})
	return limiting.Decision{Allowed: g.Calls >= cost}, err
}

// BenchmarkTake compares a limiter that leases with one call to Redis for each
// decision, for few and many tenants. Compare the figures within one run.
func BenchmarkTake(b *testing.B) {
	store := redis.NewLimits(client(b, harness.Redis(b)))
	begin := time.Now()
	leasing := limiting.NewLeasing(store, func() time.Duration { return time.Since(begin) }, &modes{})
	b.Cleanup(leasing.Close)
	for _, one := range []struct {
		name    string
		limiter limiting.Limiter
	}{{"leased", leasing}, {"single", single{store}}} {
		for _, tenants := range []int{1, 10, 100, 1000, 10_000} {
			b.Run(fmt.Sprintf("%s/tenants=%d", one.name, tenants), func(b *testing.B) { takes(b, one.limiter, tenants) })
		}
	}
}

func takes(b *testing.B, l limiting.Limiter, tenants int) {
	b.Helper()
	callers := make([]access.Principal, tenants)
	for i := range callers {
		callers[i] = caller(fmt.Sprintf("%s-%d", b.Name(), i), "api-key:1")
		callers[i].Limits.APICalls = 1_000_000_000 // what is measured is never refused
	}
	var turn, refused atomic.Int64
	b.SetParallelism(16)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			d, err := l.Take(b.Context(), callers[int(turn.Add(1))%tenants], 1)
			if err != nil {
				b.Error(err)
				return
			}
			if !d.Allowed {
				refused.Add(1)
			}
		}
	})
	if n := refused.Load(); n > 0 {
		b.Errorf("%d of %d calls were refused", n, b.N)
	}
}
