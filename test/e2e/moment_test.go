package e2e_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

// newArchived is a system whose server archives its log, with two operators.
func newArchived(t *testing.T) *restorable {
	t.Helper()
	// PostgreSQL's user must be able to pass through it, unlike t.TempDir.
	folder, err := os.MkdirTemp("/tmp", "football-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	key, scratch := filepath.Join(folder, "backup.key"), filepath.Join(folder, "s")
	for _, made := range []error{os.Chmod(folder, 0o755), os.Mkdir(scratch, 0o755), crypto.GenerateStreams(key)} {
		if made != nil {
			t.Fatal(made)
		}
	}
	pass, err := crypto.Passphrase(key, "pgbackrest")
	if err != nil {
		t.Fatal(err)
	}
	const nowhere = "postgres://football_backup@127.0.0.1:1/football"
	archive, err := pgtools.NewArchive(pgtools.ArchiveConfig{
		BackupURL: nowhere, OwnerURL: nowhere, Dir: filepath.Join(folder, "lib"), Store: pgtools.Store{Folder: filepath.Join(folder, "backups", "pgbackrest")}, Passphrase: pass,
		Programs: pgtools.Programs{Start: devserver.StartInGroup}, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	db, _ := harness.PrivatePostgresWith(t, devserver.PostgresOptions{
		Dir: filepath.Join(folder, "postgres"), Volatile: true, Checksums: true,
		Settings: map[string]string{"archive_mode": "on", "archive_command": archive.ArchiveCommand()},
	})
	dir, _ := leagues(t, 1, 3)
	r := &restorable{system: &system{db: db, temporal: harness.Temporal(t)}, settings: []string{
		"BACKUP_ENGINE=pgbackrest", "BACKUP_DIR=" + filepath.Join(folder, "backups"), "PGBACKREST_DIR=" + filepath.Join(folder, "lib"), "BACKUP_KEY_FILE=" + key,
		"BACKUP_DATABASE_URL=" + db.BackupURL, "RESTORE_DATABASE_URL=" + db.RestoreURL, "MIGRATE_DATABASE_URL=" + db.OwnerURL, "TMPDIR=" + scratch,
		"DATA=" + dir, "AS_OF=" + asOf,
	}}
	r.start(t, r.settings...)
	r.api = r.startAPI(t, harness.Redis(t))
	r.ada, r.bob = r.operator(t, r.api, "ada"), r.operator(t, r.api, "bob")
	return r
}

// Where the server archives its log, operators go back to a moment between two
// commits, through the API: the first is there afterwards, and the second is not.
func TestAMomentBetweenTwoCommitsIsRestored(t *testing.T) {
	t.Parallel()
	r := newArchived(t)
	runs := temporal.NewRuns(r.client(t))
	follow(t, runs, begin(t, runs, ingestion.IngestWorkflow))
	follow(t, runs, begin(t, runs, backup.BackupWorkflow))
	conn := dial(t, r.db.AdminURL)
	commit := func(name string) (at time.Time) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), `UPDATE teams SET name = $1 WHERE id = (SELECT min(id::text)::uuid FROM teams)`, name); err != nil {
			t.Fatal(err)
		}
		if err := conn.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	named := func(name string) int { return r.count(t, `SELECT count(*) FROM teams WHERE name = '`+name+`'`) }
	first := commit("first")
	time.Sleep(2 * time.Second)
	commit("second")
	if named("first") != 0 || named("second") != 1 {
		t.Fatal("the second commit is not there")
	}
	_ = conn.Close(t.Context()) // a superuser's is cut off by nobody
	moment := first.Add(time.Second).UTC()
	o := r.approve(t, r.asked(t, "restores", map[string]any{"at": moment.Format(time.RFC3339Nano), "reason": "a faulty update"}))
	if failure := r.ended(t, o); failure != "" {
		t.Fatal(failure)
	}
	if named("first") != 1 || named("second") != 0 {
		t.Errorf("after going back to between them, %d teams are of the first commit and %d of the second", named("first"), named("second"))
	}
	r.leavesNoLease(t)
	r.replay(t, "RestoreDatabase")
}
