package pgtools_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/pgtools"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/test/harness"
)

// changeByte flips one byte in the middle of a file, whose owner stays.
func changeByte(t *testing.T, path string) (undo func()) {
	t.Helper()
	before, err := os.ReadFile(path)
	must(t, err)
	after := append([]byte(nil), before...)
	after[len(after)/2] ^= 1
	must(t, os.WriteFile(path, after, 0o600))
	return func() { must(t, os.WriteFile(path, before, 0o600)) }
}

func setAside(t *testing.T, path string) (undo func()) {
	t.Helper()
	must(t, os.Rename(path, path+".aside"))
	return func() { must(t, os.Rename(path+".aside", path)) }
}

// What is planted in a repository is found, and said in words; and nothing new
// is built on it.
func TestDamagedRepositoriesAreFound(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	base := y.verified(t)
	y.exec(t, `SET ROLE football_owner; CREATE TABLE bulk AS SELECT n, md5(n::text) FROM generate_series(1, 5000) n`)
	b := y.make(t)
	only := func(pattern string) string {
		t.Helper()
		found := y.repository(t, pattern)
		if len(found) == 0 {
			t.Fatalf("no file %s", pattern)
		}
		return found[len(found)-1]
	}
	const copies = "backup/football/[0-9]*F"
	for name, fault := range map[string]struct {
		plant  func() (undo func())
		want   string
		checks string // what Check says; nothing when it is not asked
	}{
		"a damaged file": {
			func() func() { return changeByte(t, only(copies+"/bundle/*")) },
			"the repository is damaged: ", "invalid: ",
		},
		"a file that is gone": {
			func() func() { return setAside(t, only(copies+"/bundle/*")) },
			"the repository is damaged: unable to open missing file ", "",
		},
		"a gap in the log": {
			func() func() { return setAside(t, y.lastPiece(t)) },
			"recovery ends before its target, where the log of the repository ends", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer fault.plant()()
			if got := y.verify(t, b.ID); got.Status != operation.Broken || !strings.Contains(got.Fault, fault.want) {
				t.Errorf("it is %s: %s", got.Status, got.Fault)
			}
			if fault.checks == "" {
				return
			}
			faults, err := y.archive.Check(t.Context())
			if err != nil || !strings.Contains(strings.Join(faults, "; "), fault.checks) {
				t.Errorf("check: %q, %v", faults, err)
			}
		})
	}
	t.Run("another key", func(t *testing.T) {
		other := y.open(t, inFolder, y.database.BackupURL, y.database.OwnerURL, newKey(t))
		before := y.keeper
		y.keeper = y.keepWith(t, other)
		defer func() { y.keeper = before }()
		if got := y.verify(t, b.ID); got.Status != operation.Broken || !strings.Contains(got.Fault, "it cannot be decrypted: it was made with another key than that in BACKUP_KEY_FILE") {
			t.Errorf("it is %s: %s", got.Status, got.Fault)
		}
		if _, err := other.Add(t.Context(), backingup.Addition{ID: postgres.NewID()}, quiet); err == nil || !strings.Contains(err.Error(), "it cannot be decrypted") {
			t.Errorf("adding with another key: %v", err)
		}
	})
	var between string // a piece of the log that neither copy needs
	t.Run("none is built on what is broken", func(t *testing.T) {
		// The right key again, which the file of settings has to hold.
		if got := y.verify(t, base.ID); got.Status != operation.Verified {
			t.Errorf("undone, it is %s: %s", got.Status, got.Fault)
		}
		_, err := y.archive.Flush(t.Context())
		must(t, err)
		between = y.lastPiece(t)
		_, err = y.archive.Flush(t.Context())
		must(t, err)
		if next := y.make(t); next.Parts != 1 {
			t.Errorf("it stands on %d others", next.Parts-1)
		}
	})
	t.Run("a gap between copies", func(t *testing.T) {
		defer setAside(t, between)()
		spans, err := y.archive.Spans(t.Context())
		must(t, err)
		lost := filepath.Base(between)[:24]
		if len(spans) != 2 {
			t.Fatalf("%+v, without %s", spans, lost)
		}
		if spans[0].Missing != lost || spans[1].Missing != "" || !spans[0].To.Before(spans[1].From.Add(time.Second)) {
			t.Errorf("%+v, without %s", spans, lost)
		}
		faults, err := y.archive.Check(t.Context())
		if err != nil || len(faults) != 1 || !strings.Contains(faults[0], "the log lacks "+lost) {
			t.Errorf("check: %q, %v", faults, err)
		}
		_, err = y.archive.Inspect(t.Context(), postgres.NewID(), backingup.Target{Time: spans[1].From.Add(-2 * time.Second)}, "", quiet)
		if err == nil || !strings.Contains(err.Error(), "since the repository's log lacks "+lost) {
			t.Errorf("across the gap: %v", err)
		}
	})
}

