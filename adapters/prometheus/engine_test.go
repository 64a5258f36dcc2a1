package prometheus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// engine answers what it holds.
type engine struct{}

func (engine) Queues(context.Context) ([]checking.Queue, error) {
	return []checking.Queue{{Name: "live", Pollers: 2, Waiting: 5, Oldest: 90 * time.Second}}, nil
}

func (engine) Timetables(context.Context) ([]checking.Timetable, error) {
	return []checking.Timetable{{ID: "ingest", Paused: true, Missed: 3, Skipped: 1}}, nil
}

func TestEngine(t *testing.T) {
	r := prometheus.NewRegistry()
	f := prometheus.NewRefresher(r, time.Now, zap.NewNop())
	prometheus.NewEngine(r, f, engine{})
	f.Refresh(t.Context())
	want := []string{
		`schedule_missed_total{schedule="ingest"} 3`, `schedule_paused{schedule="ingest"} 1`, `schedule_skipped_total{schedule="ingest"} 1`,
		`task_queue_backlog{queue="live"} 5`, `task_queue_backlog_age_seconds{queue="live"} 90`, `task_queue_pollers{queue="live"} 2`,
	}
	if diff := cmp.Diff(want, slices.Concat(scrape(t, r, "schedule_"), scrape(t, r, "task_queue_"))); diff != "" {
		t.Error(diff)
	}
}

// An end that nobody has read is not the year 1970.
func TestCertificateShowsOnceRead(t *testing.T) {
	r, now := prometheus.NewRegistry(), start
	end, err := time.Time{}, errors.New("no file")
	f := prometheus.NewRefresher(r, func() time.Time { return now }, zap.NewNop())
	prometheus.RegisterCertificate(r, f, func() (time.Time, error) { return end, err })
	f.Refresh(t.Context())
	if lines := scrape(t, r, "tls_"); len(lines) != 0 {
		t.Errorf("a certificate that cannot be read shows %v", lines)
	}
	end, err, now = time.Unix(1_800_000_000, 0), nil, now.Add(2*time.Minute)
	f.Refresh(t.Context())
	if diff := cmp.Diff([]string{`tls_certificate_expiry_timestamp_seconds 1.8e+09`}, scrape(t, r, "tls_")); diff != "" {
		t.Error(diff)
	}
}

// source answers as it is told.
type source struct{ errs []error }

func (*source) Name() string { return "league" }

func (s *source) Editions(context.Context) ([]ingesting.Edition, error) { return nil, s.next() }

func (s *source) Read(context.Context, ingesting.Edition, string) (ingesting.Batch, error) {
	return ingesting.Batch{Unchanged: true}, s.next()
}

func (s *source) next() error {
	err := s.errs[0]
	s.errs = s.errs[1:]
	return err
}

func TestProviders(t *testing.T) {
	r := prometheus.NewRegistry()
	s := &source{errs: []error{
		nil, fmt.Errorf("as of: %w", ingesting.ErrUnavailable), nil,
		domain.Errorf(ingesting.ErrNoEdition.Kind, ingesting.ErrNoEdition.Code, "none"), ingesting.ErrUnreadable, context.Canceled,
	}}
	watched := prometheus.NewProviders(r).Watch([]ingesting.Source{s})[0]
	for range 2 {
		_, _ = watched.Editions(t.Context())
	}
	for range 4 {
		_, _ = watched.Read(t.Context(), ingesting.Edition{}, "")
	}
	line := func(operation, result string, n int) string {
		return fmt.Sprintf(`provider_requests_total{operation=%q,result=%q,source="league"} %d`, operation, result, n)
	}
	want := []string{
		line("list", "error", 0), line("list", "missing", 0), line("list", "ok", 1), line("list", "unavailable", 1), line("list", "unchanged", 0), line("list", "unreadable", 0),
		line("read", "error", 1), line("read", "missing", 1), line("read", "ok", 0), line("read", "unavailable", 0), line("read", "unchanged", 1), line("read", "unreadable", 1),
	}
	if diff := cmp.Diff(want, scrape(t, r, "provider_requests_total")); diff != "" {
		t.Error(diff)
	}
	if lines := scrape(t, r, `provider_request_duration_seconds_count{operation="read",source="league"} 4`); len(lines) != 1 {
		t.Error("durations are missing")
	}
}

// The SDK's metrics keep few labels, and strangers' values do not add up.
func TestSDK(t *testing.T) {
	r := prometheus.NewRegistry()
	s := prometheus.NewSDK(r)
	s.Expect([]string{"Ingest"})
	on := s.WithTags(map[string]string{"namespace": "default", "task_queue": "live"}).WithTags(map[string]string{"operation": "Start", "workflow_type": "Ingest", "failure_reason": "NonDeterminismError"})
	on.Counter("temporal_workflow_task_execution_failed").Inc(2)
	on.Counter("temporal_nobody_asked_for").Inc(1)
	on.Gauge("temporal_sticky_cache_size").Update(7)
	on.Timer("temporal_workflow_task_schedule_to_start_latency").Record(2 * time.Second)
	want := []string{
		`temporal_request_failure_total{operation="RespondActivityTaskCompleted",status_code="UNAVAILABLE"} 0`,
		`temporal_request_failure_total{operation="RespondWorkflowTaskCompleted",status_code="UNAVAILABLE"} 0`,
		`temporal_request_failure_total{operation="StartWorkflowExecution",status_code="UNAVAILABLE"} 0`,
		`temporal_sticky_cache_size 7`,
		`temporal_workflow_task_execution_failed_total{failure_reason="NonDeterminismError",workflow_type="Ingest"} 2`,
		`temporal_workflow_task_execution_failed_total{failure_reason="WorkflowError",workflow_type="Ingest"} 0`,
		`temporal_workflow_task_schedule_to_start_latency_seconds_count{task_queue="live"} 1`,
	}
	got := slices.DeleteFunc(scrape(t, r, "temporal_"), func(line string) bool { return slices.Contains([]string{"b", "s"}, bucketOrSum(line)) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for i := range 1000 {
		s.WithTags(map[string]string{"operation": fmt.Sprint(i)}).Counter("temporal_request").Inc(1)
	}
	lines := scrape(t, r, "temporal_request_total")
	if len(lines) != 101 || !slices.Contains(lines, `temporal_request_total{operation="other"} 900`) {
		t.Errorf("%d series of a thousand operations", len(lines))
	}
}

func bucketOrSum(line string) string {
	for suffix, kind := range map[string]string{"_bucket{": "b", "_sum{": "s"} {
		if strings.Contains(line, suffix) {
			return kind
		}
	}
	return ""
}
