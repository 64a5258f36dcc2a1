package e2e_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

// The worker is killed at a step of a restore; another one brings the run to its
// end, with all parts of one moment.
type interruption struct {
	name string
	// arm makes the step wait, and returns when it is reached and how it goes on.
	arm func(t *testing.T, r *restorable) (reached func() bool, release func())
}

// Those of the database alone are among those of the whole system.
var (
	whileRestoring = interruption{"while restoring the database", func(t *testing.T, r *restorable) (func() bool, func()) {
		t.Helper()
		path, reached, release := pauseProgram(t, r.db, "pg_restore")
		goAway(t, r.worker)
		r.start(t, append(r.settings, path)...)
		return reached, release
	}}
	whileExchanging = interruption{"while exchanging the database", func(t *testing.T, r *restorable) (func() bool, func()) {
		t.Helper()
		// Nobody but a superuser can cut this session off.
		session := dial(t, r.db.AdminURL)
		closed := func() bool {
			return r.onServer(t, `SELECT count(*) FROM pg_database WHERE NOT datallowconn AND datname = '`+r.db.Name+`'`) == 1
		}
		return closed, func() { _ = session.Close(t.Context()) }
	}}
)

var interruptions = []interruption{
	whileRestoring,
	{"while keeping the way back", func(_ *testing.T, r *restorable) (func() bool, func()) {
		return held(r, http.MethodPut, "/redis/")
	}},
	whileExchanging,
	{"while putting back Redis", func(t *testing.T, r *restorable) (func() bool, func()) {
		t.Helper()
		return held(r, http.MethodGet, r.newest(t, "redis"))
	}},
	{"while putting back the files", func(t *testing.T, r *restorable) (func() bool, func()) {
		t.Helper()
		return held(r, http.MethodGet, r.newest(t, "application"))
	}},
}

func held(r *restorable, method, part string) (reached func() bool, release func()) {
	waits := r.vault.gate.Hold(method, part)
	return func() bool {
		select {
		case <-waits:
			return true
		default:
			return false
		}
	}, r.vault.gate.Open
}

// newest is the id of the verified backup of a kind.
func (r *restorable) newest(t *testing.T, kind string) (id string) {
	t.Helper()
	conn := dial(t, r.db.AdminURL)
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.QueryRow(t.Context(), `SELECT id::text FROM backups WHERE kind = $1 AND status = 'verified'`, kind).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// onServer counts beside the database, which may be closed.
func (r *restorable) onServer(t *testing.T, query string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), strings.Replace(r.db.AdminURL, "/"+r.db.Name, "/postgres", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// newHarmed is a system that was backed up and harmed, and what it held before.
func newHarmed(t *testing.T) (r *restorable, sound string) {
	t.Helper()
	r = newRestorable(t)
	runs := temporal.NewRuns(r.client(t))
	follow(t, runs, begin(t, runs, ingestion.IngestWorkflow))
	r.set(t, "sound")
	sound = r.state(t)
	follow(t, runs, begin(t, runs, backup.BackupWorkflow))
	r.harm(t)
	return r, sound
}

// through asks for a restore, has it approved where it asks for that, and kills
// the worker at a step of it.
func (r *restorable) through(t *testing.T, i interruption, kind string, input map[string]any) askedOperation {
	t.Helper()
	reached, release := i.arm(t, r)
	kill := func() {
		waitFor(t, "the step to be reached", reached)
		r.worker.Kill()
		release()
		r.again(t)
	}
	o := r.asked(t, kind, input)
	switch {
	case input["undo"] != nil:
		kill()
	case i.name == whileExchanging.name || strings.Contains(i.name, "putting") || strings.Contains(i.name, "keeping"):
		o = r.approve(t, o)
		kill()
	default:
		kill()
		o = r.approve(t, o)
	}
	if failure := r.ended(t, o); failure != "" {
		t.Fatal(failure)
	}
	return o
}

func interrupt(t *testing.T, i interruption) {
	t.Helper()
	r, sound := newHarmed(t)
	r.through(t, i, "system-restores", map[string]any{"backup": "latest", "reason": "an attacker has changed data"})
	if got := r.state(t); got != sound {
		t.Errorf("%s; before the attack, %s", got, sound)
	}
	waitFor(t, "the service to go on", func() bool { return r.api.get(t, "/api/v1/competitions").status == http.StatusOK })
	r.leavesNoLease(t)
	if left, err := os.ReadDir(r.vault.scratch); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	if n := r.onServer(t, `SELECT count(*) FROM pg_database WHERE datname LIKE 'football_restored_%' OR datname LIKE 'football_scratch_%'`); n > 0 {
		t.Errorf("%d databases are left", n)
	}
	r.replay(t, "RestoreSystem")
}

// The short form: the step after which two parts are of different moments. All
// steps are in the long proofs.
func TestASystemRestoreSurvivesAKilledWorker(t *testing.T) {
	t.Parallel()
	for _, i := range interruptions {
		if i.name == "while putting back Redis" {
			interrupt(t, i)
		}
	}
}
