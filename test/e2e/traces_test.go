package e2e_test

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/football-prediction/football-prediction/test/harness"
)

// spans is a receiver of OTLP over HTTP, which keeps the names of spans by trace,
// each with the service that made it.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
type spans struct {
	*httptest.Server
	mu     sync.Mutex
	traces map[string][]string
	said   strings.Builder
}

func newSpans(t *testing.T) *spans {
	t.Helper()
	s := &spans{traces: make(map[string][]string)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.take(r); err != nil {
			t.Error(err)
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *spans) take(r *http.Request) error {
	body, err := gzip.NewReader(r.Body)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	var sent collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(raw, &sent); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said.WriteString(sent.String())
	for _, resource := range sent.GetResourceSpans() {
		service := ""
		for _, a := range resource.GetResource().GetAttributes() {
			if a.GetKey() == "service.name" {
				service = a.GetValue().GetStringValue()
			}
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				id := hex.EncodeToString(span.GetTraceId())
				s.traces[id] = append(s.traces[id], service+" "+span.GetName())
			}
		}
	}
	return nil
}

// follow waits for a trace that has spans whose names begin so.
func (s *spans) follow(t *testing.T, names ...string) (id string) {
	t.Helper()
	waitFor(t, "a trace with "+strings.Join(names, ", "), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for trace, all := range s.traces {
			missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
				return slices.ContainsFunc(all, func(span string) bool { return strings.HasPrefix(span, name) })
			})
			if len(missing) == 0 {
				id = trace
			}
		}
		return id != ""
	})
	return id
}

// A request is followed from the API through the workflow that it starts to the
// statements of its activities; lines of both logs carry the trace. Nothing that
// anybody sent is in it.
func TestARequestIsFollowed(t *testing.T) {
	t.Parallel()
	receiver := newSpans(t)
	tracing := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + receiver.URL, "OTEL_TRACES_PERCENT=100"}
	dir, _ := leagues(t, 1, 4)
	s := newSystem(t, append(tracing, "DATA="+dir, "AS_OF="+asOf)...)
	api := s.restartAPI(t, harness.Redis(t), s.newKey(t), tracing...)
	token := s.operator(t, api, "ada")

	if status := api.post(t, "/api/v1/operations/ingestions", token, map[string]any{}, &askedOperation{}); status != http.StatusAccepted {
		t.Fatalf("starting an ingestion = %d", status)
	}
	receiver.follow(t, "football-api POST /api/v1/operations/ingestions", "football-worker RunWorkflow:Ingest",
		"football-worker RunActivity:", "football-worker INSERT", "football-api INSERT")

	// What fails is found from its trace in both logs.
	none := map[string]any{"backup": "00000000-0000-7000-8000-000000000000", "reason": "to see it fail"}
	if status := api.post(t, "/api/v1/operations/restores", token, none, &askedOperation{}); status != http.StatusAccepted {
		t.Fatalf("starting a restore = %d", status)
	}
	trace := receiver.follow(t, "football-api POST /api/v1/operations/restores", "football-worker RunActivity:RestoreDatabase.Preview")
	for name, log := range map[string]string{"api": api.process.LogPath(), "worker": s.worker.LogPath()} {
		waitFor(t, "the log of the "+name+" to name the trace", func() bool {
			text, err := os.ReadFile(log)
			return err == nil && strings.Contains(string(text), trace)
		})
	}
	for what, secret := range map[string]string{"mail": "ada@example.com", "password": "Passw0rd", "token": token, "key": api.key} {
		if strings.Contains(receiver.said.String(), secret) {
			t.Errorf("a trace tells a %s", what)
		}
	}
}
