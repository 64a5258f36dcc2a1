package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/test/harness"
)

// A database that is killed while usage comes in misses nothing of it, and
// gives no quota out again.
func TestUsageOutlivesTheDatabase(t *testing.T) {
	t.Parallel()
	database, server := harness.PrivatePostgres(t)
	tenant := newTenant(t, database, "first")
	db := connect(t, database.AppURL)
	usage := postgres.NewUsage(db)
	meter := metering.NewMeter(usage, postgres.NewID(), time.Now)
	quota := daily(postgres.NewDays(db))
	if n, _, err := quota.Take(t.Context(), tenant.ID, 100, 60); err != nil || n != 60 {
		t.Fatal(n, err)
	}
	meter.Count(tenant.ID, metering.APICalls, 1)
	if err := meter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	for range 5 {
		meter.Count(tenant.ID, metering.APICalls, 10)
		within, cancel := context.WithTimeout(t.Context(), time.Second)
		if err := meter.Flush(within); err == nil {
			t.Error("usage was written to a database that is gone")
		}
		cancel()
	}
	if n, _, err := quota.Take(t.Context(), tenant.ID, 100, 1); err == nil {
		t.Errorf("%d of a quota that nobody counts", n)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	reader := metering.NewReader(usage, meter, quota, time.Now)
	if got := used(t, reader, tenant)[tenancy.APICalls].Used; got != 51 {
		t.Errorf("%d calls told before they are written", got)
	}
	if err := meter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := used(t, reader, tenant); got[tenancy.APICalls].Used != 51 || got[tenancy.Predictions].Used != 60 {
		t.Errorf("used %+v", got)
	}
	// A process that knows nothing finds what the others took.
	if n, _, err := daily(postgres.NewDays(db)).Take(t.Context(), tenant.ID, 100, 100); err != nil || n != 40 {
		t.Errorf("took %d, %v; 40 are left", n, err)
	}
}
