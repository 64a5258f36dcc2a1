package pgtools_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
)

const markers = "SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM marker"

// marked commits a marker, and returns when.
func (y *yard) marked(t *testing.T, name string) time.Time {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), y.database.AdminURL)
	must(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(t.Context(), `INSERT INTO marker VALUES ($1)`, name)
	must(t, err)
	var at time.Time
	must(t, conn.QueryRow(t.Context(), `SELECT pg_xact_commit_timestamp(xmin) FROM marker WHERE name = $1`, name).Scan(&at))
	return at
}

// What is restored to a moment between two commits has the first and not the
// second.
func TestMomentBetweenTwoCommitsIsRestored(t *testing.T) {
	t.Parallel()
	y := newYardWith(t, inFolder, map[string]string{"track_commit_timestamp": "on"})
	y.exec(t, `SET ROLE football_owner; CREATE TABLE marker (name text)`)
	backup := y.verified(t)
	first := y.marked(t, "first")
	y.ask(t, `SELECT pg_sleep(1)::text`) // what lies between is a second
	second := y.marked(t, "second")
	if gap := second.Sub(first); gap < time.Second {
		t.Fatalf("the markers are %s apart", gap)
	}
	newest, err := y.archive.Flush(t.Context())
	must(t, err)

	spans, err := y.archive.Spans(t.Context())
	must(t, err)
	if len(spans) != 1 || !spans[0].Contains(first) || spans[0].Missing != "" {
		t.Errorf("spans %+v do not hold %s", spans, first)
	}
	for name, c := range map[string]struct {
		target backingup.Target
		want   string
		last   time.Time
	}{
		"between the two":       {target: backingup.Target{Time: first.Add(500 * time.Millisecond)}, want: "first", last: first},
		"before the first":      {target: backingup.Target{Time: first.Add(-time.Microsecond)}, want: ""},
		"the backup's moment":   {target: backingup.Target{Backup: backup.ID}, want: ""},
		"from a backup forward": {target: backingup.Target{Backup: backup.ID, Time: newest}, want: "first second", last: second},
		"the newest":            {target: backingup.Target{}, want: "first second"},
	} {
		t.Run(name, func(t *testing.T) {
			arrival, err := y.archive.Inspect(t.Context(), postgres.NewID(), c.target, "", quiet)
			must(t, err)
			if got, want := rowsOf(arrival.Inventory, "public.marker"), int64(len(strings.Fields(c.want))); got != want {
				t.Errorf("%d markers, want %d", got, want)
			}
			if !c.last.IsZero() && !arrival.Last.Equal(c.last) {
				t.Errorf("the last transaction is of %s, want %s", arrival.Last, c.last)
			}
			y.leavesNoScratch(t)
		})
	}
	t.Run("as files of a dump", func(t *testing.T) {
		folder := t.TempDir()
		arrival, err := y.archive.Inspect(t.Context(), postgres.NewID(), backingup.Target{Time: first}, folder, quiet)
		must(t, err)
		d := dumps(t, y.database, programsIn(y.bin()))
		r, err := d.Rehearse(t.Context(), postgres.NewID(), folder, quiet)
		must(t, err)
		if faults := append(r.Faults, operation.Compare(arrival.Inventory, r.Inventory)...); len(faults) > 0 || rowsOf(r.Inventory, "public.marker") != 1 {
			t.Errorf("restored into a fresh database: %v", faults)
		}
	})
	t.Run("moments that are not there", func(t *testing.T) { y.refuses(t, backup, first) })
	t.Run("as a whole server", func(t *testing.T) { y.comesBack(t, first) })
}

func rowsOf(i operation.Inventory, table string) int64 {
	for _, s := range i.Sets {
		if s.Name == table {
			return s.Rows
		}
	}
	return -1
}

