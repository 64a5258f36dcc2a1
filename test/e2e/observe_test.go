package e2e_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/restore"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

const (
	deployed = "../../deploy/"
	operator = "operators@example.com"
	hookWord = "hook-token-of-a-test"
	// robotSecret is what DingTalk's robot checks signatures by.
	robotSecret = "SEC-of-a-test"
)

// The running system under the deployed monitoring: all that rules and
// dashboards ask for is there, costs little, and an API that has gone is told of by mail and
// by Slack, and to the hooks.
func TestTheSystemIsSeen(t *testing.T) {
	t.Parallel()
	server, running := harness.PrivateTemporal(t)
	v := newVault(t)
	folder, _ := leagues(t, 20, 2)
	redis := harness.Redis(t)
	s := &system{db: harness.Postgres(t), temporal: server}
	inbox := newInbox(t)
	s.start(t, append(v.environment(s.db), "DATA="+folder, "RELEASES_DIR="+t.TempDir(), "RELEASE_STATE_DIR="+t.TempDir(), "ALERTMANAGER_TOKEN="+hookWord, "SMTP_URL="+inbox.mails.URL,
		"DINGTALK_WEBHOOK_URL="+inbox.web.URL+"/dingtalk?access_token=t", "DINGTALK_SECRET="+robotSecret)...)
	inbox.passOn("/worker", strings.TrimSuffix(s.metrics, "/metrics")+"/hooks/alertmanager")
	key := s.newKey(t)
	s.fill(t)
	s.grow(t)
	api := s.restartAPI(t, redis, key)
	alertmanager := inbox.alertmanager(t)
	watch := watching{t: t, api: api, url: startPrometheus(t, s, running, redis, alertmanager, api).URL()}

	stop := api.load(t)
	// Sources are asked while somebody watches.
	runs := temporal.NewRuns(s.client(t))
	waitFor(t, "the first scrape of the worker", func() bool { return watch.ask(`provider_request_duration_seconds_count`) > 0 })
	again, err := runs.Start(t.Context(), temporal.Order{Workflow: ingestion.IngestWorkflow, ID: "again"})
	if err != nil {
		t.Fatal(err)
	}
	follow(t, runs, again)
	watch.series()
	watch.panels()
	stop()
	watch.cost(map[string]string{"api": api.metrics, "worker": hostOf(t, s.metrics)})

	if err := api.process.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	inbox.expect("SystemDown")
	waitFor(t, "an incident of SystemDown, and DingTalk to be told of it", func() bool {
		return inbox.dingTalkTold("[P1] SystemDown") && s.count(t, "SELECT count(*) FROM incidents WHERE title LIKE 'SystemDown%' AND firing") == 1
	})
	if err := api.process.Start(t.Context()); err != nil { // it is stopped with the rest
		t.Fatal(err)
	}
	inbox.expectResolved("SystemDown")
	waitFor(t, "the incident to be watched until it is over", func() bool {
		return s.count(t, "SELECT count(*) FROM incidents WHERE title LIKE 'SystemDown%' AND NOT firing") == 1
	})
}

// fill makes figures of every kind: ingested, trained, published, settled,
// backed up, scheduled.
func (s *system) fill(t *testing.T) {
	t.Helper()
	runs := temporal.NewRuns(s.client(t))
	if _, err := temporal.NewSchedules(s.client(t)).Apply(t.Context(), true, temporal.Definitions()); err != nil {
		t.Fatal(err)
	}
	for _, workflow := range []string{ingestion.IngestWorkflow, retraining.RetrainWorkflow, forecasting.PublishWorkflow, backup.BackupWorkflow} {
		follow(t, runs, begin(t, runs, workflow))
	}
	// An activity that fails: there is no such backup.
	if _, err := runs.Start(t.Context(), temporal.Order{Workflow: restore.RestoreWorkflow, ID: restore.RestoreWorkflow, Input: restore.Input{Backup: postgres.NewID(), Reason: "to be seen failing"}}); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, s.db.AdminURL)
	for _, statement := range []string{
		// What was played long ago was forecast an hour before, and settled.
		`INSERT INTO forecasts SELECT gen_random_uuid(), id, (SELECT version FROM models LIMIT 1), kick_off - interval '1 hour', NULL, 1, 1, 0, 0.4, 0.3, 0.3, 'home', NULL
			FROM matches WHERE status = 'finished' AND NOT EXISTS (SELECT FROM forecasts f WHERE f.match_id = matches.id)`,
		`INSERT INTO settlements SELECT match_id, f.id, m.home_goals, m.away_goals, 0.2, 1.0, m.home_goals > m.away_goals, now()
			FROM forecasts f JOIN matches m ON m.id = f.match_id WHERE m.status = 'finished' AND f.superseded_at IS NULL`,
		// One user who came this month as the month before.
		`INSERT INTO user_activity SELECT t.tenant_id, u.id, now()::date - days FROM tenants t, unnest(ARRAY[gen_random_uuid()]) u(id), unnest(ARRAY[0, 1, 7, 30]) d(days) WHERE t.slug = 'demo'`,
		`UPDATE matches SET created_at = now() - interval '3 days', kick_off = now() - interval '1 day' WHERE id IN (SELECT match_id FROM settlements LIMIT 20)`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%v in %s", err, statement)
		}
	}
}

