package rest

import (
	"net/http"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/ports/pausing"
)

// mostPatience bounds what a caller is told to wait: a pause may end early.
const mostPatience = 5 * time.Minute

// open while the service rests: what balancers and readers ask, and what an
// operator needs to see a run through that has paused it, signing in included.
var openPaths = []string{
	"/health", "/metrics", "/docs", "/openapi", "/openapi-3.0", "/api/v1/operations", "/api/v1/incidents", alertmanagerPath, "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout",
}

// paused turns callers away while the service rests. Balancers go on sending
// them here: a problem document tells them more than a gateway's page would.
func paused(gate *pausing.Gate) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p, resting := gate.Paused()
			if !resting || opened(r.URL.Path) {
				next.ServeHTTP(w, r)
				return
			}
			exchangeOf(r.Context()).retryAfter = min(p.Left, mostPatience)
			writeProblem(w, r, problem(http.StatusServiceUnavailable, "service.maintenance",
				"the service is under maintenance, and this request has changed nothing; send it again when the time in Retry-After has passed"))
		})
	}
}

func opened(path string) bool {
	for _, open := range openPaths {
		rest, below := strings.CutPrefix(path, open)
		if below && (rest == "" || strings.ContainsAny(rest[:1], "/.")) {
			return true
		}
	}
	return false
}
