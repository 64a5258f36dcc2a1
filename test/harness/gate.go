package harness

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Gate stands before an HTTP server and does to its requests what a bad day
// does.
type Gate struct {
	URL string

	ended chan struct{} // lets go of whoever is held
	mu    sync.Mutex
	rules []rule
}

type rule struct {
	method, part string
	do           func(http.ResponseWriter, *http.Request) (passes bool)
}

// NewGate returns a gate before the server at target.
func NewGate(t testing.TB, target string) *Gate {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	g := &Gate{ended: make(chan struct{})}
	// The host stays as the client signed it.
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
	}}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, rule := range g.matching(r) {
			if !rule.do(w, r) {
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		close(g.ended)
		server.CloseClientConnections()
		server.Close()
	})
	g.URL = server.URL
	return g
}

func (g *Gate) matching(r *http.Request) (found []rule) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, rule := range g.rules {
		if rule.method == r.Method && strings.Contains(r.URL.Path, rule.part) {
			found = append(found, rule)
		}
	}
	return found
}

func (g *Gate) add(method, part string, do func(http.ResponseWriter, *http.Request) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rules = append(g.rules, rule{method, part, do})
}

// Open lets everything through again.
func (g *Gate) Open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rules = nil
}

// Answer answers matching requests itself.
func (g *Gate) Answer(method, part string, status int) {
	g.add(method, part, func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		return false
	})
}

// Reset breaks the connections of matching requests.
func (g *Gate) Reset(method, part string) {
	g.add(method, part, func(w http.ResponseWriter, _ *http.Request) bool {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
		return false
	})
}

// Hold keeps matching requests waiting until their caller has gone. The channel
// is closed when the first one waits.
func (g *Gate) Hold(method, part string) <-chan struct{} {
	reached := make(chan struct{})
	var once sync.Once
	g.add(method, part, func(_ http.ResponseWriter, r *http.Request) bool {
		once.Do(func() { close(reached) })
		// Only who has read a body to its end hears that its sender has gone.
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-g.ended:
		}
		return false
	})
	return reached
}