// load asks the API for this and that until the returned function is called.
func (a apiClient) load(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			for _, path := range []string{"/api/v1/teams", "/api/v1/matches", "/api/v1/competitions", "/api/v1/nowhere", "/health"} {
				request, _ := http.NewRequestWithContext(ctx, http.MethodGet, a.url+path, nil)
				request.Header.Set("X-API-Key", a.key)
				if response, err := http.DefaultClient.Do(request); err == nil {
					_, _ = io.Copy(io.Discard, response.Body)
					_ = response.Body.Close()
				}
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	return func() { cancel(); running.Wait() }
}

// startPrometheus watches all of s, every second.
func startPrometheus(t *testing.T, s *system, running *devserver.Temporal, redis string, alertmanager *devserver.Monitor, api apiClient) *devserver.Monitor {
	t.Helper()
	nginx := harness.Monitor(t, "nginx", devserver.StartStatusNginx)
	exporter := func(name string, start func(ctx context.Context, dir string) (*devserver.Monitor, error)) []devserver.Target {
		return targets(harness.Monitor(t, name, start).Address())
	}
	return harness.Monitor(t, "prometheus", func(ctx context.Context, dir string) (*devserver.Monitor, error) {
		m, err := devserver.StartPrometheus(ctx, devserver.PrometheusOptions{
			Dir: dir, Deployed: deployed + "prometheus", Every: time.Second,
			Targets: map[string][]devserver.Target{
				"football-prediction": {
					{Targets: []string{api.metrics}, Labels: map[string]string{"component": "api"}},
					{Targets: []string{hostOf(t, s.metrics)}, Labels: map[string]string{"component": "worker"}},
				},
				"temporal":     targets(running.MetricsAddress()),
				"alertmanager": targets(alertmanager.Address()),
				"node":         exporter("node", devserver.StartNodeExporter),
				"postgres": exporter("postgres-exporter", func(ctx context.Context, dir string) (*devserver.Monitor, error) {
					return devserver.StartPostgresExporter(ctx, dir, s.db.AdminURL)
				}),
				"redis": exporter("redis-exporter", func(ctx context.Context, dir string) (*devserver.Monitor, error) {
					return devserver.StartRedisExporter(ctx, dir, redis)
				}),
				"nginx": exporter("nginx-exporter", func(ctx context.Context, dir string) (*devserver.Monitor, error) {
					return devserver.StartNginxExporter(ctx, dir, nginx.URL()+"/status")
				}),
			},
			// A minute of waiting proves nothing more.
			Edit: func(text string) string {
				return strings.NewReplacer("for: 1m\n", "for: 2s\n", "interval: 5m\n", "interval: 1s\n").Replace(text)
			},
		})
		if err == nil {
			accepted(t, "promtool", "check", "config", filepath.Join(dir, "prometheus.yml"))
		}
		return m, err
	})
}

func targets(address string) []devserver.Target {
	return []devserver.Target{{Targets: []string{address}}}
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func accepted(t *testing.T, tool string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", tool, args, err, out)
	}
}

// inbox is everybody who is told.
type inbox struct {
	t     *testing.T
	mails *harness.PostOffice
	web   *httptest.Server

	mu       sync.Mutex
	slack    []string            // bodies
	dingTalk []string            // texts
	hooks    map[string][]string // bodies by path
	next     map[string]string   // where what comes to a path is posted to
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	b := &inbox{t: t, mails: harness.OpenPostOffice(t), hooks: make(map[string][]string), next: make(map[string]string)}
	b.web = b.serve()
	return b
}

// passOn posts what comes to a path to where it is meant for, too.
func (b *inbox) passOn(path, address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next[path] = address
}

func (b *inbox) serve() *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.mu.Lock()
		defer b.mu.Unlock()
		switch {
		case r.URL.Path == "/slack":
			b.slack = append(b.slack, string(body))
			_, _ = w.Write([]byte("ok"))
		case r.URL.Path == "/dingtalk":
			b.robot(w, r, body)
		case r.URL.Path != "/deadman" && r.Header.Get("Authorization") != "Bearer "+hookWord:
			b.t.Errorf("%s came with the authorisation %q", r.URL.Path, r.Header.Get("Authorization"))
		default:
			b.hooks[r.URL.Path] = append(b.hooks[r.URL.Path], string(body))
			if next := b.next[r.URL.Path]; next != "" {
				w.WriteHeader(b.forward(r, next, body))
			}
		}
	}))
	b.t.Cleanup(s.Close)
	return s
}