// lastPiece is the newest piece of the log.
func (y *yard) lastPiece(t *testing.T) string {
	t.Helper()
	pieces := y.pieces(t)
	return pieces[len(pieces)-1]
}

func (y *yard) pieces(t *testing.T) []string {
	t.Helper()
	pieces := y.repository(t, "archive/football/*/*/[0-9A-F]*-*")
	if len(pieces) == 0 {
		t.Fatal("the log is empty")
	}
	return pieces
}

// A run that is killed while files are copied leaves a repository that the next
// attempt repairs, under the same id or another.
func TestKilledRunsLeaveARepositoryThatIsRepaired(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	ids := [2]string{postgres.NewID(), postgres.NewID()}
	for _, id := range ids {
		ctx, kill := context.WithCancel(t.Context())
		watching := make(chan struct{})
		_, err := y.keeper.Make(ctx, backingup.Order{ID: id, Kind: operation.Database, Run: "test"}, func(_, _ int, message string) {
			if message != "copying the server's files" {
				return
			}
			go func() { // whoever dies sends SIGKILL to pgBackRest
				defer close(watching)
				tick := time.NewTicker(time.Millisecond)
				defer tick.Stop()
				for len(y.repository(t, "backup/football/*F/bundle/*")) == 0 {
					<-tick.C
				}
				kill()
			}()
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("it was not killed: %v", err)
		}
		<-watching
		if whole := y.repository(t, "backup/football/*F/backup.manifest"); len(whole) > 0 {
			t.Fatalf("it had come to its end: %v", whole)
		}
		if b, err := y.keeper.Records.Get(t.Context(), id); err != nil || b.Status != operation.Making {
			t.Errorf("it is %s: %v", b.Status, err)
		}
	}
	must(t, y.keeper.Fail(t.Context(), backingup.Order{ID: ids[1], Kind: operation.Database}, "killed"))
	b, err := y.keeper.Make(t.Context(), backingup.Order{ID: ids[0], Kind: operation.Database, Run: "test"}, quiet)
	must(t, err)
	if b = y.verify(t, b.ID); b.Status != operation.Verified {
		t.Errorf("it is %s: %s", b.Status, b.Fault)
	}
	if faults, err := y.archive.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("check: %v, %v", faults, err)
	}

	// Killed after the files were copied: the copy is gone on with.
	third := postgres.NewID()
	ctx, kill := context.WithCancel(t.Context())
	_, err = y.keeper.Make(ctx, backingup.Order{ID: third, Kind: operation.Database, Run: "test"}, func(_, _ int, message string) {
		if strings.HasPrefix(message, "tables counted") {
			kill()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("it was not killed: %v", err)
	}
	copies := len(y.repository(t, "backup/football/*/backup.manifest"))
	if b, err = y.keeper.Make(t.Context(), backingup.Order{ID: third, Kind: operation.Database, Run: "test"}, quiet); err != nil {
		t.Fatal(err)
	}
	if b = y.verify(t, b.ID); b.Status != operation.Verified || len(y.repository(t, "backup/football/*/backup.manifest")) != copies {
		t.Errorf("it is %s: %s", b.Status, b.Fault)
	}
}

// A server that is recovered when its run dies is removed with its files.
func TestCancelledRehearsalsLeaveNoServer(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	b := y.make(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := y.keeper.Verify(ctx, b.ID, func(_, _ int, message string) {
		if strings.HasPrefix(message, "restored tables") {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	y.leavesNoScratch(t)

	// What a run left that was killed itself is swept.
	dead, alive := postgres.NewID(), postgres.NewID()
	for _, id := range []string{dead, alive} {
		must(t, os.MkdirAll(filepath.Join(y.scratch, "football-recovery-"+id, "data"), 0o700))
	}
	if n, err := y.keeper.Sweep(t.Context(), operation.Database, func(id string) bool { return id == alive }); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	left, err := os.ReadDir(y.scratch)
	must(t, err)
	if len(left) != 1 || !strings.HasSuffix(left[0].Name(), alive) {
		t.Errorf("left %v", left)
	}
}

// Retention is ours: what it lets go leaves the repository with its log, unless
// a backup that stays stands on it.
func TestRetentionOfArchives(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	whole, onIt := y.verified(t), y.verified(t)
	const day = 24 * time.Hour
	pruned := func() (ids []string) {
		t.Helper()
		gone, err := y.keeper.Prune(t.Context(), operation.Database)
		must(t, err)
		for _, b := range gone {
			ids = append(ids, b.ID)
		}
		return ids
	}
	y.later = 31 * day
	// After a week, a copy is whole again. It is not verified yet.
	next := y.make(t)
	if next.Parts != 1 {
		t.Errorf("after a month, it still stands on %d others", next.Parts-1)
	}
	if ids := pruned(); len(ids) > 0 {
		t.Errorf("the newest verified one stands on what went: %v", ids)
	}
	if b, err := y.keeper.Records.Get(t.Context(), whole.ID); err != nil || b.Status != operation.Verified {
		t.Errorf("what stays in the repository is recorded as %s: %v", b.Status, err)
	}
	if b := y.verify(t, onIt.ID); b.Status != operation.Verified {
		t.Errorf("it is %s: %s", b.Status, b.Fault)
	}
	pieces := len(y.pieces(t))
	y.verify(t, next.ID)
	if ids := pruned(); len(ids) != 2 {
		t.Errorf("went: %v", ids)
	}
	if left := y.repository(t, "backup/football/[0-9]*"); len(left) != 1 {
		t.Errorf("left in the repository: %v", left)
	}
	if left := len(y.pieces(t)); left >= pieces {
		t.Errorf("%d pieces of the log are left of %d", left, pieces)
	}
	y.later = 500 * day
	if ids := pruned(); len(ids) > 0 {
		t.Errorf("the newest verified one went: %v", ids)
	}
	if b := y.verify(t, next.ID); b.Status != operation.Verified {
		t.Errorf("it is %s: %s", b.Status, b.Fault)
	}
}

// A server whose log goes elsewhere is refused, with what to set.
func TestServersThatDoNotArchiveAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ setting, value, want string }{
		"no log":             {"archive_mode", "off", "set archive_mode = on and archive_command = 'pgbackrest --config="},
		"another command":    {"archive_command", "/bin/true", "the server's log goes elsewhere: set archive_command = 'pgbackrest --config="},
		"a log that is lost": {"archive_command", "false && COMMAND", "the server's log does not reach the repository: "},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYardWith(t, inFolder, map[string]string{c.setting: c.value})
			y.patience = 5 * time.Second
			a := y.open(t, inFolder, y.database.BackupURL, y.database.OwnerURL, y.key)
			_, err := a.Add(t.Context(), backingup.Addition{ID: postgres.NewID()}, quiet)
			if !errors.Is(err, backingup.ErrUnarchived) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v", err)
			}
			y.server.Kill() // it would wait for its log to be archived
		})
	}
}

// Writers who take long are waited for, and never cut off: it is we who give up.
func TestWritersAreNeverCutOff(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	conn, err := pgx.Connect(t.Context(), y.database.AdminURL)
	must(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	tx, err := conn.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), `INSERT INTO competitions (code, name, country, time_zone, source, created_at) VALUES ('held', 'Held', 'x', 'Europe/London', 'test', now())`)
	must(t, err)
	waited := make(chan struct{})
	made := make(chan error, 1)
	go func() {
		_, err := y.keeper.Make(t.Context(), backingup.Order{ID: postgres.NewID(), Kind: operation.Database, Run: "test"}, func(_, _ int, message string) {
			if strings.HasPrefix(message, "waiting for a moment") {
				close(waited)
			}
		})
		made <- err
	}()
	<-waited
	// It waits for this transaction, which goes on to a table that is locked by
	// then, as larger tables are locked first: a deadlock, were it not for the one
	// who gives up before anybody looks for deadlocks.
	// The server looks for one after a second, on behalf of whoever waits that
	// long: by then, that must not be this one.
	for n := range 4 {
		_, err = tx.Exec(t.Context(), `SELECT pg_sleep(1.2)`)
		must(t, err)
		_, err = tx.Exec(t.Context(), fmt.Sprintf(`UPDATE %s SET source = source`, []string{"teams", "competitions"}[n%2]))
		must(t, err)
	}
	select {
	case err := <-made:
		t.Errorf("it did not wait: %v", err)
	default:
	}
	must(t, tx.Commit(t.Context()))
	must(t, <-made)
}

