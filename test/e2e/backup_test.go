package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/backup"
)

// vault is what a system backs itself up into.
type vault struct {
	s3      *devserver.S3
	gate    *harness.Gate // before it
	key     string
	scratch string
}

func newVault(t *testing.T) *vault {
	t.Helper()
	v := &vault{s3: harness.S3(t), key: filepath.Join(t.TempDir(), "backup.key"), scratch: t.TempDir()}
	v.gate = harness.NewGate(t, v.s3.URL())
	if err := crypto.GenerateStreams(v.key); err != nil {
		t.Fatal(err)
	}
	return v
}

// environment is what a worker over db needs to back it up.
func (v *vault) environment(db harness.Database) []string {
	return []string{
		"BACKUP_DATABASE_URL=" + db.BackupURL, "RESTORE_DATABASE_URL=" + db.RestoreURL, "BACKUP_KEY_FILE=" + v.key, "TMPDIR=" + v.scratch,
		"S3_ENDPOINT=" + v.gate.URL, "S3_REGION=us-east-1", "S3_BUCKET=" + harness.Bucket, "S3_ACCESS_KEY=" + v.s3.AccessKey, "S3_SECRET_KEY=" + v.s3.SecretKey,
	}
}

// newBackedUp is a system with a vault, and its worker.
func newBackedUp(t *testing.T, environment ...string) (*system, *vault) {
	t.Helper()
	v := newVault(t)
	s := &system{db: harness.Postgres(t), temporal: harness.Temporal(t)}
	s.start(t, append(v.environment(s.db), environment...)...)
	return s, v
}

// leavesNothing finds what a run has left beside the backups that count.
func (s *system) leavesNothing(t *testing.T, v *vault) {
	t.Helper()
	if n := s.count(t, `SELECT count(*) FROM pg_database d JOIN backups b ON d.datname = 'football_scratch_' || replace(b.id::text, '-', '')`); n > 0 {
		t.Errorf("%d scratch databases are left", n)
	}
	s.leavesNoLease(t)
	for _, folder := range []string{v.scratch, v.s3.Objects} {
		_ = filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (folder == v.scratch || !s.counts(t, path)) {
				t.Errorf("%s is left", path)
			}
			return err
		})
	}
}

func (s *system) leavesNoLease(t *testing.T) {
	t.Helper()
	if n := s.count(t, `SELECT count(*) FROM leases WHERE expires_at > clock_timestamp()`); n > 0 {
		t.Errorf("%d leases are left", n)
	}
}

// counts reports whether an object belongs to a complete backup.
func (s *system) counts(t *testing.T, path string) bool {
	t.Helper()
	_, rest, _ := strings.Cut(path, "/football/")
	_, rest, _ = strings.Cut(rest, "/") // the kind
	id, _, _ := strings.Cut(rest, "/")
	return len(id) == 36 && s.count(t, `SELECT count(*) FROM backups WHERE id = '`+id+`' AND status IN ('made', 'verified') AND manifest <> ''`) == 1
}

func (s *system) verified(t *testing.T) int {
	t.Helper()
	return s.count(t, `SELECT count(*) FROM backups WHERE status = 'verified' AND kind = 'database'`)
}

