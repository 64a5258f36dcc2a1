package fault_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// TestServersMayGoAndComeBack stops PostgreSQL, Redis and Temporal under the
// running API and worker, one after the other. The programs stay up, answer
// with problem documents meanwhile, and work again by themselves.
func TestServersMayGoAndComeBack(t *testing.T) {
	t.Parallel()
	s := start(t, "simulated")
	s.startWorker(t)
	s.startAPI(t)
	s.finish(t, s.begin(t, "ingestion", "Ingest"))
	before := s.count(t, `SELECT count(*) FROM matches`)

	t.Run("PostgreSQL", func(t *testing.T) {
		away(t, s.postgres)
		eventually(t, "readiness is 503", func() (bool, string) {
			status, body := s.get("/health/ready")
			return status == http.StatusServiceUnavailable && strings.Contains(body, `"status":503`), body
		})
		began := time.Now()
		status, body := s.get("/api/v1/competitions")
		if status != http.StatusServiceUnavailable || !strings.Contains(body, `"type":`) || strings.Contains(body, "dial") {
			t.Errorf("GET competitions = %d %s", status, body)
		}
		if status, body := s.get("/health/live"); status != http.StatusOK {
			t.Errorf("liveness = %d %s: an API that is restarted cannot mend its database", status, body)
		}
		t.Logf("the problem document came after %v", time.Since(began).Round(time.Millisecond))
		back(t, s.postgres)
		eventually(t, "requests are answered again", func() (bool, string) {
			status, body := s.get("/api/v1/competitions")
			return status == http.StatusOK, body
		})
	})
	t.Run("Redis", func(t *testing.T) {
		away(t, s.redis)
		if status, body := s.get("/api/v1/competitions"); status != http.StatusOK {
			t.Errorf("without Redis: %d %s", status, body)
		}
		back(t, s.redis)
	})
	t.Run("Temporal", func(t *testing.T) {
		away(t, s.temporal)
		if status, body := s.get("/api/v1/competitions"); status != http.StatusOK {
			t.Errorf("without Temporal: %d %s", status, body)
		}
		back(t, s.temporal)
		eventually(t, "the API is ready", func() (bool, string) {
			status, body := s.get("/health/ready")
			return status == http.StatusOK, body
		})
	})

	s.finish(t, s.begin(t, "ingestion", "Ingest"))
	s.finish(t, s.begin(t, "modelling", "RetrainModel"))
	if after := s.count(t, `SELECT count(*) FROM matches`); after != before {
		t.Errorf("%d matches, %d before the servers went", after, before)
	}
	for _, program := range []struct {
		name string
		pid  int
	}{{"worker", s.worker.Process.Pid}, {"api", s.api.Process.Pid}} {
		if !alive(program.pid) {
			t.Errorf("the %s died on the way", program.name)
		}
	}
}

func away(t *testing.T, server devserver.Unit) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := server.Stop(ctx); err != nil {
		t.Fatal(err)
	}
}

func back(t *testing.T, server devserver.Unit) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := server.Start(ctx); err != nil {
		t.Fatal(err)
	}
}
