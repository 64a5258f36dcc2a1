package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/ports/access"
)

func TestWiring(t *testing.T) {
	if err := fx.ValidateApp(options(config.Config{})); err != nil {
		t.Fatal(err)
	}
}

func TestArguments(t *testing.T) {
	tests := map[string]struct {
		args, environ []string
		code          int
		says          string
	}{
		"version":        {args: []string{"--version"}, code: 0, says: "api "},
		"help":           {args: []string{"--help"}, code: 0, says: "-version"},
		"unknown option": {args: []string{"--port=1"}, code: 2, says: "port"},
		"stray argument": {args: []string{"serve"}, code: 2, says: `"serve" is no option`},
		"no database":    {code: 2, says: "DATABASE_URL"},
		"taken port":     {environ: []string{"HTTP_ADDR=" + taken(t), "METRICS_PORT=0"}, code: 1, says: "address already in use"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			environ := tt.environ
			if environ != nil {
				environ = append(environ, nothingThere...)
			}
			if code := run(tt.args, environ, &out, &out); code != tt.code {
				t.Errorf("exit code %d, want %d: %s", code, tt.code, &out)
			}
			if !strings.Contains(out.String(), tt.says) {
				t.Errorf("it says %q, want %q in it", out.String(), tt.says)
			}
		})
	}
}

// nothingThere names dependencies on a port that nobody listens on.
var nothingThere = []string{
	"DATABASE_URL=postgres://u:p@127.0.0.1:1/d", "REDIS_URL=redis://127.0.0.1:1/0", "TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=error",
}

// taken is an address that somebody listens on.
func taken(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// free is an address that was free a moment ago.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// The whole program without anything it depends on: it starts, says that it is
// not ready, answers problems in time, counts, drains and ends.
func TestAloneInTheWorld(t *testing.T) {
	api, metrics := free(t), free(t)
	_, port, _ := net.SplitHostPort(metrics)
	c, err := config.Load(append([]string{"HTTP_ADDR=" + api, "METRICS_PORT=" + port}, nothingThere...), config.ForAPI)
	if err != nil {
		t.Fatal(err)
	}
	app := fx.New(options(c))
	start, cancel := withTimeout(10 * time.Second)
	defer cancel()
	if err := app.Start(start); err != nil {
		t.Fatal(err)
	}
	// A key that is one by its form makes the API ask the database.
	const key = access.Prefix + "0000000000000000000000000000000000000000" + "2kaqcA"
	for _, tt := range []struct {
		url, key string
		status   int
		says     string
	}{
		{"http://" + api + "/health/live", "", 200, `"ok"`},
		{"http://" + api + "/health/ready", "", 503, "postgres"},
		{"http://" + api + "/docs", "", 200, "<main"},
		{"http://" + api + "/api/v1/teams", "", 401, "access.unauthenticated"},
		{"http://" + api + "/api/v1/teams", key, 503, "dependency.unavailable"},
		{"http://" + api + "/metrics", "", 404, "route.unknown"},
		{"http://" + metrics + "/metrics", "", 200, `http_requests_total{method="GET",route="/health/ready",status="503"} 1`},
	} {
		begin := time.Now()
		status, body := fetch(t, tt.url, tt.key)
		if status != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("GET %s = %d %.300s, want %d with %s", tt.url, status, body, tt.status, tt.says)
		}
		if took := time.Since(begin); took > 15*time.Second {
			t.Errorf("GET %s took %v", tt.url, took)
		}
	}
	stop, cancel := withTimeout(10 * time.Second)
	defer cancel()
	if err := app.Stop(stop); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", api); err == nil {
		t.Error("it still listens")
	}
}

func fetch(t *testing.T, url, key string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-API-Key", key)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode >= 400 && !json.Valid(body) {
		t.Errorf("GET %s answers %d %q", url, answer.StatusCode, body)
	}
	return answer.StatusCode, string(body)
}
