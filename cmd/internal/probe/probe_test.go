package probe_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/cmd/internal/probe"
)

func TestAsk(t *testing.T) {
	t.Parallel()
	answers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/health/live" {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("draining"))
		}
	})
	plain, encrypted := httptest.NewServer(answers), httptest.NewTLSServer(answers)
	defer plain.Close()
	defer encrypted.Close()
	port := func(s *httptest.Server) string { return s.URL[strings.LastIndex(s.URL, ":"):] }
	tests := map[string]struct {
		target probe.Target
		says   string // empty when healthy
	}{
		"healthy":          {probe.Target{Address: port(plain), Path: "/health/live"}, ""},
		"on all addresses": {probe.Target{Address: "0.0.0.0" + port(plain), Path: "/health/live"}, ""},
		"over TLS":         {probe.Target{Address: port(encrypted), Encrypted: true, Path: "/health/live"}, ""},
		"not ready":        {probe.Target{Address: port(plain), Path: "/health/ready"}, "503 Service Unavailable: draining"},
		"away":             {probe.Target{Address: "127.0.0.1:1", Path: "/"}, "refused"},
		"no address":       {probe.Target{Address: "here"}, "missing port"},
	}
	for name, test := range tests {
		test.target.Want = http.StatusOK
		err := probe.Ask(t.Context(), test.target)
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q in it", name, err, test.says)
		}
	}
}
