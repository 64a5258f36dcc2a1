package pgtools_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/objectstore"
	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// site is a database with rows, and what backs it up into a folder.
type site struct {
	database harness.Database
	keeper   *backingup.Keeper
	dumps    *pgtools.Dumps
	bucket   string
	scratch  string
	key      string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{database: harness.Postgres(t), bucket: t.TempDir(), scratch: t.TempDir(), key: newKey(t)}
	s.dumps = dumps(t, s.database, pgtools.Programs{Dir: s.database.BinDir, Start: devserver.StartInGroup})
	s.keeper = s.keep(t, s.dumps, s.key)
	s.exec(t, `
		INSERT INTO teams (id, key, source, created_at, name, country) SELECT gen_random_uuid(), 'team-' || n, 'test', now(), 'Team ' || n, 'England' FROM generate_series(1, 50) n;
		INSERT INTO competitions (code, name, country, time_zone, source, created_at) VALUES ('premier-league', 'Premier League', 'England', 'Europe/London', 'test', now());
		INSERT INTO tenants (tenant_id, slug, name, created_at) SELECT gen_random_uuid(), 'tenant-' || n, 'Tenant ' || n, now() FROM generate_series(1, 3) n;
		INSERT INTO users (tenant_id, id, email, email_index, name, role, created_at, updated_at)
			SELECT tenant_id, gen_random_uuid(), 'x', decode(md5(tenant_id::text), 'hex'), 'x', 'viewer', now(), now() FROM tenants;`)
	return s
}

