package main

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/provider"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/assessing"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/publishing"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// asOf is a day within a season, so that there are results and fixtures.
var asOf = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// site is the API on a real database that holds a simulated world.
type site struct{ url, key string }

func newSite(t *testing.T) *site {
	t.Helper()
	database := harness.Postgres(t)
	key := fill(t, database)
	address := free(t)
	c, err := config.Load([]string{
		"HTTP_ADDR=" + address, "METRICS_PORT=0", "DATABASE_URL=" + database.AppURL, "REDIS_URL=redis://127.0.0.1:1/0",
		"TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=error", "AS_OF=" + asOf.Format(time.DateOnly),
	}, config.ForAPI)
	if err != nil {
		t.Fatal(err)
	}
	app := fx.New(options(c))
	start, cancel := withTimeout(time.Minute)
	defer cancel()
	if err := app.Start(start); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop, cancel := withTimeout(time.Minute)
		defer cancel()
		if err := app.Stop(stop); err != nil {
			t.Error(err)
		}
	})
	return &site{url: "http://" + address, key: key}
}

// fill does what the workflows do, without Temporal, and returns an API key
// that may operate.
func fill(t *testing.T, database harness.Database) string {
	t.Helper()
	db, calendar := connect(t, database.AppURL), football.AsOf(asOf)
	sources, err := provider.NewSources(provider.Config{Data: "simulated", AsOf: asOf, Seasons: 2})
	must(t, err)
	ingestor := ingesting.NewIngestor(sources, postgres.NewLoader(db), time.Now)
	plan, err := ingestor.Plan(t.Context())
	must(t, err)
	for _, edition := range plan.Editions {
		_, err := ingestor.Ingest(t.Context(), edition)
		must(t, err)
	}
	_, err = assessing.NewAssessor(postgres.NewInspector(db), calendar).Assess(t.Context())
	must(t, err)
	registry, history := postgres.NewRegistry(db), postgres.NewHistory(db)
	trainer := modelling.NewTrainer(registry, history, calendar)
	champion := ""
	for _, name := range []string{forecast.BaseRates, forecast.Default} {
		version, err := trainer.Train(t.Context(), modelling.Order{Key: "test", Name: name}, nil)
		must(t, err)
		_, err = trainer.Evaluate(t.Context(), version, nil)
		must(t, err)
		must(t, registry.Promote(t.Context(), modelling.Promotion{
			Version: version, Previous: champion, At: time.Now(), By: "test", Reason: "test",
		}))
		champion = version
	}
	_, err = publishing.NewPublisher(publishing.Dependencies{
		Registry: registry, History: history, Fixtures: history, Forecasts: postgres.NewForecasts(db),
		Ratings: postgres.NewRatings(db), Calendar: calendar,
	}).Publish(t.Context(), nil)
	must(t, err)
	tenants := postgres.NewTenants(db)
	_, err = provisioning.NewRegistrar(tenants, postgres.NewID, time.Now).Create(t.Context(), provisioning.Application{Slug: "demo", Plan: tenancy.Enterprise})
	must(t, err)
	key, _, err := access.NewIssuer(tenants, postgres.NewKeys(db), rand.Reader, postgres.NewID, time.Now).CreateKey(t.Context(), access.Request{Tenant: "demo", Name: "test", Scopes: []access.Scope{access.Read, access.Manage, access.Operate}})
	must(t, err)
	return key
}

func connect(t *testing.T, url string) *bun.DB {
	t.Helper()
	db, err := postgres.Open(postgres.Config{URL: url, PoolSize: 4})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
