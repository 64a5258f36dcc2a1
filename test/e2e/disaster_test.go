package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

// Everything is destroyed but the bucket and the key. One command brings the
// database back onto an empty server, and the services serve what they served.
func TestDisasterDrill(t *testing.T) {
	t.Parallel()
	dir, matches := leagues(t, 2, 4)
	uploads := t.TempDir()
	if err := os.WriteFile(filepath.Join(uploads, "kept.txt"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := newVault(t)
	lost, server := harness.PrivatePostgres(t)
	s := &system{db: lost, temporal: harness.Temporal(t)}
	redisURL := harness.Redis(t)
	s.start(t, append(v.environment(lost), append(engineDatabases(t, lost), "DATA="+dir, "AS_OF="+asOf, "UPLOADS_DIR="+uploads, "REDIS_URL="+redisURL)...)...)
	runs := temporal.NewRuns(s.client(t))
	follow(t, runs, begin(t, runs, ingestion.IngestWorkflow))
	follow(t, runs, begin(t, runs, retraining.RetrainWorkflow))
	api := s.startAPI(t, redisURL)
	served := api.get(t, "/api/v1/competitions").body
	// A running API goes on counting calls, which the backup could not know of.
	goAway(t, api.process)
	follow(t, runs, begin(t, runs, backup.BackupWorkflow))
	before := figures(t, lost.AdminURL)

	// The disaster.
	goAway(t, s.worker)
	goAway(t, server)

	began := time.Now()
	fresh := emptyServer(t)
	out := t.TempDir()
	ctl := exec.CommandContext(t.Context(), binary(t, "footballctl"), "backup", "restore", "--json",
		"--from", "s3://"+harness.Bucket, "--key", v.key, "--admin-url", fresh.AdminURL, "--files-dir", filepath.Join(out, "files"), "--redis-dir", filepath.Join(out, "redis"))
	engine := engineURLs(fresh)
	ctl.Env = append(os.Environ(), append(append(v.environment(fresh), engine...), "DATABASE_URL="+fresh.AppURL, "MIGRATE_DATABASE_URL="+fresh.OwnerURL)...)
	text, err := ctl.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr(err))
	}
	var told struct {
		Rows int64
		Put  []string
	}
	if err := json.Unmarshal(text, &told); err != nil || told.Rows == 0 || len(told.Put) < 4 {
		t.Fatalf("it says %s (%v)", text, err)
	}
	restored := strings.Replace(fresh.AdminURL, "/postgres?", "/football?", 1)
	after := figures(t, restored) // before anybody uses it again
	s.db = fresh
	s.start(t, append(v.environment(fresh), "DATA="+dir, "AS_OF="+asOf, "REDIS_URL="+redisURL)...)
	again := s.restartAPI(t, redisURL, api.key)
	t.Logf("everything lost; the system answered again after %s", time.Since(began).Round(100*time.Millisecond))

	if got := again.get(t, "/api/v1/competitions"); got.status != http.StatusOK || got.body != served {
		t.Errorf("it serves %d %.300s, and served %.300s", got.status, got.body, served)
	}
	for _, address := range engine {
		_, address, _ = strings.Cut(address, "=")
		conn := dial(t, address)
		var n int
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM executions WHERE data = '\x00ff'`).Scan(&n); err != nil || n != 1000 {
			t.Errorf("of Temporal's runs %d came back, %v", n, err)
		}
		if _, err := conn.Exec(t.Context(), `CREATE TABLE schema_version (v int)`); err != nil {
			t.Errorf("Temporal cannot update its schema: %v", err)
		}
	}
	s.db.AdminURL = restored
	for table, was := range before {
		// That the backup is verified was recorded after the moment that it holds.
		if is := after[table]; is != was && table != "backups" && table != "leases" && !strings.HasPrefix(table, "audit_") {
			t.Errorf("%s is %s and was %s", table, is, was)
		}
	}
	if n := s.count(t, "SELECT count(*) FROM matches"); n != matches {
		t.Errorf("%d of %d matches", n, matches)
	}
	content, err := os.ReadFile(filepath.Join(out, "files", "uploads", "kept.txt"))
	if err != nil || string(content) != "kept" {
		t.Errorf("the upload came back as %q: %v", content, err)
	}
	if found, _ := filepath.Glob(filepath.Join(out, "redis", "*.rdb")); len(found) != 1 {
		t.Errorf("Redis came back as %v", found)
	}

	// A server that holds something is left alone.
	repeat := exec.CommandContext(t.Context(), ctl.Path, ctl.Args[1:]...)
	repeat.Env = ctl.Env
	if _, err := repeat.Output(); err == nil || !strings.Contains(stderr(err), "leaves what is there alone") {
		t.Errorf("again: %v %s", err, stderr(err))
	}
}

func stderr(err error) string {
	if failed, ok := err.(*exec.ExitError); ok {
		return string(failed.Stderr)
	}
	return ""
}

// emptyServer is a PostgreSQL that nobody has prepared, and how the services
// will come to it.
func emptyServer(t *testing.T) harness.Database {
	t.Helper()
	p, err := devserver.StartPostgres(t.Context(), devserver.PostgresOptions{Dir: filepath.Join(t.TempDir(), "postgres"), Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop(context.Background()) })
	as := func(user, database string) string {
		u, err := url.Parse(p.URL(database))
		if err != nil {
			t.Fatal(err)
		}
		if user != "" {
			u.User = url.UserPassword(user, "chosen-anew")
		}
		return u.String()
	}
	return harness.Database{
		Name: "football", BinDir: p.BinDir(), AdminURL: as("", "postgres"), OwnerURL: as("football_owner", "football"), AppURL: as("football_app", "football"),
		BackupURL: as("football_backup", "football"), RestoreURL: as("football_restore", "postgres"),
	}
}

// figures are the number of rows of each table and a hash of them.
func figures(t *testing.T, address string) map[string]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), `SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for _, name := range names {
		var n int
		var sum string
		if err := conn.QueryRow(t.Context(), `SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM `+name+` t`).Scan(&n, &sum); err != nil {
			t.Fatal(err)
		}
		out[name] = fmt.Sprint(n, " ", sum)
	}
	return out
}

// engineURLs are the addresses of Temporal's databases on a server, as variables.
func engineURLs(db harness.Database) []string {
	at := func(name string) string {
		u, err := url.Parse(db.AdminURL)
		if err != nil {
			panic(err)
		}
		u.User, u.Path = url.UserPassword("temporal", "a-word-for-temporal"), "/"+name
		return u.String()
	}
	return []string{"TEMPORAL_DATABASE_URL=" + at("temporal"), "TEMPORAL_VISIBILITY_DATABASE_URL=" + at("temporal_visibility")}
}

// engineDatabases makes databases such as Temporal has on PostgreSQL: the tests'
// own server keeps its data elsewhere.
func engineDatabases(t *testing.T, db harness.Database) []string {
	t.Helper()
	all := engineURLs(db)
	for _, variable := range all {
		_, address, _ := strings.Cut(variable, "=")
		if err := postgres.Adopt(t.Context(), db.AdminURL, address); err != nil {
			t.Fatal(err)
		}
		conn := dial(t, address)
		for _, statement := range []string{
			`CREATE EXTENSION IF NOT EXISTS btree_gin`,
			`CREATE TABLE executions (shard_id int NOT NULL, namespace_id bytea NOT NULL, run text NOT NULL, data bytea NOT NULL, tags jsonb, PRIMARY KEY (shard_id, namespace_id, run))`,
			`CREATE INDEX by_tags ON executions USING gin (namespace_id, tags)`,
			`INSERT INTO executions SELECT n % 4, '\x01', 'run ' || n, '\x00ff', jsonb_build_object('type', n % 7) FROM generate_series(1, 1000) n`,
		} {
			if _, err := conn.Exec(t.Context(), statement); err != nil {
				t.Fatalf("%v in %s", err, statement)
			}
		}
		_ = conn.Close(t.Context())
	}
	return all
}