func newKey(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup.key")
	if err := crypto.GenerateStreams(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func dumps(t *testing.T, database harness.Database, programs pgtools.Programs) *pgtools.Dumps {
	t.Helper()
	d, err := pgtools.NewDumps(pgtools.Config{BackupURL: database.BackupURL, RestoreURL: database.RestoreURL, Programs: programs, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (s *site) keep(t *testing.T, d *pgtools.Dumps, key string) *backingup.Keeper {
	t.Helper()
	codec, err := crypto.OpenStreams(key)
	if err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(postgres.Config{URL: s.database.AppURL, PoolSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return backingup.NewKeeper(backingup.Parts{
		Bucket: objectstore.NewFolder(s.bucket), Codec: codec, Engines: []backingup.Engine{d}, Records: postgres.NewBackups(db),
		Program: "test", Scratch: s.scratch, Now: time.Now, Audit: silent{},
	})
}

// silent records nothing.
type silent struct{}

func (silent) Record(context.Context, auditing.Event) error { return nil }

func (s *site) exec(t *testing.T, statements string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

func (s *site) make(t *testing.T) operation.Backup {
	t.Helper()
	b, err := s.keeper.Make(t.Context(), backingup.Order{ID: postgres.NewID(), Kind: operation.Database, Run: "test"}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func quiet(int, int, string) {}

// scratches are the databases that would be left behind.
func (s *site) scratches(t *testing.T, id string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), `SELECT datname::text FROM pg_database WHERE datname = 'football_scratch_' || replace($1, '-', '')`, id)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func (s *site) leavesNothing(t *testing.T, id string) {
	t.Helper()
	if left := s.scratches(t, id); len(left) > 0 {
		t.Errorf("scratch databases are left: %v", left)
	}
	entries, err := os.ReadDir(s.scratch)
	if err != nil || len(entries) > 0 {
		t.Errorf("left in the scratch folder: %v, %v", entries, err)
	}
}

// A healthy backup is verified while two hundred rows a second are written.
func TestBackupIsVerifiedWhileRowsAreWritten(t *testing.T) {
	s := newSite(t)
	writing, stop := context.WithCancel(t.Context())
	written := make(chan int)
	go func() {
		conn, err := pgx.Connect(writing, s.database.AdminURL)
		if err != nil {
			t.Error(err)
			close(written)
			return
		}
		tick, n := time.NewTicker(5*time.Millisecond), 0
		defer tick.Stop()
		for range tick.C {
			if _, err := conn.Exec(writing, `INSERT INTO teams (id, key, source, created_at, name, country) VALUES (gen_random_uuid(), 'late-' || $1, 'test', now(), 'Late', 'Spain')`, fmt.Sprint(n)); err != nil {
				break
			}
			n++
		}
		_ = conn.Close(context.Background())
		written <- n
	}()
	b := s.make(t)
	b, err := s.keeper.Verify(t.Context(), b.ID, quiet)
	stop()
	n := <-written
	if err != nil {
		t.Fatal(err)
	}
	if b.Status != operation.Verified || b.Fault != "" {
		t.Errorf("it is %s: %s", b.Status, b.Fault)
	}
	if b.Rows < 56 || b.Size == 0 || b.Parts < 10 || b.RestoreTook <= 0 {
		t.Errorf("recorded %+v", b)
	}
	if n == 0 {
		t.Error("nothing was written meanwhile")
	}
	t.Logf("%d rows were written meanwhile; %d parts, %d bytes, restored in %s", n, b.Parts, b.Size, b.RestoreTook)
	s.leavesNothing(t, b.ID)
	again, err := s.keeper.Records.Get(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.TakenAt, b.VerifiedAt = b.TakenAt.Truncate(time.Microsecond), b.VerifiedAt.Truncate(time.Microsecond)
	again.TakenAt, again.VerifiedAt = again.TakenAt.Truncate(time.Microsecond), again.VerifiedAt.Truncate(time.Microsecond)
	if diff := cmp.Diff(b, again); diff != "" {
		t.Error(diff)
	}
}

// What is planted is found, and said in words.
func TestPlantedFaultsAreFound(t *testing.T) {
	s := newSite(t)
	part := func(b operation.Backup, pattern string) string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(s.bucket, "football", "database", b.ID, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no part %s: %v", pattern, err)
		}
		return found[0]
	}
	change := func(path string, with func([]byte) []byte) {
		t.Helper()
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, with(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, fault := range map[string]struct {
		plant func(b operation.Backup) *backingup.Keeper
		want  string
	}{
		"a flipped byte": {func(b operation.Backup) *backingup.Keeper {
			change(part(b, "dump/toc.dat.sealed"), func(c []byte) []byte { c[len(c)/2] ^= 1; return c })
			return s.keeper
		}, "part dump/toc.dat was changed: its SHA-256 is "},
		"a truncated file": {func(b operation.Backup) *backingup.Keeper {
			change(part(b, "dump/toc.dat.sealed"), func(c []byte) []byte { return c[:len(c)-100] })
			return s.keeper
		}, "part dump/toc.dat is cut off: "},
		"a missing part": {func(b operation.Backup) *backingup.Keeper {
			must(t, os.Remove(part(b, "dump/toc.dat.sealed")))
			return s.keeper
		}, "part dump/toc.dat is missing"},
		"a missing manifest": {func(b operation.Backup) *backingup.Keeper {
			must(t, os.Remove(part(b, "manifest.json.sealed")))
			return s.keeper
		}, "the manifest is missing"},
		"a changed manifest": {func(b operation.Backup) *backingup.Keeper {
			change(part(b, "manifest.json.sealed"), func(c []byte) []byte { c[len(c)-1] ^= 1; return c })
			return s.keeper
		}, "the manifest was changed: its SHA-256 is "},
		"the manifest of another backup": {func(b operation.Backup) *backingup.Keeper {
			other := s.make(t)
			content, err := os.ReadFile(part(other, "manifest.json.sealed"))
			must(t, err)
			must(t, os.WriteFile(part(b, "manifest.json.sealed"), content, 0o600))
			return s.keeper
		}, "the manifest was changed: its SHA-256 is "},
		"a wrong key": {func(operation.Backup) *backingup.Keeper {
			return s.keep(t, s.dumps, newKey(t))
		}, "the manifest: it cannot be decrypted: it was made with another key"},
		"a missing row": {func(operation.Backup) *backingup.Keeper {
			return s.keep(t, s.meddling(t, `DELETE FROM teams WHERE name = 'Team 7'`), s.key)
		}, "public.teams has 49 rows and had 50"},
		"a changed row": {func(operation.Backup) *backingup.Keeper {
			return s.keep(t, s.meddling(t, `UPDATE teams SET name = 'Team Seven' WHERE name = 'Team 7'`), s.key)
		}, "public.teams has its 50 rows, but not with the contents that they had"},
		"a dropped foreign key": {func(operation.Backup) *backingup.Keeper {
			return s.keep(t, s.meddling(t, `ALTER TABLE users DROP CONSTRAINT users_tenant_id_fkey`), s.key)
		}, "constraint public.users.users_tenant_id_fkey is missing: FOREIGN KEY (tenant_id) REFERENCES"},
		"a wall that was not built": {func(operation.Backup) *backingup.Keeper {
			return s.keep(t, s.meddling(t, `ALTER TABLE users NO FORCE ROW LEVEL SECURITY`), s.key)
		}, "forced f\" and was "},
		"a policy that lets all see all": {func(operation.Backup) *backingup.Keeper {
			return s.keep(t, s.meddling(t, `ALTER POLICY tenant_wall ON users USING (true)`), s.key)
		}, "policy public.users.tenant_wall is "},
		"a grant too many": {func(operation.Backup) *backingup.Keeper {
			return s.keep(t, s.meddling(t, `GRANT SELECT ON audit_events TO PUBLIC`), s.key)
		}, "grant public.audit_events is "},
		"an orphan behind a foreign key that nobody validated": {func(operation.Backup) *backingup.Keeper {
			return s.keep(t, s.meddling(t, `ALTER TABLE users DROP CONSTRAINT users_tenant_id_fkey, DROP CONSTRAINT IF EXISTS x;
				ALTER TABLE users DISABLE ROW LEVEL SECURITY; UPDATE users SET tenant_id = gen_random_uuid();
				ALTER TABLE users ADD CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants NOT VALID`), s.key)
		}, "foreign key public.users.users_tenant_id_fkey has 3 rows that point to nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			b := s.make(t)
			keeper := fault.plant(b)
			b, err := keeper.Verify(t.Context(), b.ID, quiet)
			if err != nil {
				t.Fatal(err)
			}
			if b.Status != operation.Broken || !strings.Contains(b.Fault, fault.want) {
				t.Errorf("it is %s: %s", b.Status, b.Fault)
			}
			s.leavesNothing(t, b.ID)
		})
	}
}

// meddling restores with a pg_restore that does something else beside it.
func (s *site) meddling(t *testing.T, statements string) *pgtools.Dumps {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"pg_dump", "pg_amcheck"} {
		must(t, os.Symlink(filepath.Join(s.database.BinDir, name), filepath.Join(folder, name)))
	}
	admin, err := pgx.ParseConfig(s.database.AdminURL)
	must(t, err)
	script := fmt.Sprintf(`#!/bin/sh
%[1]s/pg_restore "$@" || exit
case "$*" in *walls.list*) ;; *) exit 0 ;; esac
for argument; do
  case $argument in --dbname=*) ;; *) continue ;; esac
  database=${argument#--dbname=*/*/*/}
  database=${argument##*/}
  PGPASSWORD=%[2]s %[1]s/psql -q -v ON_ERROR_STOP=1 -h %[3]s -p %[4]d -U %[5]s -d "${database%%%%\?*}" <<'SQL' || exit
%[6]s
SQL
done
`, s.database.BinDir, admin.Password, admin.Host, admin.Port, admin.User, statements)
	must(t, os.WriteFile(filepath.Join(folder, "pg_restore"), []byte(script), 0o700))
	return dumps(t, s.database, pgtools.Programs{Dir: folder, Start: devserver.StartInGroup})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhoSeesTenantsOnlyDumpsNothing(t *testing.T) {
	s := newSite(t)
	d, err := pgtools.NewDumps(pgtools.Config{
		BackupURL: s.database.AppURL, RestoreURL: s.database.RestoreURL,
		Programs: pgtools.Programs{Dir: s.database.BinDir, Start: devserver.StartInGroup}, Now: time.Now,
	})
	must(t, err)
	if _, err := d.Capture(t.Context(), t.TempDir(), quiet); err == nil || !strings.Contains(err.Error(), "BYPASSRLS") {
		t.Errorf("error %v", err)
	}
}

func TestSweepDropsWhatDeadRunsLeft(t *testing.T) {
	s := newSite(t)
	dead, alive := postgres.NewID(), postgres.NewID()
	for _, id := range []string{dead, alive} {
		s.exec(t, `CREATE DATABASE football_scratch_`+strings.ReplaceAll(id, "-", "")+` OWNER football_restore`)
	}
	t.Cleanup(func() { _, _ = s.dumps.Sweep(context.Background(), func(id string) bool { return id != alive }) })
	if _, err := s.dumps.Sweep(t.Context(), func(id string) bool { return id != dead }); err != nil {
		t.Fatal(err)
	}
	if left := append(s.scratches(t, dead), s.scratches(t, alive)...); len(left) != 1 || !strings.HasSuffix(left[0], strings.ReplaceAll(alive, "-", "")) {
		t.Errorf("left: %v", left)
	}
}

func TestCancelledBackupsLeaveNothing(t *testing.T) {
	s := newSite(t)
	b := s.make(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.keeper.Verify(ctx, b.ID, func(_, _ int, message string) {
		if strings.HasPrefix(message, "restored tables") {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	s.leavesNothing(t, b.ID)
	if b, err = s.keeper.Records.Get(t.Context(), b.ID); err != nil || b.Status != operation.Made {
		t.Errorf("it is %s: %v", b.Status, err)
	}
}
