package sentry_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/sentry"
)

// receiver is what speaks Sentry's protocol: it keeps the envelopes that it got.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	told []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if strings.HasSuffix(q.URL.Path, "/api/7/envelope/") {
			r.told = append(r.told, string(body))
		}
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) reporter(t *testing.T, now func() time.Time) *sentry.Reporter {
	t.Helper()
	made, err := sentry.New(sentry.Config{
		DSN: strings.Replace(r.URL, "//", "//public@", 1) + "/7", Service: "api", Version: "1.2.3", Environment: "test",
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// An error is reported with the names of things, and with nothing that could be
// a secret; what is no error is not.
func TestErrorsAreReportedWithoutSecrets(t *testing.T) {
	r := newReceiver(t)
	reporter := r.reporter(t, time.Now)
	log := zap.New(reporter).With(zap.String("service", "api"))
	log.Warn("slow")
	log.Error("request failed", zap.String("request_id", "r-1"), zap.String("route", "/api/v1/matches"), zap.String("body", "private"),
		zap.Error(errors.New(`dial postgres://app:hunter2@db/football: password=hunter3 of ada@example.org, Bearer abc.def, fp_live_0123abc, Key (email)=(bob)`)))
	reporter.Stop()
	if len(r.told) != 1 {
		t.Fatalf("%d reports: %v", len(r.told), r.told)
	}
	for _, want := range []string{"request failed", `"request_id":"r-1"`, "/api/v1/matches", "football-prediction@1.2.3", `"environment":"test"`, "dial postgres:"} {
		if !strings.Contains(r.told[0], want) {
			t.Errorf("the report lacks %q: %s", want, r.told[0])
		}
	}
	for _, secret := range []string{"hunter", "ada@", "abc.def", "0123abc", "private", "bob"} {
		if strings.Contains(r.told[0], secret) {
			t.Errorf("the report tells %q: %s", secret, r.told[0])
		}
	}
}

// The same message is told once a minute, however often it is logged.
func TestRepetitionsAreNotReported(t *testing.T) {
	r, now := newReceiver(t), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	reporter := r.reporter(t, func() time.Time { return now })
	log := zap.New(reporter)
	for range 100 {
		log.Error("database away")
	}
	now = now.Add(time.Minute)
	log.Error("database away")
	reporter.Stop()
	if len(r.told) != 2 {
		t.Errorf("%d reports", len(r.told))
	}
}

func TestABadAddressIsNamed(t *testing.T) {
	_, err := sentry.New(sentry.Config{DSN: "https://secret@"}, time.Now)
	if err == nil || !strings.Contains(err.Error(), "SENTRY_DSN") || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}
