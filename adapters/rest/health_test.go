package rest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/checking"
)

// outside is what the server stands on.
type outside struct {
	postgres, redis error
	hang            bool
	asked           int
}

func (o *outside) probes(d *rest.Dependencies) {
	d.Checker = checking.NewChecker([]checking.Dependency{
		{Name: "postgres", Critical: true, Probe: func(context.Context) error {
			o.asked++
			if o.hang {
				select {}
			}
			return o.postgres
		}},
		{Name: "redis", Probe: func(context.Context) error { return o.redis }},
	}, 50*time.Millisecond, time.Now)
}

type healthAnswer struct {
	Status, Version string
	Checks          []struct{ Name, Status, Message string }
}

func TestHealthOfDependencies(t *testing.T) {
	down := errors.New("dial tcp 10.0.0.7:5432: secret")
	tests := map[string]struct {
		outside         outside
		status          int
		summary, health string
	}{
		"all there":      {outside{}, 200, "ok", "up up"},
		"redis away":     {outside{redis: down}, 200, "degraded", "up down"},
		"postgres away":  {outside{postgres: down}, 503, "", ""},
		"postgres hangs": {outside{hang: true}, 503, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, tt.outside.probes)
			for _, at := range []string{"/health", "/health/ready"} {
				w := s.get(at, "X-API-Key", "")
				if strings.Contains(w.Body.String(), "secret") {
					t.Errorf("GET %s tells %s", at, w.Body)
				}
				if tt.status == 503 {
					p := wantProblem(t, w, 503, "dependency.unavailable")
					if len(p.Errors) != 1 || p.Errors[0].Location != "postgres" || w.Header().Get("Retry-After") == "" {
						t.Errorf("GET %s: errors %+v, Retry-After %q", at, p.Errors, w.Header().Get("Retry-After"))
					}
					continue
				}
				got := decode[healthAnswer](t, w)
				if w.Code != tt.status || got.Status != tt.summary || got.Checks[0].Status+" "+got.Checks[1].Status != tt.health || got.Version != "v9.9.9" {
					t.Errorf("GET %s = %d %s", at, w.Code, w.Body)
				}
			}
			if w := s.get("/health/live", "X-API-Key", ""); w.Code != http.StatusOK {
				t.Errorf("liveness = %d", w.Code)
			}
		})
	}
}

// However often strangers ask, the dependencies are asked four times a second.
func TestHealthIsNotAsked(t *testing.T) {
	var o outside
	s := newServer(t, o.probes)
	for range 100 {
		s.get("/health/ready")
	}
	if o.asked != 1 {
		t.Errorf("PostgreSQL was asked %d times", o.asked)
	}
	s.clock.at = s.clock.at.Add(time.Second)
	s.get("/health/ready")
	if o.asked != 2 {
		t.Errorf("a second later it was asked %d times in all", o.asked)
	}
}

func TestDraining(t *testing.T) {
	s := newServer(t)
	s.Drain()
	wantProblem(t, s.get("/health/ready"), http.StatusServiceUnavailable, "server.stopping")
	if w := s.get("/api/v1/teams"); w.Code != http.StatusOK || w.Header().Get("Connection") != "close" {
		t.Errorf("a request that still comes = %d %v", w.Code, w.Header())
	}
	if w := s.get("/health/live"); w.Code != http.StatusOK {
		t.Errorf("liveness = %d", w.Code)
	}
}

// routine is a system of which nothing was ever done.
type routine struct{}

func (routine) List(context.Context, operation.Kind) ([]operation.Backup, error) { return nil, nil }
func (routine) Freshness(context.Context) ([]catalogue.Freshness, error)         { return nil, nil }
func (routine) Queues(context.Context) ([]checking.Queue, error)                 { return nil, nil }
func (routine) Timetables(context.Context) ([]checking.Timetable, error)         { return nil, nil }

// What was done last is told to operators; a credential that is no good is
// refused rather than overlooked.
func TestHealthTellsOperatorsMore(t *testing.T) {
	s := newServer(t)
	for who, tt := range map[string]struct {
		key    string
		status int
		told   bool
	}{
		"a stranger": {"", 200, false}, "a reader": {s.reader, 200, false}, "an operator": {s.manager, 200, true}, "a bad key": {"fp_live_none", 401, false},
	} {
		w := s.get("/health", "X-API-Key", tt.key)
		if w.Code != tt.status || strings.Contains(w.Body.String(), "backup of database") != tt.told {
			t.Errorf("%s is told %d %s", who, w.Code, w.Body)
		}
	}
}