// A repository in S3, which pgBackRest reaches over TLS only.
func TestArchiveInS3(t *testing.T) {
	t.Parallel()
	s3 := harness.S3(t)
	at, err := url.Parse(s3.URL())
	must(t, err)
	front := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(at)) // keeps the name that was signed
	certificate, authority := localCertificate(t)
	front.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	front.StartTLS()
	t.Cleanup(front.Close)
	store := pgtools.Store{
		Endpoint: strings.Replace(front.URL, "127.0.0.1", "localhost", 1), Region: "us-east-1", Bucket: harness.Bucket,
		AccessKey: s3.AccessKey, SecretKey: s3.SecretKey, Authority: authority,
	}
	y := newYardWith(t, store, nil)
	b := y.verified(t)
	if b.Location != "s3://"+harness.Bucket+"/pgbackrest" {
		t.Errorf("recorded at %s", b.Location)
	}
	if faults, err := y.archive.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("check: %v, %v", faults, err)
	}
	if _, err := os.Stat(filepath.Join(s3.Objects, "pgbackrest", "backup", "football", "backup.info")); err != nil {
		t.Error(err)
	}
	store.Authority, y.patience = "", 5*time.Second
	stranger := y.open(t, store, y.database.BackupURL, y.database.OwnerURL, y.key)
	if _, err := stranger.Check(t.Context()); !errors.Is(err, pgtools.ErrRepository) {
		t.Errorf("a store that is not trusted: %v", err)
	}
	store.Endpoint = s3.URL()
	if _, err := pgtools.NewArchive(pgtools.ArchiveConfig{
		BackupURL: y.database.BackupURL, OwnerURL: y.database.OwnerURL, Dir: y.folder, Passphrase: "x", Store: store,
	}); err == nil || !strings.Contains(err.Error(), "S3_ENDPOINT must begin with https://") {
		t.Errorf("without TLS: %v", err)
	}
	y.server.Kill() // archive_command was last told not to trust the store
}

// localCertificate is one for localhost, and the file that tells to trust it.
func localCertificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}}, key.Public(), key)
	must(t, err)
	path := filepath.Join(openFolder(t), "authority.pem")
	must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o644))
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, path
}
