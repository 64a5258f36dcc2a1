package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/test/harness"
)

// faulty is a store whose answers get lost, after or before it has written.
type faulty struct {
	metering.Store
	refuse, lose bool
}

var errLost = errors.New("connection lost")

func (f *faulty) Add(ctx context.Context, b metering.Batch) error {
	if f.refuse {
		return errLost
	}
	if err := f.Store.Add(ctx, b); err != nil {
		return err
	}
	if f.lose {
		return errLost
	}
	return nil
}

// none holds no leases.
type none struct{}

func (none) Held(string) int { return 0 }

func TestUsageCountsOnceWhateverIsLost(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	db := connect(t, database.AppURL)
	first, second := newTenant(t, database, "first"), newTenant(t, database, "second")
	at := time.Now().UTC()
	store := &faulty{Store: postgres.NewUsage(db)}
	meter := metering.NewMeter(store, postgres.NewID(), func() time.Time { return at })
	other := metering.NewMeter(store, postgres.NewID(), func() time.Time { return at })
	reader := metering.NewReader(postgres.NewUsage(db), meter, none{}, func() time.Time { return at })
	calls := func(step string, want int) {
		t.Helper()
		if got := used(t, reader, first)[tenancy.APICalls]; got.Used != want || got.Remaining != 1000-want {
			t.Errorf("%s: %+v, want %d used", step, got, want)
		}
	}
	user := postgres.NewID()
	meter.Count(first.ID, metering.APICalls, 3)
	meter.Count(second.ID, metering.APICalls, 100)
	meter.Count(postgres.NewID(), metering.APICalls, 7) // a tenant that is gone
	meter.Seen(first.ID, user)
	meter.Seen(first.ID, user)
	calls("in memory only", 3)
	store.refuse = true
	flushFails(t, meter)
	meter.Count(first.ID, metering.APICalls, 2)
	calls("while the database is away", 5)
	store.refuse, store.lose = false, true
	flushFails(t, meter)
	calls("written, but nobody knows", 5)
	flushFails(t, meter)
	meter.Count(first.ID, metering.Refused, 4)
	calls("sent again", 5)
	store.lose = false
	other.Count(first.ID, metering.APICalls, 10)
	for _, m := range []*metering.Meter{meter, other} {
		if err := m.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	calls("all written", 15)
	report := usageOf(t, reader, first)
	want := metering.Day{Date: at.Truncate(24 * time.Hour), APICalls: 15, Refused: 4, ActiveUsers: 1}
	if diff := cmp.Diff(want, report.Days[len(report.Days)-1]); diff != "" || len(report.Days) != 30 {
		t.Errorf("%d days, today (-want +got):\n%s", len(report.Days), diff)
	}
	if got := used(t, reader, second)[tenancy.APICalls].Used; got != 100 {
		t.Errorf("the second tenant used %d", got)
	}
}

func flushFails(t *testing.T, m *metering.Meter) {
	t.Helper()
	if err := m.Flush(t.Context()); !errors.Is(err, errLost) {
		t.Fatalf("flush = %v", err)
	}
}

func usageOf(t *testing.T, r *metering.Reader, who tenancy.Tenant) metering.Report {
	t.Helper()
	ctx := access.With(t.Context(), access.Principal{TenantID: who.ID, Scopes: []access.Scope{access.Read}})
	report, err := r.Usage(ctx, time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func used(t *testing.T, r *metering.Reader, who tenancy.Tenant) map[tenancy.Quota]metering.QuotaUse {
	t.Helper()
	all := make(map[tenancy.Quota]metering.QuotaUse)
	for _, q := range usageOf(t, r, who).Quotas {
		all[q.Quota] = q
	}
	return all
}

func TestHoldingsAreWeighedOnceADay(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	usage := postgres.NewUsage(connect(t, database.AppURL))
	tenant, other := newTenant(t, database, "first"), newTenant(t, database, "second")
	owner := connect(t, database.AdminURL)
	fill := func(id string, n int) {
		t.Helper()
		_, err := owner.ExecContext(t.Context(), `
			INSERT INTO users (tenant_id, id, email, email_index, name, role, created_at, updated_at)
			SELECT ?, gen_random_uuid(), decode(repeat('ab', 1000), 'hex'), uuid_send(gen_random_uuid()), '', 'viewer', now(), now()
			FROM generate_series(1, ?)`, id, n)
		if err != nil {
			t.Fatal(err)
		}
	}
	fill(tenant.ID, 3000)
	fill(other.ID, 9000)
	held, err := usage.Held(t.Context(), tenant.ID, time.Hour)
	// 3,000 rows of a good kilobyte, the bytes stored as they are or packed.
	if err != nil || held.Users != 3000 || held.StorageMB < 1 || held.StorageMB > 4 || held.StorageAt.IsZero() {
		t.Errorf("holdings = %+v, %v", held, err)
	}
	fill(tenant.ID, 1000)
	again, err := usage.Held(t.Context(), tenant.ID, time.Hour)
	if err != nil || again.Users != 4000 || !again.StorageAt.Equal(held.StorageAt) {
		t.Errorf("an hour later: %+v, %v", again, err)
	}
	fresh, err := usage.Held(t.Context(), tenant.ID, 0)
	if err != nil || !fresh.StorageAt.After(held.StorageAt) {
		t.Errorf("measured anew: %+v, %v", fresh, err)
	}
}

// Of a thousand tenants the figures hold the few that are asked for.
func TestTenantsClosestToTheirLimits(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	usage := postgres.NewUsage(connect(t, database.AppURL))
	var ids []string
	err := connect(t, database.AdminURL).NewRaw(`
		INSERT INTO tenants (tenant_id, slug, name, created_at)
		SELECT gen_random_uuid(), 'tenant-' || lpad(n::text, 3, '0'), '', now() FROM generate_series(0, 999) AS n
		RETURNING tenant_id::text`).Scan(t.Context(), &ids)
	if err != nil || len(ids) != 1000 {
		t.Fatal(len(ids), err)
	}
	meter := metering.NewMeter(usage, postgres.NewID(), time.Now)
	for i, id := range ids {
		meter.Count(id, metering.APICalls, i+1)
	}
	at := time.Now()
	if err := meter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("usage of 1,000 tenants written in %v", time.Since(at))
	if unmeasured, err := usage.Unmeasured(t.Context(), time.Hour, 100); err != nil || len(unmeasured) != 100 {
		t.Errorf("%d tenants to measure, %v", len(unmeasured), err)
	}
	got, err := usage.Closest(t.Context(), 2)
	want := []metering.TenantUse{
		{Tenant: "tenant-998", Quota: tenancy.APICalls, Used: 999, Limit: 1000},
		{Tenant: "tenant-999", Quota: tenancy.APICalls, Used: 1000, Limit: 1000},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("closest (-want +got), %v:\n%s", err, diff)
	}
	r := prometheus.NewRegistry()
	figures := prometheus.NewRefresher(r, time.Now, zap.NewNop())
	prometheus.NewQuotas(r, figures, usage)
	figures.Refresh(t.Context())
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := 0
	for _, family := range families {
		if strings.HasPrefix(family.GetName(), "tenant_") {
			series += len(family.GetMetric())
		}
	}
	if series != 2*10 {
		t.Errorf("a thousand tenants make %d series", series)
	}
}

func TestActiveUsersAndRetention(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	tenant := newTenant(t, database, "first")
	usage := postgres.NewUsage(connect(t, database.AppURL))
	// Days ago that each of four users was seen.
	batch := metering.Batch{Process: postgres.NewID(), Sequence: 1, Visits: make(map[metering.Visit]struct{})}
	today := time.Now().UTC().Truncate(24 * time.Hour)
	for _, ago := range [][]int{{0, 1, 8}, {6, 7}, {13}, {29, 31, 59}} {
		user := postgres.NewID()
		for _, days := range ago {
			batch.Visits[metering.Visit{TenantID: tenant.ID, UserID: user, Day: today.AddDate(0, 0, -days)}] = struct{}{}
		}
	}
	for range 2 { // the second changes nothing
		if err := usage.Add(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	got, err := usage.Activity(t.Context())
	want := []metering.Activity{
		{Days: 1, Active: 1, Former: 1, Stayed: 1}, {Days: 7, Active: 2, Former: 3, Stayed: 2}, {Days: 30, Active: 4, Former: 1, Stayed: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("activity (-want +got), %v:\n%s", err, diff)
	}
}

func TestServicesCannotRewriteUsage(t *testing.T) {
	t.Parallel()
	db := open(t)
	for _, statement := range []string{
		`DELETE FROM tenant_usage`, `UPDATE tenant_usage SET amount = 1`, `DELETE FROM daily_quotas`,
		`INSERT INTO usage_flushes VALUES (gen_random_uuid(), 1, now())`, `INSERT INTO user_activity VALUES (gen_random_uuid(), gen_random_uuid(), now())`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("a service may %s", statement)
		}
	}
}

func TestOldUsageIsForgotten(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	tenant := newTenant(t, database, "first")
	admin := connect(t, database.AdminURL)
	_, err := admin.ExecContext(t.Context(), `
		INSERT INTO tenant_usage SELECT ?0, now() - make_interval(days => d), 'api_calls', 1 FROM unnest(ARRAY[1, 380, 410]) AS d;
		INSERT INTO daily_quotas SELECT ?0, 'predictions', now() - make_interval(days => d), 1 FROM unnest(ARRAY[1, 380, 410]) AS d;
		INSERT INTO user_activity SELECT ?0, gen_random_uuid(), now() - make_interval(days => d) FROM unnest(ARRAY[1, 90, 93]) AS d;
		INSERT INTO usage_flushes SELECT gen_random_uuid(), 1, now() - make_interval(days => d) FROM unnest(ARRAY[1, 6, 8]) AS d`, tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.NewUsage(connect(t, database.AppURL)).Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"tenant_usage", "daily_quotas", "user_activity", "usage_flushes"} {
		var left int
		if err := admin.NewRaw(`SELECT count(*) FROM ?`, bun.Ident(table)).Scan(t.Context(), &left); err != nil || left != 2 {
			t.Errorf("%d rows of %s are left, %v; want 2", left, table, err)
		}
	}
}

// A tenant's end takes its usage with it.
func TestUsageGoesWithItsTenant(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	tenant := newTenant(t, database, "first")
	usage := postgres.NewUsage(connect(t, database.AppURL))
	meter := metering.NewMeter(usage, postgres.NewID(), time.Now)
	meter.Count(tenant.ID, metering.APICalls, 1)
	meter.Seen(tenant.ID, postgres.NewID())
	if err := meter.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := usage.Held(t.Context(), tenant.ID, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, database.AdminURL).ExecContext(t.Context(), `DELETE FROM tenants WHERE tenant_id = ?`, tenant.ID); err != nil {
		t.Fatal(err)
	}
	meter.Count(tenant.ID, metering.APICalls, 1)
	if err := meter.Flush(t.Context()); err != nil {
		t.Errorf("a late count: %v", err)
	}
}
