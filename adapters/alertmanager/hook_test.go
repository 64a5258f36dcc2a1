package alertmanager_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/alertmanager"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
)

// taker remembers what it was given.
type taker struct {
	taken []responding.Alert
	err   error
}

func (t *taker) Take(_ context.Context, a responding.Alert) error {
	t.taken = append(t.taken, a)
	return t.err
}

func post(h http.Handler, method, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, alertmanager.PathOnAPI, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// good is what Alertmanager sends, shortened.
const good = `{"version":"4","groupKey":"{}/{severity=\"critical\"}:{alertname=\"SystemDown\"}","status":"firing","receiver":"platform",
	"groupLabels":{"alertname":"SystemDown"},"commonLabels":{"alertname":"SystemDown","severity":"warning"},
	"commonAnnotations":{"summary":"The API is down","description":"Restart it.","runbook_url":"https://example.org/runbook"},
	"alerts":[{"status":"firing","labels":{"severity":"warning"}},{"status":"firing","labels":{"severity":"critical"}},{"status":"resolved","labels":{"priority":"P1"}}]}`

func TestAGroupOfAlertsIsTakenIn(t *testing.T) {
	var k taker
	w := post(alertmanager.NewHandler("word", &k, zap.NewNop()), "POST", "Bearer word", good)
	if w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := []responding.Alert{{
		GroupKey: `{}/{severity="critical"}:{alertname="SystemDown"}`, Severity: operation.P1, Title: "SystemDown: The API is down", Summary: "Restart it.", Firing: true,
		Labels: map[string]string{"alertname": "SystemDown", "severity": "warning", "runbook_url": "https://example.org/runbook"},
	}}
	if diff := cmp.Diff(want, k.taken); diff != "" {
		t.Error(diff)
	}
}

// Alertmanager sends again what is answered by 5xx, and nothing else.
func TestRefusals(t *testing.T) {
	for name, tt := range map[string]struct {
		method, token, body string
		away                error
		want                int
	}{
		"another method":       {"GET", "Bearer word", "", nil, 405},
		"no token":             {"POST", "", good, nil, 401},
		"another token":        {"POST", "Bearer sword", good, nil, 401},
		"another scheme":       {"POST", "Basic word", good, nil, 401},
		"no JSON":              {"POST", "Bearer word", "alert!", nil, 400},
		"another version":      {"POST", "Bearer word", strings.Replace(good, `"4"`, `"3"`, 1), nil, 400},
		"no group":             {"POST", "Bearer word", `{"version":"4","status":"firing","alerts":[{}]}`, nil, 400},
		"a group that is long": {"POST", "Bearer word", `{"version":"4","groupKey":"` + strings.Repeat("x", 3000) + `","status":"firing","alerts":[{}]}`, nil, 400},
		"no alerts":            {"POST", "Bearer word", `{"version":"4","groupKey":"g","status":"firing","alerts":[]}`, nil, 400},
		"a huge body":          {"POST", "Bearer word", `{"version":"` + strings.Repeat("x", 2<<20), nil, 400},
		"nobody can keep it":   {"POST", "Bearer word", good, errors.New("all is away"), 503},
	} {
		k := taker{err: tt.away}
		w := post(alertmanager.NewHandler("word", &k, zap.NewNop()), tt.method, tt.token, tt.body)
		if w.Code != tt.want || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") || strings.Contains(w.Body.String(), "away") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if tt.away == nil && len(k.taken) > 0 {
			t.Errorf("%s was taken in", name)
		}
	}
	// Without a token in the configuration nothing is the token.
	if w := post(alertmanager.NewHandler("", &taker{}, zap.NewNop()), "POST", "Bearer ", good); w.Code != 401 {
		t.Errorf("without a token: %d", w.Code)
	}
}

// What a database or a terminal chokes on is left out.
func TestWhatAlertsSayIsCleaned(t *testing.T) {
	var k taker
	body := `{"version":"4","groupKey":"g\u0000","status":"resolved","commonLabels":{"alertname":"A\u001b[31m"},"commonAnnotations":{"summary":"` + strings.Repeat("ä", 300) + `"},"alerts":[{}]}`
	if w := post(alertmanager.NewHandler("word", &k, zap.NewNop()), "POST", "bearer word", body); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	a := k.taken[0]
	if a.GroupKey != "g" || strings.ContainsAny(a.Title, "\x00\x1b") || len(a.Title) > 200 || a.Firing || a.Severity != operation.P2 {
		t.Errorf("%+v", a)
	}
}
