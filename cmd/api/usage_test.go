package main

import (
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
)

// The whole program under its quota: it tells what is left, refuses in time,
// reports and counts, and nothing of it is lost when the program ends.
func TestQuotasFromEndToEnd(t *testing.T) {
	database := harness.Postgres(t)
	db := connect(t, database.AppURL)
	tenant, err := provisioning.NewRegistrar(postgres.NewTenants(db), postgres.NewID, time.Now).Create(t.Context(), provisioning.Application{Slug: "demo"})
	must(t, err)
	key := newKey(t, db)
	api, metrics := free(t), free(t)
	_, port, _ := net.SplitHostPort(metrics)
	c, err := config.Load([]string{
		"HTTP_ADDR=" + api, "METRICS_PORT=" + port, "DATABASE_URL=" + database.AppURL, "REDIS_URL=" + harness.Redis(t),
		"TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=error",
	}, config.ForAPI)
	must(t, err)
	app := fx.New(options(c))
	start, cancel := withTimeout(time.Minute)
	defer cancel()
	must(t, app.Start(start))
	usage := func() int {
		t.Helper()
		status, body := fetch(t, "http://"+api+"/api/v1/tenant/usage", key)
		var told struct {
			Quotas []struct {
				Quota string
				Used  int
			}
		}
		if err := json.Unmarshal([]byte(body), &told); err != nil || status != http.StatusOK || told.Quotas[2].Quota != "api_calls" {
			t.Fatalf("usage = %d %s", status, body)
		}
		return told.Quotas[2].Used
	}
	if used := usage(); used != 1 {
		t.Errorf("%d calls counted after the first", used)
	}
	allowed, refused := 1, 0
	for range 100 {
		switch status, body := fetch(t, "http://"+api+"/api/v1/teams", key); status {
		case http.StatusOK:
			allowed++
		case http.StatusTooManyRequests:
			if refused++; !strings.Contains(body, "quota.api_calls") {
				t.Errorf("refused with %s", body)
			}
		default:
			t.Fatalf("%d %s", status, body)
		}
	}
	// A key has eighty at once; a call more fits after every 3.6 seconds.
	if allowed < 80 || allowed > 85 {
		t.Errorf("%d calls were let through", allowed)
	}
	_, scraped := fetch(t, "http://"+metrics+"/metrics", "")
	for _, series := range []string{`rate_limit_decisions_total{mode="shared",result="allowed"}`, "rate_limit_local_mode 0", `active_users{window="1d"} 0`} {
		if !strings.Contains(scraped, series) {
			t.Errorf("no metric %s", series)
		}
	}
	stop, cancel := withTimeout(time.Minute)
	defer cancel()
	must(t, app.Stop(stop))
	now := time.Now()
	recorded, err := postgres.NewUsage(db).Usage(t.Context(), tenant.ID, metering.Span{Process: tenant.ID, From: now.AddDate(0, 0, -1), To: now})
	must(t, err)
	var calls, turned int64
	for _, d := range recorded.Days {
		calls, turned = calls+d.APICalls, turned+d.Refused
	}
	if int(calls) != allowed || int(turned) != refused {
		t.Errorf("%d calls and %d refusals are written of %d and %d", calls, turned, allowed, refused)
	}
}

// newKey is an API key of the tenant demo that may read.
func newKey(t *testing.T, db *bun.DB) string {
	t.Helper()
	key, _, err := newIssuer(db).CreateKey(t.Context(), access.Request{Tenant: "demo", Name: "test", Scopes: []access.Scope{access.Read}})
	must(t, err)
	return key
}

func newIssuer(db *bun.DB) *access.Issuer {
	return access.NewIssuer(postgres.NewTenants(db), postgres.NewKeys(db), rand.Reader, postgres.NewID, time.Now)
}
