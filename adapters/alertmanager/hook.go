// Package alertmanager takes in what Alertmanager posts. It owns the form of its
// webhooks, and what of a group of alerts an incident is told.
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
package alertmanager

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
)

// Where the hook is on the API and on a worker's port for metrics.
const (
	PathOnAPI    = "/api/v1/hooks/alertmanager"
	PathOnWorker = "/hooks/alertmanager"
)

// Taker keeps alerts, see [responding.Hook].
type Taker interface {
	Take(ctx context.Context, a responding.Alert) error
}

// The bounds of a post. Alertmanager's are far below, and send no more alerts
// than max_alerts says.
const (
	mostBody   = 1 << 20
	mostKey    = 2_000
	mostLabels = 50
	mostText   = 2_000
	mostTitle  = 200
	takeLimit  = 8 * time.Second // Alertmanager gives up after ten
)

// NewHandler returns the hook, which takes posts that carry token. Alertmanager
// sends again what is answered by 5xx, and nothing else: so that is the answer
// when an alert could not be kept, and only then.
func NewHandler(token string, taker Taker, log *zap.Logger) http.Handler {
	return &handler{token: sha256.Sum256([]byte(token)), closed: token == "", taker: taker, log: log}
}

type handler struct {
	token  [sha256.Size]byte
	closed bool
	taker  Taker
	log    *zap.Logger
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "hook.method", "alerts are posted")
		return
	}
	if !h.known(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, "hook.token", "the bearer token is not ALERTMANAGER_TOKEN, or that is not set here")
		return
	}
	alert, err := read(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		refuse(w, http.StatusBadRequest, "hook.body", err.Error())
		return
	}
	// Whoever hangs up meanwhile does not undo it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), takeLimit)
	defer cancel()
	if err := h.taker.Take(ctx, alert); err != nil {
		var known *domain.Error
		if errors.As(err, &known) && known.Kind == domain.Invalid {
			refuse(w, http.StatusUnprocessableEntity, known.Code, known.Detail)
			return
		}
		h.log.Error("an alert could not be kept", zap.String("title", alert.Title), zap.Error(err))
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, responding.ErrNotKept.Code, "the alert could not be kept; send it again")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// known compares digests, so that the time tells nothing of the token.
func (h *handler) known(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return !h.closed && strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(sum[:], h.token[:]) == 1
}

// refuse answers with a problem document (RFC 9457).
func refuse(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "urn:football-prediction:problem:" + code, "title": http.StatusText(status), "status": status, "detail": detail,
	})
}

// message is version 4 of Alertmanager's form.
type message struct {
	Version           string            `json:"version"`
	GroupKey          string            `json:"groupKey"`
	Status            string            `json:"status"`
	CommonLabels      map[string]string `json:"commonLabels"`
	CommonAnnotations map[string]string `json:"commonAnnotations"`
	GroupLabels       map[string]string `json:"groupLabels"`
	Alerts            []struct {
		Status      string            `json:"status"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"alerts"`
}

func read(body interface{ Read([]byte) (int, error) }) (responding.Alert, error) {
	var m message
	if err := json.NewDecoder(body).Decode(&m); err != nil {
		return responding.Alert{}, fmt.Errorf("the body is no JSON that can be read: %w", err)
	}
	switch {
	case m.Version != "4":
		return responding.Alert{}, fmt.Errorf("version %q is not 4", m.Version)
	case m.GroupKey == "" || len(m.GroupKey) > mostKey:
		return responding.Alert{}, fmt.Errorf("groupKey has 1 to %d bytes", mostKey)
	case m.Status != "firing" && m.Status != "resolved":
		return responding.Alert{}, fmt.Errorf("status %q is neither firing nor resolved", m.Status)
	case len(m.Alerts) == 0:
		return responding.Alert{}, errors.New("there are no alerts")
	}
	return alertOf(m), nil
}

// alertOf is a group in the words of an incident: as bad as the worst of its
// alerts that fire.
func alertOf(m message) responding.Alert {
	a := responding.Alert{GroupKey: clean(m.GroupKey, mostKey), Firing: m.Status == "firing", Severity: operation.P3, Labels: make(map[string]string)}
	for _, one := range m.Alerts {
		if s := operation.SeverityOf(one.Labels); (one.Status == "firing" || !a.Firing) && s < a.Severity {
			a.Severity = s
		}
	}
	annotations := m.CommonAnnotations
	if annotations["summary"] == "" {
		annotations = m.Alerts[0].Annotations
	}
	name := cmp.Or(m.CommonLabels["alertname"], m.GroupLabels["alertname"], m.Alerts[0].Labels["alertname"], "an alert without a name")
	a.Title = clean(strings.TrimSuffix(name+": "+annotations["summary"], ": "), mostTitle)
	a.Summary = clean(annotations["description"], mostText)
	for key, value := range m.CommonLabels {
		if len(a.Labels) < mostLabels {
			a.Labels[clean(key, mostTitle)] = clean(value, mostTitle)
		}
	}
	if book := cmp.Or(m.CommonAnnotations["runbook_url"], m.Alerts[0].Annotations["runbook_url"]); book != "" {
		a.Labels["runbook_url"] = clean(book, mostTitle)
	}
	return a
}

// clean keeps what a database and a message can hold.
func clean(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && !slices.Contains([]rune{'\n', '\t'}, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
