package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/ports/pausing"
)

// resting is a pause that somebody has asked for.
type resting time.Duration

func (r resting) Last(context.Context) (pausing.Pause, bool, error) {
	return pausing.Pause{Holder: "restore/run", Purpose: "restore of what nobody needs to know", Left: time.Duration(r)}, true, nil
}

func TestWhileTheServiceRests(t *testing.T) {
	for left, after := range map[time.Duration]string{90 * time.Second: "90", time.Hour: "300"} {
		s := newServer(t, func(d *rest.Dependencies) {
			d.Pause = pausing.NewGate(resting(left), d.Clock)
			if err := d.Pause.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		for _, path := range []string{"/api/v1/teams", "/api/v1/tenants", "/api/v1/users/me", "/api/v1/operations-of-another-name", "/"} {
			w := s.get(path)
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != after || !strings.Contains(w.Body.String(), "service.maintenance") {
				t.Errorf("%s = %d, after %q: %s", path, w.Code, w.Header().Get("Retry-After"), w.Body)
			}
			if strings.Contains(w.Body.String(), "nobody needs to know") {
				t.Errorf("%s tells what the pause is for: %s", path, w.Body)
			}
		}
		for _, path := range []string{"/health", "/health/ready", "/health/live", "/docs", "/openapi.json", "/openapi-3.0.json", "/api/v1/operations"} {
			if w := s.get(path, "X-API-Key", s.manager); w.Code != http.StatusOK {
				t.Errorf("%s = %d: %s", path, w.Code, w.Body)
			}
		}
	}
}
