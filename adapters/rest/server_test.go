package rest_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/operating"
)

// server is an API over a world in memory, with two keys.
type server struct {
	*rest.API
	world           *world
	keyring         *keyring
	logs            *observer.ObservedLogs
	counts          *counts
	clock           *clock
	runs            *runs
	reader, manager string // API keys that may read all there is, and operate
}

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// counts is an observer that remembers.
type counts struct {
	requests []string
	inFlight int
	mu       sync.Mutex
	looked   map[caching.Result]int
}

func (c *counts) InFlight(delta int) { c.inFlight += delta }
func (c *counts) Request(method, route string, status int, _ time.Duration) {
	c.requests = append(c.requests, method+" "+route+" "+http.StatusText(status))
}

func (c *counts) Looked(_ caching.Area, r caching.Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looked[r]++
}

// newHouse keeps answers in this process alone.
func newHouse(clock func() time.Time, o caching.Observer) *caching.House {
	return caching.NewHouse(caching.Parts{Memory: otter.NewMemory(1<<20, time.Minute), Observer: o, Now: clock})
}

// with changes what a server is made of.
type with func(*rest.Dependencies)

func newServer(t testing.TB, changes ...with) *server {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	s := &server{
		world: newWorld(t), keyring: &keyring{keys: make(map[access.Hash]access.Key)}, logs: logs,
		counts: &counts{looked: make(map[caching.Result]int)}, clock: &clock{at: now}, runs: newRuns(),
	}
	s.reader, s.manager = s.issue(t, access.Read, access.Manage), s.issue(t, access.Read, access.Operate)
	house := newHouse(s.clock.now, s.counts)
	changed := func(ctx context.Context) { house.Invalidate(ctx, caching.Forecasts) }
	d := rest.Dependencies{
		House: house, Catalogue: s.world, Models: s.world, Promoter: modelling.NewPromoter(modelling.Announced(s.world, changed), s.world, s.clock.now),
		Authenticator: access.NewAuthenticator(s.keyring, badge{}, badge{}, access.NewRecollection(otter.NewMemory(1<<20, time.Minute), nil, nil, s.clock.now)),
		Checker:       checking.NewChecker(nil, time.Second, time.Now),
		Routine:       &checking.Routine{Backups: routine{}, Sources: routine{}, Engine: routine{}, Now: s.clock.now},
		Usage:         newReader(s.clock.now),
		Members:       newMembers(s.clock.now),
		Book:          newBook(s.clock.now),
		Clerk:         newClerk(s.clock.now),
		Keeper:        newKeeper(s.clock.now),
		Audit:         auditing.NewReader(chains{}, openSealer{}),
		Clock:         s.clock.now, Calendar: football.Today(s.clock.now), Observer: s.counts, Log: zap.New(core),
		Operations: newDispatcher(s.runs, s.clock.now), Incidents: newIncidentDesk(s.clock.now),
		Config: rest.Config{
			Version: "v9.9.9", Commit: "abc", Kinds: operating.Served(temporal.Serves), TemporalUI: "http://ui.example/", TemporalNamespace: "default",
		},
	}
	for _, change := range changes {
		change(&d)
	}
	s.API = rest.New(d)
	return s
}

func (s *server) issue(t testing.TB, scopes ...access.Scope) string {
	t.Helper()
	issuer := access.NewIssuer(tenants{s.keyring}, keys{s.keyring}, rand.Reader, func() string { return id(9, len(s.keyring.keys)) }, s.clock.now)
	s.keyring.tenant = tenancy.Tenant{ID: id(8, 1), Slug: "acme", Name: "Acme", Status: tenancy.Active}
	key, _, err := issuer.CreateKey(context.Background(), access.Request{Tenant: "acme", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// call asks with the reader's key, or as a person, unless headers say otherwise.
func (s *server) call(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	forPeople := strings.HasPrefix(target, "/api/v1/users") || strings.HasPrefix(target, "/api/v1/api-keys") || strings.HasPrefix(target, "/api/v1/tenants") ||
		strings.HasPrefix(target, "/api/v1/operations") || strings.HasPrefix(target, "/api/v1/incidents")
	if forPeople && !slices.Contains(headers, "X-API-Key") {
		r.Header.Set("Authorization", "Bearer "+person)
	} else {
		r.Header.Set("X-API-Key", s.reader)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *server) get(target string, headers ...string) *httptest.ResponseRecorder {
	return s.call(http.MethodGet, target, "", headers...)
}

// decode reads the JSON that was answered.
func decode[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("answer %d %q: %v", w.Code, w.Body, err)
	}
	return v
}

// wire is a problem document as a client sees it.
type wire struct {
	Type, Title, Detail, Instance string
	Status                        int
	Errors                        []struct {
		Message, Location string
		Value             any
	}
}

// wantProblem fails unless w is a well-made problem of this status and type.
func wantProblem(t testing.TB, w *httptest.ResponseRecorder, status int, code string) wire {
	t.Helper()
	p := decode[wire](t, w)
	if w.Code != status || p.Status != status || p.Type != "urn:football-prediction:problem:"+code {
		t.Errorf("got %d %s, want %d %s: %s", w.Code, p.Type, status, code, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type is %q", got)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control of a problem is %q", got)
	}
	if p.Title == "" || p.Instance != "urn:football-prediction:request:"+w.Header().Get("X-Request-ID") {
		t.Errorf("title %q, instance %q of request %q", p.Title, p.Instance, w.Header().Get("X-Request-ID"))
	}
	return p
}
