package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEntityTags(t *testing.T) {
	s := newServer(t)
	addresses := []string{"/openapi.json", "/openapi.yaml", "/openapi-3.0.json", "/docs", "/docs/start.js"}
	for path := range operations(s, http.MethodGet) {
		if strings.HasPrefix(path, "/api/") {
			addresses = append(addresses, target(path))
		}
	}
	for _, at := range addresses {
		first := s.get(at)
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || len(tag) < 10 || !strings.HasPrefix(tag, `"`) {
			t.Fatalf("GET %s = %d with tag %s", at, first.Code, tag)
		}
		for _, sent := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := s.get(at, "If-None-Match", sent)
			if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != tag {
				t.Errorf("GET %s with %s = %d, %d bytes, tag %s", at, sent, again.Code, again.Body.Len(), again.Header().Get("ETag"))
			}
		}
		if again := s.get(at, "If-None-Match", `"other"`); again.Code != http.StatusOK {
			t.Errorf("GET %s with another tag = %d", at, again.Code)
		}
		head := s.call(http.MethodHead, at, "")
		if head.Code != http.StatusOK || head.Header().Get("ETag") != tag || head.Header().Get("Content-Length") != first.Header().Get("Content-Length") {
			t.Errorf("HEAD %s = %d %v", at, head.Code, head.Header())
		}
	}
}

// A tag stands for bytes: it changes when they do.
func TestTagsFollowTheData(t *testing.T) {
	s := newServer(t)
	before := s.get("/api/v1/teams/" + id(1, 0)).Header().Get("ETag")
	s.world.teams[0].Name = "Team Nought"
	after := s.get("/api/v1/teams/"+id(1, 0), "If-None-Match", before)
	if after.Code != http.StatusOK || after.Header().Get("ETag") == before {
		t.Errorf("after a change: %d with tag %s, before %s", after.Code, after.Header().Get("ETag"), before)
	}
}

func TestCacheDirectives(t *testing.T) {
	s := newServer(t)
	want := map[string][2]string{
		"/api/v1/teams": {"private, no-cache", "Authorization, X-API-Key"},
		"/api/v1/matches/" + id(2, 120) + "/forecast": {"private, no-cache", "Authorization, X-API-Key"},
		"/health":              {"no-store", "Authorization, X-API-Key"}, // operators are told more
		"/health/live":         {"no-store", ""},
		"/openapi.json":        {"public, max-age=300", ""},
		"/docs":                {"public, max-age=300", ""},
		"/docs/swagger-ui.css": {"public, max-age=604800", "Accept-Encoding"},
	}
	for at, headers := range want {
		for range 2 { // the second answer may come from memory
			w := s.get(at)
			got := [2]string{w.Header().Get("Cache-Control"), w.Header().Get("Vary")}
			if w.Code != http.StatusOK || got != headers {
				t.Errorf("GET %s = %d with %q, want %q", at, w.Code, got, headers)
			}
		}
	}
}

func TestRequestIDs(t *testing.T) {
	s := newServer(t)
	tests := map[string]struct {
		sent string
		kept bool
	}{
		"a caller's own": {"trace-01HZX.y_7", true},
		"none":           {"", false},
		"a header split": {"a\r\nSet-Cookie: b", false},
		"markup":         {"<script>", false},
		"too long":       {strings.Repeat("a", 129), false},
		"the longest":    {strings.Repeat("a", 128), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s.logs.TakeAll()
			got := s.get("/api/v1/teams", "X-Request-ID", tt.sent).Header().Get("X-Request-ID")
			if (got == tt.sent) != tt.kept || got == "" {
				t.Errorf("sent %q, got %q", tt.sent, got)
			}
			logged := s.logs.FilterMessage("request").All()
			if len(logged) != 1 || logged[0].ContextMap()["request_id"] != got || logged[0].ContextMap()["tenant"] != "acme" {
				t.Errorf("logged %v", logged)
			}
		})
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := newServer(t)
	for _, at := range []string{"/api/v1/teams", "/nowhere", "/health", "/docs"} {
		h := s.get(at).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", at, name, h.Get(name))
			}
		}
		if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: policy %q", at, h.Get("Content-Security-Policy"))
		}
	}
}

func TestHosts(t *testing.T) {
	s := newServer(t, allow("api.example.org", "*.example.com"))
	hosts := map[string]int{
		"api.example.org": 200, "API.example.org:8000": 200, "a.example.com": 200, "a.b.example.com": 200,
		"example.com": 421, "evilexample.com": 421, "evil.org": 421,
	}
	got := make(map[string]int)
	for host := range hosts {
		got[host] = s.get("http://" + host + "/api/v1/teams").Code
	}
	if diff := cmp.Diff(hosts, got); diff != "" {
		t.Error(diff)
	}
	if w := s.get("http://10.0.0.7/health/live"); w.Code != http.StatusOK {
		t.Errorf("liveness by address = %d", w.Code)
	}
}