// forward posts a request to its destination, and returns the status.
func (b *inbox) forward(r *http.Request, to string, body []byte) int {
	request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		b.t.Error(err)
		return http.StatusInternalServerError
	}
	request.Header = r.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return http.StatusBadGateway
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// robot is DingTalk's, which takes what is signed.
// https://open.dingtalk.com/document/robots/customize-robot-security-settings
func (b *inbox) robot(w http.ResponseWriter, r *http.Request, body []byte) {
	stamp := r.URL.Query().Get("timestamp")
	mac := hmac.New(sha256.New, []byte(robotSecret))
	mac.Write([]byte(stamp + "\n" + robotSecret))
	var message struct{ Text struct{ Content string } }
	if r.URL.Query().Get("sign") != base64.StdEncoding.EncodeToString(mac.Sum(nil)) || json.Unmarshal(body, &message) != nil {
		b.t.Errorf("the robot refuses %s %s", r.URL.RawQuery, body)
		_, _ = w.Write([]byte(`{"errcode":310000,"errmsg":"sign not match"}`))
		return
	}
	b.dingTalk = append(b.dingTalk, message.Text.Content)
	_, _ = w.Write([]byte(`{"errcode":0,"errmsg":"ok"}`))
}

func (b *inbox) dingTalkTold(begins string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.dingTalk, func(text string) bool { return strings.Contains(text, begins) })
}

// alertmanager runs on the deployed configuration, rendered for the inbox.
func (b *inbox) alertmanager(t *testing.T) *devserver.Monitor {
	t.Helper()
	web := b.web
	smtp, err := url.Parse(b.mails.URL)
	if err != nil {
		t.Fatal(err)
	}
	return harness.Monitor(t, "alertmanager", func(ctx context.Context, dir string) (*devserver.Monitor, error) {
		render := exec.CommandContext(ctx, deployed+"alertmanager/render.sh", dir)
		render.Env = append(os.Environ(), "SMTP_HOST="+smtp.Host, "SMTP_TLS=false", "MAIL_FROM=football@example.com", "MAIL_TO="+operator,
			"SLACK_CHANNEL=#operations", "HOOK_API="+web.URL+"/api", "HOOK_WORKER="+web.URL+"/worker", "DEADMAN_URL="+web.URL+"/deadman")
		if out, err := render.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("render: %w\n%s", err, out)
		}
		for name, secret := range map[string]string{"slack_url": web.URL + "/slack", "hook_token": hookWord, "smtp_password": "none"} {
			if err := os.WriteFile(filepath.Join(dir, "secrets", name), []byte(secret), 0o600); err != nil {
				return nil, err
			}
		}
		file := filepath.Join(dir, "alertmanager.yml")
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		waits := regexp.MustCompile(`group_(wait|interval): [1-9]\S*`)
		if err := os.WriteFile(file, waits.ReplaceAll(text, []byte("group_$1: 1s")), 0o600); err != nil {
			return nil, err
		}
		accepted(t, "amtool", "check-config", file)
		return devserver.StartAlertmanager(ctx, dir, 0)
	})
}

// expect waits until everybody was told that an alert fires.
func (b *inbox) expect(name string) {
	b.t.Helper()
	waitFor(b.t, "the dead man's switch", func() bool { return b.told("/deadman", "Watchdog", "firing") })
	waitFor(b.t, "mail of "+name, func() bool {
		return slices.ContainsFunc(b.mails.Mails(operator), func(m harness.Mail) bool {
			return strings.Contains(m.Text, "FIRING") && strings.Contains(m.Text, name) && strings.Contains(m.Text, "runbooks/alerts.md")
		})
	})
	waitFor(b.t, "Slack's message of "+name, func() bool { return b.slackTold("[FIRING 1] " + name) })
	for _, hook := range []string{"/api", "/worker"} {
		waitFor(b.t, "the hook "+hook, func() bool { return b.told(hook, name, "firing") })
	}
}

func (b *inbox) expectResolved(name string) {
	b.t.Helper()
	waitFor(b.t, "Slack's message that "+name+" is over", func() bool { return b.slackTold("[RESOLVED] " + name) })
	waitFor(b.t, "the hook that "+name+" is over", func() bool { return b.told("/worker", name, "resolved") })
}

func (b *inbox) slackTold(title string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.slack, func(body string) bool {
		var message struct {
			Channel     string `json:"channel"`
			Attachments []struct{ Title, Text string }
		}
		return json.Unmarshal([]byte(body), &message) == nil && message.Channel == "#operations" && len(message.Attachments) == 1 &&
			strings.HasPrefix(message.Attachments[0].Title, title) && strings.Contains(message.Attachments[0].Text, "runbooks/alerts.md")
	})
}

// told reports whether a hook heard of an alert, in the form of Alertmanager's
// webhooks, version 4.
func (b *inbox) told(path, name, status string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.hooks[path], func(body string) bool {
		var message struct {
			Version, GroupKey, Status string
			CommonLabels              map[string]string
		}
		return json.Unmarshal([]byte(body), &message) == nil && message.Version == "4" && message.GroupKey != "" &&
			message.Status == status && message.CommonLabels["alertname"] == name
	})
}
