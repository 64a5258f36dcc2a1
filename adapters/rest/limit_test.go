package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/ports/metering"
)

// gate lets a number of calls through.
type gate struct {
	left int
	who  []string
}

func (g *gate) Take(_ context.Context, p access.Principal, cost int) (limiting.Decision, error) {
	g.who = append(g.who, p.TenantID+" "+p.Subject)
	d := limiting.Decision{Limit: 1000, Window: time.Hour, Reset: 90 * time.Second}
	if g.left < cost {
		d.RetryAfter = 3100 * time.Millisecond
		return d, nil
	}
	g.left -= cost
	d.Allowed, d.Remaining = true, g.left
	return d, nil
}

func gated(g *gate) with { return func(d *rest.Dependencies) { d.Limiter = g } }

func TestLimitsAreTold(t *testing.T) {
	g := &gate{left: 3}
	s := newServer(t, gated(g))
	w := s.get("/api/v1/teams")
	if w.Code != http.StatusOK || w.Header().Get("RateLimit-Policy") != `"default";q=1000;w=3600` || w.Header().Get("RateLimit") != `"default";r=2;t=90` {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	// 304 and 403 are answers to a known caller too, and count.
	w = s.get("/api/v1/teams", "If-None-Match", w.Header().Get("ETag"))
	if w.Code != http.StatusNotModified || w.Header().Get("RateLimit") != `"default";r=1;t=90` {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	w = s.call(http.MethodPost, "/api/v1/models/rollback", `{"reason":"x"}`)
	if w.Code != http.StatusForbidden || w.Header().Get("RateLimit") != `"default";r=0;t=90` {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	w = s.get("/api/v1/teams")
	p := wantProblem(t, w, http.StatusTooManyRequests, "quota.api_calls")
	if w.Header().Get("Retry-After") != "4" || w.Header().Get("RateLimit") != `"default";r=0;t=90` {
		t.Errorf("refused with %v", w.Header())
	}
	for _, told := range []string{"api_calls", "1000", "4s"} {
		if !strings.Contains(p.Detail, told) {
			t.Errorf("the detail %q does not tell %s", p.Detail, told)
		}
	}
	for _, who := range g.who {
		if who != g.who[0] || !strings.Contains(who, "api-key:") {
			t.Errorf("calls were counted of %v", g.who)
		}
	}
}

func TestStrangersAreNotLimited(t *testing.T) {
	g := &gate{}
	s := newServer(t, gated(g))
	w := s.get("/api/v1/teams", "X-API-Key", "")
	wantProblem(t, w, http.StatusUnauthorized, "access.unauthenticated")
	if len(g.who) != 0 || w.Header().Get("RateLimit") != "" {
		t.Errorf("a stranger is counted as %v", g.who)
	}
	if w := s.get("/health/live"); w.Code != http.StatusOK || w.Header().Get("RateLimit") != "" {
		t.Errorf("health: %d %v", w.Code, w.Header())
	}
}

func TestLimitsAreDescribed(t *testing.T) {
	s := newServer(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for path, op := range operations(s, method) {
			if len(op.Security) == 0 {
				continue
			}
			if r := op.Responses["429"]; r == nil || r.Headers["Retry-After"] == nil {
				t.Errorf("%s %s does not say that it may be refused", method, path)
			}
			for status, r := range op.Responses {
				if told := r.Headers["RateLimit"] != nil && r.Headers["RateLimit-Policy"] != nil; told != (status != "401") {
					t.Errorf("%s %s %s: limits are described: %t", method, path, status, told)
				}
			}
		}
	}
}

// books are the usage of one tenant.
type books struct{ now domain.Clock }

func (b books) Usage(context.Context, string, metering.Span) (metering.Recorded, error) {
	today := b.now().UTC().Truncate(24 * time.Hour)
	return metering.Recorded{Hour: 12, Today: 7, Days: map[time.Time]metering.Day{
		today: {APICalls: 120, Refused: 3, Predictions: 7, ActiveUsers: 2},
	}}, nil
}

func (books) Limits(context.Context, string) (tenancy.Limits, error) {
	return tenancy.LimitsOf(tenancy.Basic, tenancy.Limits{})
}

func (b books) Held(context.Context, string, time.Duration) (metering.Holdings, error) {
	return metering.Holdings{Users: 11, StorageMB: 5, StorageAt: b.now()}, nil
}

type unheld struct{}

func (unheld) Held(string) int { return 0 }

func newReader(now domain.Clock) *metering.Reader {
	return metering.NewReader(books{now}, metering.NewMeter(nil, "", now), unheld{}, now)
}

func TestUsageIsTold(t *testing.T) {
	s := newServer(t)
	type quota struct {
		Quota                  string
		Limit, Used, Remaining int
		ResetsAt               *time.Time `json:"resets_at"`
	}
	type told struct {
		Quotas []quota
		Days   []struct {
			Date     string
			APICalls int `json:"api_calls"`
		}
	}
	today := s.clock.now().UTC().Format(time.DateOnly)
	got := decode[told](t, s.get("/api/v1/tenant/usage?from="+today))
	if len(got.Quotas) != 4 || len(got.Days) != 1 || got.Days[0].Date != today || got.Days[0].APICalls != 120 {
		t.Fatalf("usage = %+v", got)
	}
	wants := map[string]struct{ used, left int }{"users": {11, 0}, "predictions": {7, 93}, "api_calls": {12, 988}, "storage_mb": {5, 95}}
	for _, q := range got.Quotas {
		if w := wants[q.Quota]; q.Used != w.used || q.Remaining != w.left {
			t.Errorf("%+v, want %+v", q, w)
		}
		if counted := q.Quota == "predictions" || q.Quota == "api_calls"; counted != (q.ResetsAt != nil) {
			t.Errorf("%s resets at %v", q.Quota, q.ResetsAt)
		}
	}
	for _, query := range []string{"?from=2026-01-01&to=2026-04-01", "?from=2026-02-01&to=2026-01-01", "?from=yesterday"} {
		if w := s.get("/api/v1/tenant/usage" + query); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s = %d %s", query, w.Code, w.Body)
		}
	}
	if w := s.get("/api/v1/tenant/usage?from=2026-01-01&to=2026-03-31"); w.Code != http.StatusOK {
		t.Errorf("ninety days = %d %s", w.Code, w.Body)
	}
}
