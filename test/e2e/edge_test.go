package e2e_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/test/harness"
)

// What the edge does with an API behind it: it keeps what is public, and never
// one tenant's answer for another; it closes what is for those inside; and it
// tells the API who the client is, whatever the client says.
func TestTheEdge(t *testing.T) {
	t.Parallel()
	asked := make(map[string]int)
	var forwarded string
	backend := harness.Answers(t, func(w http.ResponseWriter, r *http.Request) {
		asked[r.URL.Path]++
		forwarded = r.Header.Get("X-Forwarded-For")
		if strings.HasPrefix(r.URL.Path, "/docs") {
			w.Header().Set("Cache-Control", "public, max-age=300")
		} else {
			w.Header().Set("Cache-Control", "private, no-cache")
		}
		_, _ = io.WriteString(w, "for "+r.Header.Get("X-API-Key"))
	})
	edge := harness.Nginx(t, harness.NginxOptions{Deployed: deployed + "nginx", Upstream: "upstream.conf", Servers: "server " + backend + ";", Limited: true})
	client := patientClient()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	ask := func(path, key, body string) (int, string, http.Header) {
		t.Helper()
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		r, err := http.NewRequestWithContext(t.Context(), method, edge.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-API-Key", key)
		r.Header.Set("X-Forwarded-For", "198.51.100.7")
		if key == "" {
			r.Header.Del("X-API-Key")
		}
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		text, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(text), response.Header
	}
	for _, path := range []string{"/api/v1/teams", "/docs/page"} {
		for _, key := range []string{"acme", "globex", "acme"} {
			if _, text, _ := ask(path, key, ""); text != "for "+key {
				t.Errorf("GET %s of %s is answered %q", path, key, text)
			}
		}
	}
	for range 3 {
		_, _, header := ask("/docs/public", "", "")
		if !strings.HasPrefix(header.Get("Strict-Transport-Security"), "max-age=63072000") {
			t.Errorf("headers %v", header)
		}
	}
	if asked["/docs/public"] != 1 || asked["/docs/page"] != 3 || asked["/api/v1/teams"] != 3 {
		t.Errorf("the API was asked %v", asked)
	}
	if forwarded != "127.0.0.1" {
		t.Errorf("the API is told that the client is %q", forwarded)
	}
	for path, want := range map[string]int{"/metrics": 404, "/api/v1/hooks/alertmanager": 404, "/api/v1/x": 413} {
		body := ""
		if want == 413 {
			body = strings.Repeat("x", 3<<20)
		}
		if status, _, _ := ask(path, "acme", body); status != want {
			t.Errorf("%s is answered %d, want %d", path, status, want)
		}
	}
	limited := false
	for range 1000 {
		if status, _, _ := ask("/api/v1/teams", "acme", ""); status == http.StatusTooManyRequests {
			limited = true
			break
		}
	}
	if !limited {
		t.Error("a thousand requests at once are not limited")
	}
}
