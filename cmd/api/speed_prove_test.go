//go:build prove

package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/test/harness"
)

// How a rate is measured: in rounds, in which each server has its turn, so that
// what else the machine does falls on all alike.
const (
	speedRounds      = 15
	speedRequests    = 6_000
	speedConnections = 16
)

// What a kept forecast may cost, against a handler that only writes its bytes.
const (
	leastShare = 0.5 // of the requests a second
	mostP99    = 3.0 // times the 99th percentile of latency
)

// sameHeaders is the bare handler that the API is held against: it sends the
// same bytes, to the last header.
const sameHeaders = "bare, same headers"

// TestProveAKeptForecastIsServedAtHalfTheSpeedOfABareHandler asks the whole
// program, as it is composed to be run, for a forecast: API key, quota leased
// from Redis, metrics and log, over connections that are kept. For the record it
// also asks without Redis, with many keys in turn, and with a log of every line,
// and compares with a handler that writes the body and none of the headers.
func TestProveAKeptForecastIsServedAtHalfTheSpeedOfABareHandler(t *testing.T) {
	s := newSpeedway(t)
	address, path := s.start(t, "REDIS_URL="+harness.Redis(t)), "/api/v1/matches/"+s.match+"/forecast"
	everyLine := s.start(t, "REDIS_URL="+harness.Redis(t), "DEBUG=true")
	alone := s.start(t, "REDIS_URL=redis://127.0.0.1:1/0")
	header, body := ask(t, "http://"+address+path, s.keys[0])
	bare := serveBare(t, func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	alike := serveBare(t, func(w http.ResponseWriter) {
		for name, values := range header {
			if name != "Date" {
				w.Header()[name] = values
			}
		}
		_, _ = w.Write(body)
	})
	one := func(address string) runner {
		return runner{address: address, requests: [][]byte{request(path, s.keys[0])}}
	}
	many := runner{address: address}
	for _, key := range s.keys {
		many.requests = append(many.requests, request(path, key))
	}
	runners := map[string]runner{
		"bare": one(bare), sameHeaders: one(alike), "the API": one(address), "the API, each line logged": one(everyLine),
		"the API, without Redis": one(alone), fmt.Sprintf("the API, %d keys in turn", len(s.keys)): many,
	}
	runs := race(t, runners)
	for _, name := range sorted(runs) {
		share, p99 := against(runs[name], runs[sameHeaders])
		ofLeast, _ := against(runs[name], runs["bare"])
		t.Logf("%-28s %6.0f requests a second, %5.1f µs of processors each, p99 %5.2f ms; %.2f of %s, p99 × %.1f; %.2f of bare",
			name, middle(runs[name], func(l lap) float64 { return l.rate }),
			middle(runs[name], func(l lap) float64 { return float64(l.work.Nanoseconds()) / 1_000 }),
			middle(runs[name], func(l lap) float64 { return float64(l.p99.Microseconds()) / 1_000 }), share, sameHeaders, p99, ofLeast)
	}
	share, p99 := against(runs["the API"], runs[sameHeaders])
	if share < leastShare || p99 > mostP99 {
		t.Errorf("the API serves %.2f of what a bare handler does, p99 × %.1f", share, p99)
	}
}

// speedway is a database with a forecast in it and keys to ask for it.
type speedway struct {
	database harness.Database
	match    string
	keys     []string
}

// speedKeys is how many keys ask in turn: as many as the authenticator
// remembers.
const speedKeys = 10_000

func newSpeedway(t *testing.T) *speedway {
	t.Helper()
	s := &speedway{database: harness.Postgres(t)}
	_, err := provisioning.NewRegistrar(postgres.NewTenants(connect(t, s.database.AppURL)), postgres.NewID, time.Now).
		Create(t.Context(), provisioning.Application{Slug: "demo", Plan: tenancy.Enterprise})
	must(t, err)
	o := &office{t: t, database: s.database}
	s.match = o.fixture()
	o.forecast(s.match)
	s.keys = append(o.manyKeys(1_000, speedKeys/1_000), newKey(t, connect(t, s.database.AppURL)))
	slices.Reverse(s.keys)
	_, err = connect(t, s.database.AdminURL).ExecContext(t.Context(), `UPDATE tenants SET limit_api_calls = 1000000000`)
	must(t, err)
	return s
}

// start runs the program with some settings until the test is over.
func (s *speedway) start(t *testing.T, settings ...string) (address string) {
	t.Helper()
	return s.startWith(t, fx.Options(), settings...)
}

// startWith is start of a program that is changed.
func (s *speedway) startWith(t *testing.T, changes fx.Option, settings ...string) (address string) {
	t.Helper()
	address = free(t)
	startProgram(t, append([]string{
		"HTTP_ADDR=" + address, "METRICS_PORT=0", "DATABASE_URL=" + s.database.AppURL, "TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=info",
	}, settings...), changes)
	return address
}

// serveBare answers every request with write, through a server with the time
// limits of ours.
func serveBare(t *testing.T, write func(http.ResponseWriter)) (address string) {
	t.Helper()
	address = free(t)
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w) }), zap.NewNop())
	server.Addr = address
	go func() { _ = server.ListenAndServe() }() // it ends when it is closed
	t.Cleanup(func() { _ = server.Close() })
	awaitPort(t, address)
	return address
}

func sorted[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
