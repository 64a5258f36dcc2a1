package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/test/harness"
)

// BenchmarkFlush writes a few seconds' usage of few and many tenants, in one
// statement each; see the time for one tenant.
func BenchmarkFlush(b *testing.B) {
	database := harness.Postgres(b)
	var ids []string
	err := connect(b, database.AdminURL).NewRaw(`
		INSERT INTO tenants (tenant_id, slug, name, created_at)
		SELECT gen_random_uuid(), 'tenant-' || n, '', now() FROM generate_series(1, 10000) AS n
		RETURNING tenant_id::text`).Scan(b.Context(), &ids)
	if err != nil {
		b.Fatal(err)
	}
	meter := metering.NewMeter(postgres.NewUsage(connect(b, database.AppURL)), postgres.NewID(), time.Now)
	for _, tenants := range []int{10, 100, 1000, 10_000} {
		b.Run(fmt.Sprintf("tenants=%d", tenants), func(b *testing.B) {
			for b.Loop() {
				for _, id := range ids[:tenants] {
					meter.Count(id, metering.APICalls, 1)
				}
				if err := meter.Flush(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(tenants), "µs/tenant")
		})
	}
}
