package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/test/harness"
)

// mostTenantSeries is how many series tell of tenants by name: the limit and the
// use of four quotas of the ten closest to their limits.
const mostTenantSeries = 2 * 4 * 10

// figuresOfDatabase is how many figures are read from the database; what is asked
// of Temporal is not read while that is away.
const figuresOfDatabase = 7

// A thousand tenants who call add no time series to what one who calls makes,
// in all that the whole program tells.
func TestAThousandTenantsAddNoSeries(t *testing.T) {
	t.Parallel()
	o := &office{t: t, database: harness.Postgres(t)}
	keys := o.manyKeys(1_000, 1)
	address, metrics := free(t), free(t)
	_, port, _ := net.SplitHostPort(metrics)
	c, err := config.Load([]string{
		"HTTP_ADDR=" + address, "METRICS_PORT=" + port, "DATABASE_URL=" + o.database.AppURL, "REDIS_URL=" + harness.Redis(t),
		"TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=error",
	}, config.ForAPI)
	must(t, err)
	app := fx.New(options(c))
	start, cancel := withTimeout(time.Minute)
	defer cancel()
	must(t, app.Start(start))
	t.Cleanup(func() {
		stop, cancel := withTimeout(time.Minute)
		defer cancel()
		if err := app.Stop(stop); err != nil {
			t.Error(err)
		}
	})
	call := func(key string) {
		if status, body := fetch(t, "http://"+address+"/api/v1/teams", key); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	series := func() (names []string, ofTenants int) {
		_, text := fetch(t, "http://"+metrics+"/metrics", "")
		for line := range strings.Lines(text) {
			switch name, _, _ := strings.Cut(line, " "); {
			case strings.HasPrefix(line, "#"), strings.HasPrefix(name, "temporal_request"): // it is away, which shows little by little
			case strings.HasPrefix(name, "tenant_"):
				ofTenants++
			default:
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names, ofTenants
	}
	call(keys[0])
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		names, _ := series()
		if refreshed := slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, "figures_refreshed_") }); len(refreshed) == figuresOfDatabase {
			break
		}
	}
	series() // which makes the series of the scrape itself
	before, _ := series()
	for _, key := range keys {
		call(key)
	}
	after, ofTenants := series()
	if diff := cmp.Diff(before, after); diff != "" || len(before) < 50 {
		t.Errorf("of %d series (-one tenant +a thousand):\n%s", len(before), diff)
	}
	if ofTenants > mostTenantSeries {
		t.Errorf("%d series tell of tenants", ofTenants)
	}
	t.Logf("%d series, and %d of tenants", len(after), ofTenants)
}

// manyKeys makes tenants with keys of their own.
func (o *office) manyKeys(tenants, each int) []string {
	o.t.Helper()
	_, err := connect(o.t, o.database.AdminURL).ExecContext(o.t.Context(), `INSERT INTO tenants (tenant_id, slug, name, created_at)
		SELECT gen_random_uuid(), 'tenant-' || n, 'Tenant', now() FROM generate_series(0, ?) n`, tenants-1)
	must(o.t, err)
	db, keys := connect(o.t, o.database.AppURL), make([]string, tenants*each)
	issuer := access.NewIssuer(postgres.NewTenants(db), postgres.NewKeys(db), rand.Reader, postgres.NewID, time.Now)
	var wait sync.WaitGroup
	const makers = 4
	for maker := range makers {
		wait.Go(func() {
			for i := maker; i < len(keys); i += makers {
				key, _, err := issuer.CreateKey(context.Background(), access.Request{
					Tenant: fmt.Sprintf("tenant-%d", i%tenants), Name: "k", Scopes: []access.Scope{access.Read},
				})
				if err != nil {
					o.t.Error(err)
					return
				}
				keys[i] = key
			}
		})
	}
	wait.Wait()
	return keys
}
