package postgres_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/test/harness"
)

func daily(db *postgres.Days) *limiting.Daily {
	begin := time.Now()
	return limiting.NewDaily(tenancy.Predictions, db, func() time.Duration { return time.Since(begin) })
}

// Four processes hand out exactly what a day has, in singles and batches; what
// one gives back another may use.
func TestADaysQuotaIsHandedOutOnce(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	tenant := newTenant(t, database, "first")
	db := connect(t, database.AppURL)
	processes := make([]*limiting.Daily, 4)
	for i := range processes {
		processes[i] = daily(postgres.NewDays(db))
	}
	const limit = 1000
	var (
		taken atomic.Int64
		wg    sync.WaitGroup
	)
	for i := range 16 {
		wg.Go(func() {
			for n := range 100 {
				granted, retryAt, err := processes[i%4].Take(t.Context(), tenant.ID, limit, 1+n%3)
				if err != nil || (granted < 1+n%3) == retryAt.IsZero() {
					t.Error(granted, retryAt, err)
					return
				}
				taken.Add(int64(granted))
			}
		})
	}
	wg.Wait()
	for _, p := range processes {
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	rest, retryAt, err := daily(postgres.NewDays(db)).Take(t.Context(), tenant.ID, limit, limit)
	if err != nil || int(taken.Load())+rest != limit {
		t.Errorf("%d were taken and %d left of %d, %v", taken.Load(), rest, limit, err)
	}
	if left := time.Until(retryAt); left <= 0 || left > 24*time.Hour || retryAt.Truncate(24*time.Hour) != retryAt {
		t.Errorf("more at %v", retryAt)
	}
	t.Logf("%d taken by 16 clients of 4 processes, %d given back", taken.Load(), rest)
}

func TestWhatIsReturnedIsNotUsed(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	tenant := newTenant(t, database, "first")
	db := connect(t, database.AppURL)
	d := daily(postgres.NewDays(db))
	usage := postgres.NewUsage(db)
	reader := metering.NewReader(usage, metering.NewMeter(usage, postgres.NewID(), time.Now), d, time.Now)
	quota := limiting.NewPredictions(d)
	ctx := access.With(t.Context(), access.Principal{TenantID: tenant.ID, Limits: tenant.Limits})
	wants := func(step string, want int) {
		t.Helper()
		if got := used(t, reader, tenant)[tenancy.Predictions]; got.Used != want || got.Limit != 100 || got.ResetsAt.IsZero() {
			t.Errorf("%s: %+v, want %d used", step, got, want)
		}
		if days := usageOf(t, reader, tenant).Days; days[len(days)-1].Predictions != int64(want) {
			t.Errorf("%s: the history tells %+v, want %d", step, days[len(days)-1], want)
		}
	}
	if granted, err := quota.Take(ctx, tenant.ID, 70); err != nil || granted != 70 {
		t.Fatal(granted, err)
	}
	wants("taken", 70)
	if err := quota.Return(ctx, tenant.ID, 20); err != nil {
		t.Fatal(err)
	}
	wants("returned", 50)
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wants("given back", 50)
	if granted, err := quota.Take(ctx, tenant.ID, 80); err != nil || granted != 50 {
		t.Errorf("took %d of 80, %v; 50 are left", granted, err)
	}
	if granted, err := quota.Take(ctx, tenant.ID, 1); err != nil || granted != 0 {
		t.Errorf("took %d of none, %v", granted, err)
	}
	wants("all taken", 100)
	err := postgres.NewUnit(db).Within(t.Context(), tenant.ID, func(work context.Context) error {
		_, _, err := daily(postgres.NewDays(db)).Take(work, tenant.ID, 100, 1)
		return err
	})
	if err == nil {
		t.Error("a quota was taken inside a unit of work, which may be undone")
	}
}
