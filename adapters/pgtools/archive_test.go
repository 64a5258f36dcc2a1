package pgtools_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/test/harness"
)

// yard is a server that archives, with rows in its database, and what backs it up.
type yard struct {
	site
	folder  string // that the server's user can enter
	server  *devserver.Postgres
	archive *pgtools.Archive
	later   time.Duration // that our clock is ahead of the server's
	// patience is how long the log may take.
	patience time.Duration
}

func newYard(t *testing.T) *yard {
	t.Helper()
	return newYardWith(t, inFolder, nil)
}

// inFolder keeps the repository in a folder of the test's.
var inFolder = pgtools.Store{}

func programsIn(bin string) pgtools.Programs {
	return pgtools.Programs{Dir: bin, Start: devserver.StartInGroup}
}

// newYardWith keeps the repository in store and adds to the server's settings.
func newYardWith(t *testing.T, store pgtools.Store, more map[string]string) *yard {
	t.Helper()
	y := &yard{folder: openFolder(t), site: site{bucket: t.TempDir(), key: newKey(t)}, patience: patience}
	y.scratch = filepath.Join(y.folder, "s")
	must(t, os.Mkdir(y.scratch, 0o755))
	const nowhere = "postgres://football_backup@127.0.0.1:1/football"
	command := y.open(t, store, nowhere, nowhere, y.key).ArchiveCommand()
	set := map[string]string{"archive_mode": "on", "archive_command": command}
	maps.Copy(set, more)
	set["archive_command"] = strings.ReplaceAll(set["archive_command"], "COMMAND", command)
	y.database, y.server = harness.PrivatePostgresWith(t, devserver.PostgresOptions{
		Dir: filepath.Join(y.folder, "postgres"), Volatile: true, Checksums: true, Settings: set,
	})
	y.archive = y.open(t, store, y.database.BackupURL, y.database.OwnerURL, y.key)
	y.keeper = y.keepWith(t, y.archive)
	y.exec(t, `INSERT INTO teams (id, key, source, created_at, name, country) SELECT gen_random_uuid(), 'team-' || n, 'test', now(), 'Team ' || n, 'England' FROM generate_series(1, 500) n`)
	return y
}

// openFolder is one that every user can pass through, unlike t.TempDir.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "football-") //nolint:usetesting // see above
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	return dir
}

const patience = time.Minute

func (y *yard) open(t *testing.T, store pgtools.Store, backupURL, ownerURL, key string) *pgtools.Archive {
	t.Helper()
	pass, err := crypto.Passphrase(key, "pgbackrest")
	must(t, err)
	if store == (pgtools.Store{}) {
		store.Folder = filepath.Join(y.folder, "repository")
	}
	a, err := pgtools.NewArchive(pgtools.ArchiveConfig{
		BackupURL: backupURL, OwnerURL: ownerURL, Dir: filepath.Join(y.folder, "lib", "pgbackrest"), Store: store, Passphrase: pass, Scratch: y.scratch,
		Programs: programsIn(y.bin()), Now: y.now, Patience: y.patience,
	})
	must(t, err)
	return a
}

func (y *yard) bin() string {
	if y.server == nil {
		return ""
	}
	return y.server.BinDir()
}

func (y *yard) now() time.Time { return time.Now().Add(y.later) }

func (y *yard) keepWith(t *testing.T, repositories ...backingup.Repository) *backingup.Keeper {
	t.Helper()
	codec, err := crypto.OpenStreams(y.key)
	must(t, err)
	db, err := postgres.Open(postgres.Config{URL: y.database.AppURL, PoolSize: 2})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return backingup.NewKeeper(backingup.Parts{
		Bucket: objectstore.NewFolder(y.bucket), Codec: codec, Repositories: repositories, Records: postgres.NewBackups(db),
		Program: "test", Scratch: t.TempDir(), Now: y.now, Audit: silent{},
	})
}

// verified makes a backup that proves to be good.
func (y *yard) verified(t *testing.T) operation.Backup {
	t.Helper()
	b := y.verify(t, y.make(t).ID)
	if b.Status != operation.Verified || b.Fault != "" {
		t.Fatalf("it is %s: %s", b.Status, b.Fault)
	}
	return b
}

func (y *yard) verify(t *testing.T, id string) operation.Backup {
	t.Helper()
	b, err := y.keeper.Verify(t.Context(), id, quiet)
	must(t, err)
	y.leavesNoScratch(t)
	return b
}

func (y *yard) leavesNoScratch(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(y.scratch)
	if err != nil || len(entries) > 0 {
		t.Errorf("left in the scratch folder: %v, %v", entries, err)
	}
}

func (y *yard) ask(t *testing.T, statement string) (answer string) {
	t.Helper()
	return ask(t, y.database.AdminURL, statement)
}

func ask(t *testing.T, url, statement string) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	must(t, conn.QueryRow(t.Context(), statement).Scan(&answer))
	return answer
}

// repository are files of the repository whose paths match.
func (y *yard) repository(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(y.folder, "repository", pattern))
	must(t, err)
	return found
}

// A copy, and one that stands on it, are both proven, row by row, though rows
// are written all the time.
func TestArchiveIsVerifiedWhileRowsAreWritten(t *testing.T) {
	y := newYard(t)
	writing, stop := context.WithCancel(t.Context())
	type written struct {
		rows    int
		longest time.Duration
	}
	done := make(chan written, 1)
	go func() {
		var w written
		defer func() { done <- w }()
		conn, err := pgx.Connect(writing, y.database.AdminURL)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close(context.Background()) }()
		for writing.Err() == nil {
			began := time.Now()
			if _, err := conn.Exec(writing, `WITH n AS (INSERT INTO teams (id, key, source, created_at, name, country) SELECT id, id::text, 'test', now(), 'Late', 'Spain' FROM gen_random_uuid() id)
				UPDATE teams SET name = name || '!' WHERE key = 'team-7'`); err != nil {
				return
			}
			w.longest = max(w.longest, time.Since(began))
			w.rows++
		}
	}()
	first, second := y.verified(t), y.verified(t)
	stop()
	w := <-done
	if w.rows == 0 {
		t.Error("nothing was written meanwhile")
	}
	if first.Parts != 1 || second.Parts != 2 || second.Size >= first.Size {
		t.Errorf("the second does not stand on the first: %d and %d parts, %d and %d bytes", first.Parts, second.Parts, first.Size, second.Size)
	}
	if first.Engine != "pgbackrest" || first.Rows < 500 || first.RestoreTook <= 0 || !strings.HasPrefix(first.Location, "file://") {
		t.Errorf("recorded %+v", first)
	}
	t.Logf("%d transactions meanwhile, the longest took %s; %d and %d bytes in the repository; restored in %s and %s",
		w.rows, w.longest, first.Size, second.Size, first.RestoreTook, second.RestoreTook)
}
