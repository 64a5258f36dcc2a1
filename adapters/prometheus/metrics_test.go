package prometheus_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	prom "github.com/prometheus/client_golang/prometheus"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

// scrape returns the lines of the metrics whose names begin with prefix.
func scrape(t *testing.T, r *prom.Registry, prefix string) []string {
	t.Helper()
	w := httptest.NewRecorder()
	prometheus.Handler(r).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("scrape = %d %s", w.Code, w.Body)
	}
	var lines []string
	for line := range strings.SplitSeq(w.Body.String(), "\n") {
		if strings.HasPrefix(line, prefix) {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestRequests(t *testing.T) {
	r := prometheus.NewRegistry()
	h := prometheus.NewHTTP(r)
	h.InFlight(1)
	h.InFlight(1)
	h.InFlight(-1)
	h.Request(http.MethodGet, "/api/v1/matches/{id}", 200, 4*time.Millisecond)
	h.Request("BREW", "unmatched", 405, time.Second)
	h.Request("brew", "unmatched", 405, time.Second)
	prometheus.NewCaches(r).Looked(caching.Forecasts, caching.Hit)
	want := []string{
		`http_requests_in_flight 1`,
		`http_requests_total{method="GET",route="/api/v1/matches/{id}",status="200"} 1`,
		`http_requests_total{method="other",route="unmatched",status="405"} 2`,
	}
	if diff := cmp.Diff(want, scrape(t, r, "http_requests_")); diff != "" {
		t.Error(diff)
	}
	buckets := scrape(t, r, `http_request_duration_seconds_bucket{method="GET",route="/api/v1/matches/{id}",le="0.005"} 1`)
	if len(buckets) != 1 || len(scrape(t, r, `cache_requests_total{cache="forecasts",result="hit"} 1`)) != 1 {
		t.Errorf("duration or cache is missing: %v", buckets)
	}
	if len(scrape(t, r, "go_goroutines")) != 1 || len(scrape(t, r, "process_start_time_seconds")) != 1 {
		t.Error("the runtime or the process is missing")
	}
}

func TestWorkflowRuns(t *testing.T) {
	r := prometheus.NewRegistry()
	w := prometheus.NewWorkflows(r)
	w.Ended("Ingest", "completed")
	w.Ended("Ingest", "completed")
	want := []string{`workflow_runs_total{outcome="completed",workflow="Ingest"} 2`}
	if diff := cmp.Diff(want, scrape(t, r, "workflow_runs_total")); diff != "" {
		t.Error(diff)
	}
}

func TestPool(t *testing.T) {
	r := prometheus.NewRegistry()
	prometheus.RegisterPool(r, func() sql.DBStats {
		return sql.DBStats{InUse: 3, Idle: 2, MaxOpenConnections: 20, WaitDuration: 1500 * time.Millisecond, WaitCount: 4}
	})
	want := []string{
		`db_pool_connections{state="idle"} 2`, `db_pool_connections{state="in_use"} 3`, `db_pool_connections{state="max"} 20`,
		`db_pool_wait_seconds 1.5`, `db_pool_waits_total 4`,
	}
	if diff := cmp.Diff(want, scrape(t, r, "db_pool_")); diff != "" {
		t.Error(diff)
	}
}

// database answers, fails, or does not answer at all.
type database struct {
	err      error
	hang     bool
	asked    int
	accuracy []publishing.Accuracy
}

func (d *database) Accuracy(ctx context.Context) ([]publishing.Accuracy, error) {
	d.asked++
	if d.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return d.accuracy, d.err
}

func (d *database) Reports(context.Context) ([]catalogue.Report, error) {
	return []catalogue.Report{{Report: quality.Report{Competition: "la-liga", Rows: 10, Broken: map[quality.Rule]int{quality.MissingTeam: 1}}}}, d.err
}

func (d *database) Freshness(context.Context) ([]catalogue.Freshness, error) {
	return []catalogue.Freshness{{Source: "openfootball", At: start.Add(-time.Hour)}}, d.err
}

func (d *database) Punctuality(context.Context) ([]publishing.Punctuality, error) {
	return []publishing.Punctuality{{Competition: "la-liga", Due: 10, InTime: 9}}, d.err
}

var start = time.Date(2026, 8, 14, 12, 0, 0, 0, time.UTC)

func TestFigures(t *testing.T) {
	now, d := start, &database{accuracy: []publishing.Accuracy{
		{Competition: "la-liga", Model: "m1", Matches: 8, RPS: 0.2, LogLoss: 1.01, Picks: 4, PicksRight: 3},
		{Competition: "la-liga", Model: "m0", Matches: 2, RPS: 0.3, LogLoss: 1.1},
	}}
	r := prometheus.NewRegistry()
	clock := func() time.Time { return now }
	f := prometheus.NewRefresher(r, clock, zap.NewNop())
	prometheus.NewFigures(r, f, d, d, clock)
	want := []string{
		`data_freshness_seconds{source="openfootball"} 3600`, `data_quality_score{competition="la-liga"} 0.9`,
		`forecast_due_matches{competition="la-liga"} 10`, `forecast_in_time_matches{competition="la-liga"} 9`,
		`forecast_log_loss{competition="la-liga",model="m0"} 1.1`, `forecast_log_loss{competition="la-liga",model="m1"} 1.01`,
		`forecast_rps{competition="la-liga",model="m0"} 0.3`, `forecast_rps{competition="la-liga",model="m1"} 0.2`,
		`prediction_accuracy{competition="la-liga",model="m1"} 0.75`, `prediction_picks{competition="la-liga",model="m0"} 0`, `prediction_picks{competition="la-liga",model="m1"} 4`,
	}
	all := func() []string {
		return slices.Concat(scrape(t, r, "data_"), scrape(t, r, "forecast_"), scrape(t, r, "prediction_"))
	}
	if all(); d.asked != 0 {
		t.Error("a scrape asked the database")
	}
	f.Refresh(t.Context())
	if diff := cmp.Diff(want, all()); diff != "" {
		t.Error(diff)
	}
	now = start.Add(29 * time.Second)
	if f.Refresh(t.Context()); d.asked != 1 {
		t.Errorf("the database was asked %d times within 30 s", d.asked)
	}
	// While it is away the last values stay, and age.
	d.err, now = errors.New("away"), start.Add(time.Minute)
	want[0] = `data_freshness_seconds{source="openfootball"} 3660`
	f.Refresh(t.Context())
	if diff := cmp.Diff(want, all()); diff != "" {
		t.Error(diff)
	}
	if d.asked != 2 {
		t.Errorf("the database was asked %d times, want 2", d.asked)
	}
}

// A database that does not answer holds up neither a scrape nor stopping.
func TestFiguresDoNotHang(t *testing.T) {
	d := &database{hang: true}
	r := prometheus.NewRegistry()
	f := prometheus.NewRefresher(r, time.Now, zap.NewNop())
	prometheus.NewFigures(r, f, d, d, time.Now)
	f.Start()
	scraped := make(chan []string, 1)
	go func() { scraped <- scrape(t, r, "go_goroutines") }()
	if lines := <-scraped; len(lines) != 1 {
		t.Errorf("a scrape told %v", lines)
	}
	f.Stop() // which returns, or the test never ends
}

// What cannot be read is counted, and does not keep the rest from being read.
func TestFiguresThatFailAreCounted(t *testing.T) {
	d := &database{err: errors.New("away")}
	r := prometheus.NewRegistry()
	f := prometheus.NewRefresher(r, func() time.Time { return start }, zap.NewNop())
	prometheus.NewFigures(r, f, d, d, time.Now)
	prometheus.NewActivity(r, f, &tenants{activity: []metering.Activity{{Days: 1, Active: 3}}})
	f.Refresh(t.Context())
	want := []string{
		`figures_refresh_failures_total{figures="accuracy"} 1`, `figures_refresh_failures_total{figures="activity"} 0`,
		`figures_refresh_failures_total{figures="data_freshness"} 1`, `figures_refresh_failures_total{figures="data_quality"} 1`,
		`figures_refresh_failures_total{figures="punctuality"} 1`, `figures_refreshed_timestamp_seconds{figures="activity"} 1.7867088e+09`,
		`active_users{window="1d"} 3`,
	}
	if diff := cmp.Diff(want, slices.Concat(scrape(t, r, "figures_"), scrape(t, r, "active_users"))); diff != "" {
		t.Error(diff)
	}
}

// Retraining makes models for ever; the series stay few, and the newest.
func TestFiguresAreBounded(t *testing.T) {
	d := &database{}
	for i := range 500 {
		for _, code := range []football.CompetitionCode{"la-liga", "serie-a"} {
			d.accuracy = append(d.accuracy, publishing.Accuracy{Competition: code, Model: fmt.Sprintf("score-driven-%08d", 499-i), RPS: 0.2, Newest: start.AddDate(0, 0, i)})
		}
	}
	r := prometheus.NewRegistry()
	f := prometheus.NewRefresher(r, time.Now, zap.NewNop())
	prometheus.NewFigures(r, f, d, d, time.Now)
	f.Refresh(t.Context())
	lines := scrape(t, r, "forecast_rps{")
	if len(lines) != 20 || !strings.Contains(lines[0], "00000000") || !strings.Contains(lines[9], "00000009") {
		t.Errorf("%d series, such as %v", len(lines), lines)
	}
}

func TestModule(t *testing.T) {
	if err := fx.ValidateApp(prometheus.Module, fx.Supply(domain.Clock(time.Now), zap.NewNop()), fx.Invoke(func(*prom.Registry, *prometheus.HTTP, *prometheus.Workflows, *prometheus.Providers, *prometheus.SDK) {
	}, prometheus.Keep)); err != nil {
		t.Error(err)
	}
}
