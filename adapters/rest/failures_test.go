package rest_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/domain"
)

func allow(hosts ...string) with {
	return func(d *rest.Dependencies) { d.Config.AllowedHosts = hosts }
}

func within(timeout time.Duration) with {
	return func(d *rest.Dependencies) { d.Config.Timeout = timeout }
}

// stated is an error that carries a SQLSTATE, as PostgreSQL's driver has it.
type stated string

func (s stated) Error() string    { return "FATAL: secret (SQLSTATE " + string(s) + ")" }
func (s stated) SQLState() string { return string(s) }

// Whatever goes wrong below, clients get a problem that tells them what to do
// and nothing of what was said down there.
func TestFailures(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("secret: connection refused")}
	tests := map[string]struct {
		err    error
		status int
		code   string
		level  string // of the line that is logged, "" for none
	}{
		"unforeseen":       {errors.New("secret: pq: column x"), 500, "internal", "error"},
		"wrapped":          {fmt.Errorf("secret: %w", errors.New("secret")), 500, "internal", "error"},
		"bad SQL":          {stated("42601"), 500, "internal", "error"},
		"named internal":   {&domain.Error{Kind: domain.Internal, Code: "x", Detail: "secret"}, 500, "internal", "error"},
		"conflict":         {&domain.Error{Kind: domain.Conflict, Code: "thing.busy", Detail: "it is busy"}, 409, "thing.busy", ""},
		"invalid":          {fmt.Errorf("secret: %w", domain.Errorf(domain.Invalid, "thing.bad", "it is bad")), 422, "thing.bad", ""},
		"unavailable":      {&domain.Error{Kind: domain.Unavailable, Code: "thing.away", Detail: "it is away"}, 503, "thing.away", "warn"},
		"refused":          {fmt.Errorf("secret: %w", refused), 503, "dependency.unavailable", "warn"},
		"connection lost":  {driver.ErrBadConn, 503, "dependency.unavailable", "warn"},
		"server stopping":  {fmt.Errorf("select: %w", stated("57P01")), 503, "dependency.unavailable", "warn"},
		"too many clients": {stated("53300"), 503, "dependency.unavailable", "warn"},
		"out of time":      {fmt.Errorf("secret: %w", context.DeadlineExceeded), 503, "request.timeout", "warn"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.world.err = tt.err
			w := s.get("/api/v1/teams", "X-Request-ID", "r-1")
			wantProblem(t, w, tt.status, tt.code)
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the answer tells %s", w.Body)
			}
			if got := w.Header().Get("Retry-After"); (got != "") != (tt.status == 503) {
				t.Errorf("Retry-After of %d is %q", tt.status, got)
			}
			var levels []string
			for _, line := range s.logs.FilterField(zap.String("request_id", "r-1")).All() {
				if line.Message != "request" {
					levels = append(levels, line.Level.String())
				}
			}
			if got := strings.Join(levels, ","); got != tt.level {
				t.Errorf("logged at %q, want %q", got, tt.level)
			}
		})
	}
}

func TestPanicIsA500(t *testing.T) {
	s := newServer(t)
	s.world.crash = true
	for _, at := range []string{"/api/v1/teams", "/api/v1/forecasts"} {
		w := s.get(at)
		wantProblem(t, w, http.StatusInternalServerError, "internal")
		if strings.Contains(w.Body.String(), "secret") || w.Header().Get("ETag") != "" {
			t.Errorf("the answer is %v %s", w.Header(), w.Body)
		}
	}
	if n := s.logs.FilterMessage("request panicked").Len(); n != 2 {
		t.Errorf("%d panics logged, want 2", n)
	}
	if s.counts.inFlight != 0 || s.counts.requests[0] != "GET /api/v1/teams Internal Server Error" {
		t.Errorf("%d in flight, counted %q", s.counts.inFlight, s.counts.requests)
	}
}

func TestWorkIsBoundedInTime(t *testing.T) {
	s := newServer(t, within(30*time.Millisecond))
	s.world.stall = true
	start := time.Now()
	wantProblem(t, s.get("/api/v1/matches"), http.StatusServiceUnavailable, "request.timeout")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// Over a real connection: bodies that never end, are broken, or are too large.
func TestBodiesAreBounded(t *testing.T) {
	s := newServer(t)
	live := httptest.NewServer(s)
	defer live.Close()
	head := "POST /api/v1/models/rollback HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-API-Key: " + s.manager + "\r\n"
	tests := map[string]struct{ sent, want string }{
		"broken chunks": {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400 Bad Request"},
		"too large":     {head + "Content-Length: 70000\r\n\r\n" + strings.Repeat(" ", 70000), "413 Request Entity Too Large"},
		"huge address":  {"GET /" + strings.Repeat("a", 20<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", "414 Request URI Too Long"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", live.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			if _, err := conn.Write([]byte(tt.sent)); err != nil {
				t.Fatal(err)
			}
			answer := make([]byte, 4096)
			n, _ := conn.Read(answer)
			if !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 "+tt.want) || !strings.Contains(string(answer[:n]), "application/problem+json") {
				t.Errorf("answer is %.300s", answer[:n])
			}
		})
	}
}
