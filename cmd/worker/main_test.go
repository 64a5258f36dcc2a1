package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func TestWiring(t *testing.T) {
	if err := fx.ValidateApp(options(config.Config{}, arguments{})); err != nil {
		t.Fatal(err)
	}
}

// Every type that can be started must be served by somebody.
func TestEveryQueueIsAssigned(t *testing.T) {
	served := make(map[string]bool)
	for _, a := range assignments(hosted{}) {
		served[a.Queue] = true
	}
	for _, name := range temporal.Types() {
		queue, err := temporal.QueueOf(name)
		if err != nil || !served[queue] {
			t.Errorf("%s runs on %q, which no worker serves (%v)", name, queue, err)
		}
	}
}

func TestArguments(t *testing.T) {
	tests := map[string]struct {
		args    []string
		environ []string
		code    int
		says    string
	}{
		"version":        {args: []string{"--version"}, code: 0, says: "worker "},
		"help":           {args: []string{"--help"}, code: 0, says: "ingestion, modelling"},
		"unknown option": {args: []string{"--quues=x"}, code: 2, says: "quues"},
		"stray argument": {args: []string{"ingestion"}, code: 2, says: `"ingestion" is no option`},
		"no database":    {code: 2, says: "DATABASE_URL"},
		"unknown queue": {
			args: []string{"--queues", "ingestion,cooking"}, environ: []string{"DATABASE_URL=postgres://u:p@127.0.0.1:1/d", "REDIS_URL=redis://127.0.0.1:1", "DATA=simulated"},
			code: 1, says: `no task queue is called "cooking"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(test.args, test.environ, &out, &out); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !strings.Contains(out.String(), test.says) {
				t.Errorf("it says %q, want %q in it", out.String(), test.says)
			}
		})
	}
}

func TestMetricsAndHealth(t *testing.T) {
	registry := prometheus.NewRegistry()
	prometheus.NewWorkflows(registry).Ended("Ingest", "completed")
	get := func(path string, exposed bool) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler(registry, exposed, http.NotFoundHandler(), http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	if body := get("/metrics", true).Body.String(); !strings.Contains(body, `workflow_runs_total{outcome="completed",workflow="Ingest"} 1`) {
		t.Errorf("/metrics lacks the run:\n%s", body)
	}
	if code := get("/metrics", false).Code; code != 404 {
		t.Errorf("/metrics that is switched off answers %d", code)
	}
	if code := get("/health/live", false).Code; code != 200 {
		t.Errorf("/health/live answers %d", code)
	}
}
