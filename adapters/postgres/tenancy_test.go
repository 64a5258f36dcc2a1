package postgres_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
)

func issuer(t testing.TB, database harness.Database, at time.Time) *access.Issuer {
	t.Helper()
	app := connect(t, database.AppURL)
	return access.NewIssuer(postgres.NewTenants(app), postgres.NewKeys(app), rand.Reader, postgres.NewID,
		func() time.Time { return at })
}

func newTenant(t testing.TB, database harness.Database, slug string) tenancy.Tenant {
	t.Helper()
	made, err := registrar(t, database).Create(t.Context(), provisioning.Application{Slug: slug})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func registrar(t testing.TB, database harness.Database) *provisioning.Registrar {
	t.Helper()
	return provisioning.NewRegistrar(postgres.NewTenants(connect(t, database.AppURL)), postgres.NewID, func() time.Time { return now })
}

func TestAKeyOpensItsTenantUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	issue := issuer(t, database, now)
	tenant := newTenant(t, database, "demo")
	key, kept, err := issue.CreateKey(t.Context(), access.Request{
		Tenant: "demo", Name: "test", Scopes: []access.Scope{access.Read}, ExpiresAt: now.Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	hash, ok := access.HashKey(key)
	if !ok {
		t.Fatalf("key %q has a bad form", key)
	}
	lookup := postgres.NewLookup(connect(t, database.AppURL))

	p, err := lookup.Principal(t.Context(), hash, now)
	if err != nil || p.TenantID != tenant.ID || p.Tenant != "demo" || !slices.Equal(p.Scopes, []access.Scope{access.Read}) {
		t.Errorf("principal = %+v, %v", p, err)
	}
	if _, err := lookup.Principal(t.Context(), hash, now.Add(2*time.Hour)); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("expired key: %v", err)
	}
	if _, err := lookup.Principal(t.Context(), access.Hash{1}, now); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("unknown key: %v", err)
	}
	if err := issue.RevokeKey(t.Context(), "demo", kept.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := lookup.Principal(t.Context(), hash, now); !errors.Is(err, access.ErrUnauthenticated) {
		t.Errorf("revoked key: %v", err)
	}
}

func TestTenantsAreUnique(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	issue := issuer(t, database, now)
	newTenant(t, database, "demo")
	if _, err := registrar(t, database).Create(t.Context(), provisioning.Application{Slug: "demo"}); !errors.Is(err, tenancy.ErrExists) {
		t.Errorf("second tenant: %v", err)
	}
	if _, _, err := issue.CreateKey(t.Context(), access.Request{Tenant: "nobody"}); !errors.Is(err, tenancy.ErrUnknown) {
		t.Errorf("key of no tenant: %v", err)
	}
	if err := issue.RevokeKey(t.Context(), "demo", "no-uuid"); !errors.Is(err, access.ErrNoKey) {
		t.Errorf("revoke of no key: %v", err)
	}
}

// TestEveryTenantTableIsWalled reads the catalogue of the database, so that a
// table made later cannot be forgotten.
func TestEveryTenantTableIsWalled(t *testing.T) {
	t.Parallel()
	admin := connect(t, harness.Postgres(t).AdminURL)
	var tables []struct {
		Name             string
		Enabled, Forced  bool
		Policies, InKeys int
	}
	err := admin.NewRaw(`
		SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
			(SELECT count(*) FROM pg_policies p WHERE p.tablename = c.relname AND p.qual LIKE '%current_tenant()%') AS policies,
			(SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND a.attnum = ANY (i.indkey)) AS in_keys
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND n.nspname = 'public'`).Scan(t.Context(), &tables)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) < 2 {
		t.Fatalf("found %d tenant tables; the query is wrong", len(tables))
	}
	for _, table := range tables {
		if !table.Enabled || !table.Forced || table.Policies == 0 || table.InKeys == 0 {
			t.Errorf("%+v: needs ENABLE and FORCE ROW LEVEL SECURITY, a policy on current_tenant(), and tenant_id in a unique key", table)
		}
	}
}

func TestServicesSeeNothingWithoutATenantAndOwnNothing(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	issue := issuer(t, database, now)
	for _, name := range []string{"first", "second"} {
		newTenant(t, database, name)
		if _, _, err := issue.CreateKey(t.Context(), access.Request{Tenant: name, Name: "k"}); err != nil {
			t.Fatal(err)
		}
	}
	app := connect(t, database.AppURL)
	for _, query := range []string{
		`SELECT count(*) FROM tenants`,
		`SELECT count(*) FROM api_keys`,
		`SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user`,
		`SELECT count(*) FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole)`,
	} {
		var count int
		if err := app.NewRaw(query).Scan(t.Context(), &count); err != nil || count != 0 {
			t.Errorf("%s = %d, %v; want 0", query, count, err)
		}
	}
	if _, err := app.ExecContext(t.Context(), `INSERT INTO tenants (tenant_id, slug, name, created_at) VALUES (gen_random_uuid(), 'third', '', now())`); err == nil {
		t.Error("a service made a tenant without standing in it")
	}
	if _, err := app.ExecContext(t.Context(), `CREATE TABLE own (x int)`); err == nil {
		t.Error("a service made a table")
	}
	all, err := postgres.NewTenants(app).List(t.Context())
	if err != nil || len(all) != 2 {
		t.Errorf("the platform lists %d tenants, %v", len(all), err)
	}
}