// pauseProgram makes PostgreSQL's programs wait: the one of that name says that
// it was started, and goes on when the returned function has been called.
func pauseProgram(t *testing.T, db harness.Database, name string) (path string, reached func() bool, release func()) {
	t.Helper()
	folder, state := t.TempDir(), t.TempDir()
	for _, program := range []string{"pg_dump", "pg_restore", "pg_amcheck"} {
		installed := filepath.Join(db.BinDir, program)
		script := fmt.Sprintf("#!/bin/sh\nexec %s \"$@\"\n", installed)
		if program == name {
			script = fmt.Sprintf("#!/bin/sh\ntouch %[1]s/reached\nwhile [ ! -e %[1]s/release ]; do sleep 0.1; done\nexec %[2]s \"$@\"\n", state, installed)
		}
		if err := os.WriteFile(filepath.Join(folder, program), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return "PATH=" + folder + ":" + os.Getenv("PATH"),
		func() bool { _, err := os.Stat(filepath.Join(state, "reached")); return err == nil },
		func() { _ = os.WriteFile(filepath.Join(state, "release"), nil, 0o600) }
}

// The worker is killed at a step; another one ends the run in good order.
type killing struct {
	name            string
	program         string // that the worker is killed in, or
	method, request string // the request that it is killed in
}

var killings = []killing{
	{name: "while dumping", program: "pg_dump"},
	{name: "while sending a part", method: http.MethodPut, request: "toc.dat"},
	{name: "while sending the manifest", method: http.MethodPut, request: "manifest.json"},
	{name: "while fetching the manifest", method: http.MethodGet, request: "manifest.json"},
	{name: "while fetching a part", method: http.MethodGet, request: "toc.dat"},
	{name: "while restoring", program: "pg_restore"},
	{name: "while checking pages", program: "pg_amcheck"},
	{name: "while deleting an old one", method: http.MethodDelete, request: "manifest.json"},
}

func killAt(t *testing.T, k killing) {
	t.Helper()
	v := newVault(t)
	s := &system{db: harness.Postgres(t), temporal: harness.Temporal(t)}
	environment := v.environment(s.db)
	release := v.gate.Open
	var reached func() bool
	if k.program != "" {
		var path string
		path, reached, release = pauseProgram(t, s.db, k.program)
		environment = append(environment, path)
	}
	s.start(t, environment...)
	runs := temporal.NewRuns(s.client(t))
	if k.method == http.MethodDelete {
		// An old one that retention lets go once there is a new one.
		follow(t, runs, begin(t, runs, backup.BackupWorkflow))
		s.count(t, `WITH aged AS (UPDATE backups SET taken_at = taken_at - interval '40 days' RETURNING 1) SELECT count(*) FROM aged`)
	}
	if k.method != "" {
		held := v.gate.Hold(k.method, k.request)
		reached = func() bool {
			select {
			case <-held:
				return true
			default:
				return false
			}
		}
	}
	run := begin(t, runs, backup.BackupWorkflow)
	waitFor(t, "the step to be reached", reached)
	s.worker.Kill()
	release()
	s.again(t)
	follow(t, runs, run)
	if n := s.verified(t); n != 1 {
		t.Errorf("%d verified backups, want 1", n)
	}
	s.leavesNothing(t, v)
	s.replay(t, backup.BackupWorkflow)
}

// The short form: one step of each half. All steps are in the long proofs.
func TestBackupSurvivesAKilledWorker(t *testing.T) {
	t.Parallel()
	for _, k := range killings {
		if k.program == "pg_restore" || k.request == "manifest.json" && k.method == http.MethodPut {
			t.Run(k.name, func(t *testing.T) {
				t.Parallel()
				killAt(t, k)
			})
		}
	}
}

// S3 has a bad day: what passes is waited for, what does not fails the run in
// words, and nothing is called verified that is not.
func TestBackupWhenS3Fails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*harness.Gate)
		heals bool
		says  string
	}{
		"it answers 500 for a while":        {func(g *harness.Gate) { g.Answer(http.MethodPut, "toc.dat", http.StatusInternalServerError) }, true, ""},
		"it resets connections for a while": {func(g *harness.Gate) { g.Reset(http.MethodGet, "toc.dat") }, true, ""},
		"it answers 403":                    {func(g *harness.Gate) { g.Answer(http.MethodPut, "toc.dat", http.StatusForbidden) }, false, "cannot write to s3://backups"},
		"it answers 403 when read":          {func(g *harness.Gate) { g.Answer(http.MethodGet, "toc.dat", http.StatusForbidden) }, false, "cannot read s3://backups"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, v := newBackedUp(t)
			runs := temporal.NewRuns(s.client(t))
			test.spoil(v.gate)
			run := begin(t, runs, backup.BackupWorkflow)
			if test.heals {
				waitFor(t, "an attempt to fail", func() bool { return s.attempts(t, run.ID) > 1 })
				v.gate.Open()
				follow(t, runs, run)
				if s.verified(t) != 1 {
					t.Error("it is not verified")
				}
			} else {
				err := runs.Follow(t.Context(), run, nil, nil)
				if err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("error %v", err)
				}
				if s.verified(t) != 0 {
					t.Error("it is called verified")
				}
			}
			s.leavesNothing(t, v)
		})
	}
}

// attempts is how often the activity under way has been tried.
func (s *system) attempts(t *testing.T, id string) int {
	t.Helper()
	described, err := s.client(t).DescribeWorkflowExecution(context.Background(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for _, a := range described.GetPendingActivities() {
		most = max(most, int(a.GetAttempt()))
	}
	return most
}

func TestBackupNeedsPrograms(t *testing.T) {
	if folder := pgtools.Find(); folder == "" {
		t.Error("PostgreSQL's programs are not found")
	}
}
