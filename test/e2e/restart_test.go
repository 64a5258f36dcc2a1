package e2e_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

// PostgreSQL, Redis and Temporal are stopped under the running API and worker,
// one after the other. The programs stay up, answer with problem documents
// meanwhile, and work again by themselves.
func TestServersMayGoAndComeBack(t *testing.T) {
	t.Parallel()
	dir, matches := leagues(t, 2, 6)
	db, database := harness.PrivatePostgres(t)
	redisURL, cache := harness.PrivateRedis(t)
	temporalServer, orchestrator := harness.PrivateTemporal(t)
	s := &system{db: db, temporal: temporalServer}
	s.start(t, "DATA="+dir, "AS_OF="+asOf)
	api := s.startAPI(t, redisURL)
	runs := temporal.NewRuns(s.client(t))
	follow(t, runs, begin(t, runs, ingestion.IngestWorkflow))

	t.Run("PostgreSQL", func(t *testing.T) {
		goAway(t, database)
		waitFor(t, "readiness to be 503", func() bool { return api.get(t, "/health/ready").status == http.StatusServiceUnavailable })
		began := time.Now()
		answer := api.get(t, "/api/v1/competitions")
		t.Logf("without PostgreSQL the problem came after %s: %.200s", time.Since(began).Round(time.Millisecond), answer.body)
		if answer.status != http.StatusServiceUnavailable || !strings.HasPrefix(answer.kind, "application/problem+json") {
			t.Errorf("GET competitions = %d %s %s", answer.status, answer.kind, answer.body)
		}
		if strings.Contains(answer.body, "dial") || strings.Contains(answer.body, "127.0.0.1") {
			t.Errorf("the driver's text reached the client: %s", answer.body)
		}
		if live := api.get(t, "/health/live"); live.status != http.StatusOK {
			t.Errorf("liveness = %d: to restart the API would not bring the database back", live.status)
		}
		comeBack(t, database)
		waitFor(t, "requests to be answered", func() bool { return api.get(t, "/api/v1/competitions").status == http.StatusOK })
	})
	t.Run("Redis", func(t *testing.T) {
		goAway(t, cache)
		if answer := api.get(t, "/api/v1/competitions"); answer.status != http.StatusOK {
			t.Errorf("GET competitions = %d %s", answer.status, answer.body)
		}
		comeBack(t, cache)
	})
	t.Run("Temporal", func(t *testing.T) {
		goAway(t, orchestrator)
		if answer := api.get(t, "/api/v1/competitions"); answer.status != http.StatusOK {
			t.Errorf("GET competitions = %d %s", answer.status, answer.body)
		}
		comeBack(t, orchestrator)
	})

	follow(t, runs, begin(t, runs, retraining.RetrainWorkflow))
	if n := s.count(t, "SELECT count(*) FROM matches"); n != matches {
		t.Errorf("%d of %d matches", n, matches)
	}
	if !s.worker.Running() || !api.process.Running() {
		t.Error("a program died on the way")
	}
}

// apiClient is a running API with a key to it.
type apiClient struct {
	process  *devserver.Process
	url, key string
	metrics  string // host:port
}

func (s *system) startAPI(t *testing.T, redisURL string) apiClient {
	t.Helper()
	return s.restartAPI(t, redisURL, s.newKey(t))
}

// restartAPI starts an API that a key was made for before.
func (s *system) restartAPI(t *testing.T, redisURL, key string, environment ...string) apiClient {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	port := freePort(t)
	process := s.program(t, "api", port, append([]string{"REDIS_URL=" + redisURL, "HTTP_ADDR=" + address, fmt.Sprintf("METRICS_PORT=%d", port)}, environment...)...)
	a := apiClient{process: process, url: "http://" + address, key: key, metrics: fmt.Sprintf("127.0.0.1:%d", port)}
	waitFor(t, "the API to be ready", func() bool { return a.get(t, "/health/ready").status == http.StatusOK })
	return a
}

func (s *system) newKey(t *testing.T, more ...access.Scope) string {
	t.Helper()
	db, err := postgres.Open(postgres.Config{URL: s.db.AppURL, PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tenants := postgres.NewTenants(db)
	issuer := access.NewIssuer(tenants, postgres.NewKeys(db), rand.Reader, postgres.NewID, time.Now)
	if _, err := provisioning.NewRegistrar(tenants, postgres.NewID, time.Now).Create(t.Context(), provisioning.Application{Slug: "demo"}); err != nil {
		t.Fatal(err)
	}
	key, _, err := issuer.CreateKey(t.Context(), access.Request{Tenant: "demo", Name: "e2e", Scopes: append([]access.Scope{access.Read}, more...)})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// answered is what came back; status 0 when nothing did.
type answered struct {
	status     int
	kind, body string
}

// get asks with the key. No answer within 15 seconds is a hang.
func (a apiClient) get(t *testing.T, path string) answered {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-API-Key", a.key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			t.Errorf("GET %s hangs", path)
		}
		return answered{}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("GET %s broke off: %v", path, err)
	}
	return answered{status: response.StatusCode, kind: response.Header.Get("Content-Type"), body: string(body)}
}

func follow(t *testing.T, runs *temporal.Runs, run temporal.Run) {
	t.Helper()
	if err := runs.Follow(t.Context(), run, nil, nil); err != nil {
		t.Fatal(err)
	}
}

func goAway(t *testing.T, server devserver.Unit) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := server.Stop(ctx); err != nil {
		t.Fatal(err)
	}
}

func comeBack(t *testing.T, server devserver.Unit) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := server.Start(ctx); err != nil {
		t.Fatal(err)
	}
}
