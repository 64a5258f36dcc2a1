package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// restorable is a system of all parts, with two operators.
type restorable struct {
	*system
	vault    *vault
	settings []string // of the worker
	api      apiClient
	redis    *goredis.Client
	upload   string
	ada, bob string // their access tokens
}

func newRestorable(t *testing.T) *restorable {
	t.Helper()
	dir, _ := leagues(t, 2, 3)
	v := newVault(t)
	db, _ := harness.PrivatePostgres(t)
	redisURL, _ := harness.PrivateRedis(t)
	options, err := goredis.ParseURL(redisURL)
	if err != nil {
		t.Fatal(err)
	}
	uploads := filepath.Join(t.TempDir(), "uploads")
	if err := os.Mkdir(uploads, 0o700); err != nil {
		t.Fatal(err)
	}
	r := &restorable{
		system: &system{db: db, temporal: harness.Temporal(t)}, vault: v, redis: goredis.NewClient(options), upload: filepath.Join(uploads, "file"),
		settings: append(v.environment(db), "DATA="+dir, "AS_OF="+asOf, "UPLOADS_DIR="+uploads, "REDIS_URL="+redisURL),
	}
	t.Cleanup(func() { _ = r.redis.Close() })
	r.start(t, r.settings...)
	r.api = r.startAPI(t, redisURL)
	r.ada, r.bob = r.operator(t, r.api, "ada"), r.operator(t, r.api, "bob")
	return r
}

// state is what the three parts hold.
func (r *restorable) state(t *testing.T) string {
	t.Helper()
	upload, err := os.ReadFile(r.upload)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d matches are harmed, Redis holds %s, the upload is %s",
		r.count(t, "SELECT count(*) FROM matches WHERE home_goals = 40"), r.redis.Get(t.Context(), "word").Val(), upload)
}

func (r *restorable) set(t *testing.T, word string) {
	t.Helper()
	if err := r.redis.Set(t.Context(), "word", word, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.upload, []byte(word), 0o600); err != nil {
		t.Fatal(err)
	}
}

// harm is what an attacker does.
func (r *restorable) harm(t *testing.T) {
	t.Helper()
	r.set(t, "harmed")
	conn := dial(t, r.db.AdminURL)
	if _, err := conn.Exec(t.Context(), "UPDATE matches SET home_goals = 40 WHERE status = 'finished'"); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close(t.Context()) // nobody can cut a superuser off
}

// askOperation is an operation as it is watched here.
type askedOperation struct {
	ID, Status string
	Awaiting   *struct{ Step string }
	History    struct {
		WorkflowID string `json:"workflow_id"`
		RunID      string `json:"run_id"`
	}
}

// asked asks for a restore as one operator.
func (r *restorable) asked(t *testing.T, kind string, input map[string]any) (o askedOperation) {
	t.Helper()
	r.insist(t, "/api/v1/operations/"+kind, r.ada, input, http.StatusAccepted, &o)
	return o
}

// approve lets another approve it, once it waits for that.
func (r *restorable) approve(t *testing.T, o askedOperation) askedOperation {
	t.Helper()
	path := "/api/v1/operations/" + o.ID
	waitFor(t, "the restore to ask", func() bool {
		return r.api.post(t, path, r.ada, nil, &o) == http.StatusOK && (o.Awaiting != nil || o.Status != "running")
	})
	if o.Awaiting == nil {
		t.Fatalf("it is %+v", o)
	}
	r.insist(t, path+"/approve", r.bob, map[string]string{}, http.StatusOK, &o)
	return o
}

// insist posts again when it is told to come again: an exchange of databases cuts
// connections off, which the next requests find out.
func (r *restorable) insist(t *testing.T, path, token string, body any, want int, answer any) {
	t.Helper()
	waitFor(t, "the API to take it", func() bool {
		status := r.api.post(t, path, token, body, answer)
		if status != want && status != http.StatusServiceUnavailable {
			t.Fatalf("%s = %d", path, status)
		}
		return status == want
	})
}

// ended returns an operation when it has, by Temporal: whether the API knows of
// it depends on which database is live.
func (r *restorable) ended(t *testing.T, o askedOperation) (failure string) {
	t.Helper()
	run := temporal.Run{ID: o.History.WorkflowID, RunID: o.History.RunID}
	began := time.Now()
	err := temporal.NewRuns(r.client(t)).Follow(t.Context(), run, nil, func(p process.Progress) {
		t.Logf("%5.1f s: %s %s", time.Since(began).Seconds(), p.Step, p.Message)
	})
	if err != nil {
		return err.Error()
	}
	return ""
}

// An attacker has changed data in every part. Two operators bring the system
// back through the API, which turns everybody else away meanwhile.
func TestTheSystemIsRestored(t *testing.T) {
	t.Parallel()
	r := newRestorable(t)
	runs := temporal.NewRuns(r.client(t))
	follow(t, runs, begin(t, runs, ingestion.IngestWorkflow))
	r.set(t, "sound")
	sound := r.state(t)
	follow(t, runs, begin(t, runs, backup.BackupWorkflow))
	r.harm(t)
	harmed := r.state(t)

	var served, turnedAway, odd atomic.Int32
	watching, stop := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for watching.Err() == nil {
			switch a := r.api.get(t, "/api/v1/competitions"); {
			case a.status == http.StatusOK:
				served.Add(1)
			case a.status == http.StatusServiceUnavailable && strings.Contains(a.body, "service.maintenance"):
				turnedAway.Add(1)
			case a.status == http.StatusServiceUnavailable: // cut off for a moment
			default:
				odd.Add(1)
				t.Logf("%+v", a)
			}
			time.Sleep(200 * time.Millisecond)
		}
	}()
	o := r.approve(t, r.asked(t, "system-restores", map[string]any{"backup": "latest", "reason": "an attacker has changed data"}))
	if got := r.state(t); got != harmed {
		t.Errorf("before anything was exchanged, %s", got)
	}
	waitFor(t, "the service to rest", func() bool { return turnedAway.Load() > 0 })
	if failure := r.ended(t, o); failure != "" {
		t.Fatal(failure)
	}
	waitFor(t, "the service to go on", func() bool { return r.api.get(t, "/api/v1/competitions").status == http.StatusOK })
	stop()
	<-watched
	t.Logf("%d requests were served, %d turned away", served.Load(), turnedAway.Load())
	if odd.Load() > 0 {
		t.Errorf("%d requests were answered otherwise", odd.Load())
	}
	if got := r.state(t); got != sound {
		t.Errorf("%s; before the attack, %s", got, sound)
	}
	if n := r.count(t, "SELECT count(*) FROM leases WHERE expires_at > clock_timestamp()"); n > 0 {
		t.Errorf("%d claims are left", n)
	}
	if n := r.count(t, "SELECT count(*) FROM pg_database WHERE datname LIKE 'football_before_%'"); n != 1 {
		t.Errorf("%d former databases are kept", n)
	}
	follow(t, runs, begin(t, runs, ingestion.IngestWorkflow)) // workers go on
}
