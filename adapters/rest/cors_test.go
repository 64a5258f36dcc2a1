package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/rest"
)

func TestPagesOfOtherOrigins(t *testing.T) {
	const friend = "https://app.example.com"
	s := newServer(t, func(d *rest.Dependencies) { d.Config.CORSOrigins = []string{friend} })
	for _, origin := range []string{friend, "https://evil.example.com", "https://app.example.com.evil.org", "http://app.example.com", "null", ""} {
		allowed := ""
		if origin == friend {
			allowed = friend
		}
		w := s.get("/api/v1/teams", "Origin", origin)
		if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != http.StatusOK || got != allowed || w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("from %q = %d, allowed to %q", origin, w.Code, got)
		}
		if origin == friend && !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "Etag") {
			t.Errorf("a page may read %q", w.Header().Get("Access-Control-Expose-Headers"))
		}
		asks := s.call(http.MethodOptions, "/api/v1/predictions", "", "X-API-Key", "", "Origin", origin,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
		if got := asks.Header().Get("Access-Control-Allow-Origin"); got != allowed {
			t.Errorf("a preflight from %q = %d, allowed to %q", origin, asks.Code, got)
		}
	}
	odd := s.call(http.MethodOptions, "/api/v1/predictions", "", "Origin", friend, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-evil")
	if got := odd.Header().Get("Access-Control-Allow-Headers"); got != "" {
		t.Errorf("a header that nobody knows is allowed: %q", got)
	}
	if got := newServer(t).get("/api/v1/teams", "Origin", friend).Header().Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("without origins, pages of %q may call", got)
	}
}
