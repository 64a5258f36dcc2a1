package main

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"go.uber.org/fx"
	"go.uber.org/fx/fxtest"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
)

// What a worker takes in shows in the answers of every API, soon; and what one
// tenant predicts never in those of another.
func TestChangesReachEveryAPI(t *testing.T) {
	database, redisURL := harness.Postgres(t), harness.Redis(t)
	db := connect(t, database.AppURL)
	keys := make(map[string]string)
	tenants := make(map[string]string)
	for _, slug := range []string{"demo", "other"} {
		tenant, err := provisioning.NewRegistrar(postgres.NewTenants(db), postgres.NewID, time.Now).Create(t.Context(), provisioning.Application{Slug: slug})
		must(t, err)
		tenants[slug] = tenant.ID
		keys[slug], _, err = newIssuer(db).CreateKey(t.Context(), access.Request{Tenant: slug, Name: "test", Scopes: []access.Scope{access.Read}})
		must(t, err)
	}
	environ := []string{"DATABASE_URL=" + database.AppURL, "REDIS_URL=" + redisURL, "TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=error"}
	apis := []string{serveAPI(t, environ), serveAPI(t, environ)}
	store := loader(t, environ)
	load := func(fingerprint string, records ...ingesting.Record) {
		season, _ := football.NewSeason(2030, 2031)
		league, _ := football.FindCompetition("premier-league")
		_, err := store.Load(t.Context(), ingesting.Edition{Source: "test", Competition: league, Season: season, Locator: "x"},
			ingesting.Batch{Records: records, Rows: len(records), Fingerprint: fingerprint}, time.Now())
		must(t, err)
	}
	fixture := func(home, away string) ingesting.Record {
		return ingesting.Record{Home: home, Away: away, KickOff: time.Date(2030, 9, 1, 15, 0, 0, 0, time.UTC), TimeKnown: true, Status: football.Scheduled}
	}
	load("1", fixture("Arsenal", "Chelsea"))
	const at = "/api/v1/matches?limit=10"
	for _, api := range apis {
		for range 3 {
			if status, body := fetch(t, api+at, keys["demo"]); status != http.StatusOK || strings.Count(body, "Arsenal") != 1 {
				t.Fatalf("%d %s", status, body)
			}
		}
	}
	load("2", fixture("Arsenal", "Chelsea"), fixture("Everton", "Fulham"))
	since := time.Now()
	for i, api := range apis {
		eventually(t, "the new match is told", func() bool {
			_, body := fetch(t, api+at, keys["demo"])
			return strings.Contains(body, "Everton")
		})
		t.Logf("API %d tells the new match after %v", i, time.Since(since))
	}
	if took := time.Since(since); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	checkStatistics(t, db, tenants["demo"], keys, apis)
}

// checkStatistics asks each API for each tenant's statistics of one match, of
// which one tenant has a prediction.
func checkStatistics(t *testing.T, db *bun.DB, tenantID string, keys map[string]string, apis []string) {
	t.Helper()
	var match string
	must(t, db.QueryRowContext(t.Context(), `SELECT id FROM matches ORDER BY id LIMIT 1`).Scan(&match))
	user := postgres.NewID()
	must(t, db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT set_config('app.tenant_id', ?, true)`, tenantID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO users (tenant_id, id, email, email_index, name, role, created_at, updated_at)
			VALUES (?, ?, 'x', 'x', 'x', 'viewer', now(), now())`, tenantID, user)
		return err
	}))
	pick, err := prediction.NewPick("home", nil, nil, 0.5)
	must(t, err)
	reasons, err := postgres.NewPredictions(db).Make(t.Context(), []prediction.Prediction{{
		TenantID: tenantID, ID: postgres.NewID(), UserID: user, Match: football.MatchID(match), Pick: pick, Status: prediction.Pending,
		CreatedAt: time.Now(), UpdatedAt: time.Now(), Version: 1,
	}}, time.Now())
	must(t, err)
	must(t, reasons[0])
	for range 3 {
		for _, api := range apis {
			for slug, want := range map[string]string{"demo": `"count":1`, "other": `"count":0`} {
				if status, body := fetch(t, api+"/api/v1/matches/"+match+"/prediction-statistics", keys[slug]); status != http.StatusOK || !strings.Contains(body, want) {
					t.Errorf("tenant %s is told %d %s, want %s", slug, status, body, want)
				}
			}
		}
	}
}

// serveAPI runs an API until the test is over, and returns its address.
func serveAPI(t *testing.T, environ []string) string {
	t.Helper()
	address := free(t)
	_, port, _ := net.SplitHostPort(free(t))
	c, err := config.Load(append([]string{"HTTP_ADDR=" + address, "METRICS_PORT=" + port}, environ...), config.ForAPI)
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
	return "http://" + address
}

// loader is where a worker loads, which tells what it has changed.
func loader(t *testing.T, environ []string) (store ingesting.Store) {
	t.Helper()
	c, err := config.Load(environ, config.ForWorker)
	must(t, err)
	app := fxtest.New(t, fx.NopLogger, core.Pieces("worker", c), postgres.Module, redis.Module, core.Announcing(), fx.Provide(zap.NewNop), fx.Populate(&store))
	app.RequireStart()
	t.Cleanup(app.RequireStop)
	return store
}
