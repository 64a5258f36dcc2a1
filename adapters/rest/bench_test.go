package rest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/rest"
)

// sink is a ResponseWriter that keeps nothing, so that the handlers are
// measured and not the recorder.
type sink struct {
	header http.Header
	status int
	bytes  int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { s.bytes += len(p); return len(p), nil }

func quiet(d *rest.Dependencies) {
	d.Log, d.Observer = zap.NewNop(), nil
}

// BenchmarkForecast compares the whole way of a request for a forecast, kept
// and fresh, with the least that net/http can do with the same bytes, over
// real connections. Compare the figures within one run.
func BenchmarkForecast(b *testing.B) {
	s := newServer(b, quiet)
	at := "/api/v1/matches/" + id(2, 120) + "/forecast"
	body := s.get(at).Body.Bytes()
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	fresh := newServer(b, quiet)
	forgetful := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fresh.clock.at = fresh.clock.at.Add(1e9)
		fresh.ServeHTTP(w, r)
	})
	for _, one := range []struct {
		name    string
		handler http.Handler
		key     string
	}{{"bare", bare, ""}, {"kept", s, s.reader}, {"fresh", forgetful, fresh.reader}} {
		b.Run("handler/"+one.name, func(b *testing.B) { handled(b, one.handler, at, one.key) })
		b.Run("connection/"+one.name, func(b *testing.B) { connected(b, one.handler, at, one.key) })
	}
}

func handled(b *testing.B, h http.Handler, at, key string) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, at, nil)
		r.Header.Set("X-API-Key", key)
		w := &sink{header: make(http.Header), status: http.StatusOK}
		h.ServeHTTP(w, r)
		if w.status != http.StatusOK || w.bytes == 0 {
			b.Fatalf("answered %d with %d bytes", w.status, w.bytes)
		}
	}
}

func connected(b *testing.B, h http.Handler, at, key string) {
	b.Helper()
	live := httptest.NewServer(h)
	defer live.Close()
	r, err := http.NewRequest(http.MethodGet, live.URL+at, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("X-API-Key", key)
	buffer := make([]byte, 64<<10)
	for b.Loop() {
		answer, err := live.Client().Do(r)
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = answer.Body.Read(buffer)
		}
		_ = answer.Body.Close()
	}
}