func (y *yard) refuses(t *testing.T, backup operation.Backup, moment time.Time) {
	t.Helper()
	for name, c := range map[string]struct {
		target backingup.Target
		want   error
		says   string
	}{
		"before all copies":  {backingup.Target{Time: backup.TakenAt.Add(-time.Hour)}, backingup.ErrOutside, "the oldest moment that can be restored is "},
		"before its backup":  {backingup.Target{Backup: backup.ID, Time: backup.TakenAt.Add(-time.Hour)}, backingup.ErrOutside, "cannot go back before it"},
		"in the future":      {backingup.Target{Time: time.Now().Add(time.Hour)}, backingup.ErrOutside, "where the log of the repository ends, after the transaction of "},
		"an unknown backup":  {backingup.Target{Backup: postgres.NewID()}, backingup.ErrUnknown, ""},
		"unknown, at a time": {backingup.Target{Backup: postgres.NewID(), Time: moment}, backingup.ErrUnknown, ""},
	} {
		_, err := y.archive.Inspect(t.Context(), postgres.NewID(), c.target, "", quiet)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	taken := t.TempDir()
	must(t, os.WriteFile(filepath.Join(taken, "PG_VERSION"), []byte("15\n"), 0o600))
	if err := y.archive.RestoreTo(t.Context(), backingup.Target{Time: moment}, taken, quiet); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("over the files of a server: %v", err)
	}
	y.leavesNoScratch(t)
}

// comesBack replaces the server by one that is restored to a moment, as after a
// disaster: the repository is read while the old one is gone. The new one goes
// on archiving, and is backed up in turn.
func (y *yard) comesBack(t *testing.T, moment time.Time) {
	t.Helper()
	must(t, y.server.Stop(t.Context()))
	dir := filepath.Join(y.folder, "restored")
	must(t, y.archive.RestoreTo(t.Context(), backingup.Target{Time: moment}, dir, quiet))
	y.serve(t, dir)
	if got := y.ask(t, markers); got != "first" {
		t.Errorf("the restored server has %q", got)
	}
	y.exec(t, `INSERT INTO marker VALUES ('third')`)
	b := y.verified(t)
	newest, err := y.archive.Flush(t.Context())
	must(t, err)
	for _, target := range []backingup.Target{{Time: newest}, {Backup: b.ID}} {
		arrival, err := y.archive.Inspect(t.Context(), postgres.NewID(), target, "", quiet)
		must(t, err)
		if got := rowsOf(arrival.Inventory, "public.marker"); got != 2 {
			t.Errorf("the restored server's own repository has %d markers", got)
		}
	}
	if faults, err := y.archive.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("the repository after a restore: %v, %v", faults, err)
	}
}

// serve starts a server on restored files, with the settings that they hold and
// where the old one listened.
func (y *yard) serve(t *testing.T, dir string) {
	t.Helper()
	at, err := url.Parse(y.database.AdminURL)
	must(t, err)
	about, err := os.Stat(dir)
	must(t, err)
	owner := about.Sys().(*syscall.Stat_t)
	spec := devserver.Spec{
		Name: "restored PostgreSQL", Path: filepath.Join(y.bin(), "postgres"), Dir: "/", Log: filepath.Join(t.TempDir(), "log"),
		Args: []string{
			"-D", dir, "-c", "port=" + at.Port(), "-c", "unix_socket_directories=" + strconv.Quote(y.server.SocketDir()),
			"-c", "archive_mode=on", "-c", "archive_command=" + y.archive.ArchiveCommand(), "-c", "track_commit_timestamp=on", "-c", "max_connections=200",
		},
		Env: []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}, Stop: syscall.SIGINT,
		Ready: func(ctx context.Context) error {
			conn, err := pgx.Connect(ctx, y.database.AdminURL)
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
			var recovering bool
			if err := conn.QueryRow(ctx, `SELECT pg_is_in_recovery()`).Scan(&recovering); err != nil || recovering {
				return fmt.Errorf("it still recovers: %w", err)
			}
			return nil
		},
	}
	if os.Geteuid() == 0 {
		spec.Credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	p := devserver.NewProcess(spec)
	must(t, p.Start(t.Context()))
	t.Cleanup(func() { _ = p.Stop(context.Background()) })
}
