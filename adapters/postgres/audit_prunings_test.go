package postgres_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/auditfile"
	"github.com/football-prediction/football-prediction/adapters/crypto"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/audit"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/test/harness"
)

const day = 24 * time.Hour

// shears are a book with what prunes its chains.
type shears struct {
	book
	database harness.Database
	keyring  *crypto.Keyring
	pruner   *auditing.Pruner
	folder   string
	tenant   string
}

// newShears begins with ten events of 800 days ago and five of today.
func newShears(t *testing.T) *shears {
	t.Helper()
	database := harness.Postgres(t)
	s := &shears{database: database, book: newBook(t, database), folder: t.TempDir(), tenant: newTenant(t, database, "acme").ID}
	var err error
	if s.keyring, err = crypto.Derive("a secret of this test", time.Now); err != nil {
		t.Fatal(err)
	}
	s.pruner = auditing.NewPruner(s.parts(auditfile.Folder(s.folder)))
	s.ago(800*day).record(t, s.tenant, 10)
	s.record(t, s.tenant, 5)
	return s
}

func (s *shears) parts(archives auditing.Archives) auditing.PrunerParts {
	return auditing.PrunerParts{
		Archive: postgres.NewArchive(s.db), Prunings: s.chains, Archives: archives, Retention: postgres.NewTenants(s.db),
		Signer: s.keyring, Unit: postgres.NewUnit(s.db), Recorder: s.Chronicle, Now: time.Now,
	}
}

// ago is the book as it was kept some time ago.
func (s *shears) ago(d time.Duration) book {
	b := s.book
	b.Chronicle = auditing.NewChronicle(s.chains, s.keyring, s.keyring, rand.Reader, postgres.NewID, func() time.Time { return time.Now().Add(-d) })
	return b
}

func (s *shears) prune(t *testing.T) (prunings []audit.Pruning, files []string) {
	t.Helper()
	plan, err := s.pruner.Plan(t.Context(), s.tenant, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.pruner.Prune(t.Context(), plan, func(p audit.Pruning, file string) {
		prunings, files = append(prunings, p), append(files, file)
	})
	if err != nil {
		t.Fatal(err)
	}
	return prunings, files
}

// verify reads an archive back.
func (s *shears) verify(t *testing.T, path string, change func([]byte) []byte) (audit.Pruning, error) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return auditing.CheckArchive(auditfile.NewReader(bytes.NewReader(change(text))), s.keyring)
}

func asWritten(text []byte) []byte { return text }

func TestOldEventsArePrunedAndTheRestIsProven(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	before := s.check(t).Heads
	pruned, files := s.prune(t)
	if len(pruned) != 1 || pruned[0].Seq != 10 || pruned[0].Removed != 10 || pruned[0].By != auditing.System {
		t.Fatalf("it pruned %+v", pruned)
	}
	v := s.check(t, before...)
	if len(v.Faults) != 0 || v.Events != 6 || v.Pruned != 10 || len(v.Passed) != 0 {
		t.Errorf("the rest is %+v; want five events and the one of the pruning", v)
	}
	ctx := access.With(t.Context(), access.Principal{TenantID: s.tenant, Scopes: []access.Scope{access.Manage}})
	told, err := s.reader.Events(ctx, auditing.Filter{Action: "audit.pruned"}, 0, 10)
	if err != nil || len(told) != 1 || told[0].Details["events"] != "10" || told[0].Details["archive"] != files[0] {
		t.Errorf("the audit log tells %+v, %v", told, err)
	}
	if got, err := s.verify(t, files[0], asWritten); err != nil || !bytes.Equal(got.Signature, pruned[0].Signature) {
		t.Errorf("the archive is of %+v, %v", got, err)
	}
	if about, err := os.Stat(files[0]); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the archive is %v, %v", about.Mode(), err)
	}
	if again, _ := s.prune(t); len(again) != 0 {
		t.Errorf("pruning again took %+v", again)
	}
	// What is kept is used as ever: it grows, and forgets.
	if n, err := s.chains.Erase(t.Context(), s.tenant, "user:1"); err != nil || n != 5 {
		t.Errorf("erased %d, %v", n, err)
	}
	s.record(t, s.tenant, 3)
	if v := s.check(t, v.Heads...); len(v.Faults) != 0 || v.Events != 9 {
		t.Errorf("after erasing and recording: %+v", v)
	}
}

func TestPruningGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	early := s.check(t).Heads
	plan, err := s.pruner.Plan(t.Context(), s.tenant, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	plan.To = 4
	if err := s.pruner.Prune(t.Context(), plan, func(audit.Pruning, string) {}); err != nil {
		t.Fatal(err)
	}
	// Somebody who planned before that comes too late.
	if err := s.pruner.Prune(t.Context(), plan, func(audit.Pruning, string) {}); !errors.Is(err, auditing.ErrPruned) {
		t.Errorf("the same plan again: %v", err)
	}
	if pruned, _ := s.prune(t); len(pruned) != 1 || pruned[0].Removed != 6 || pruned[0].Seq != 10 {
		t.Errorf("the rest is %+v", pruned)
	}
	if v := s.check(t, early...); len(v.Faults) != 0 || v.Pruned != 10 {
		t.Errorf("after both: %+v", v)
	}
	if left, err := filepath.Glob(filepath.Join(s.folder, ".new-*")); err != nil || len(left) != 0 {
		t.Errorf("left in the folder are %v, %v", left, err)
	}
}

// A tenant's retention is the least that is kept, whatever is asked for.
func TestRetentionIsKept(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	to := func(before time.Time) int64 {
		t.Helper()
		plan, err := s.pruner.Plan(t.Context(), s.tenant, before)
		if err != nil {
			t.Fatal(err)
		}
		return plan.To
	}
	if got := to(time.Now()); got != 10 {
		t.Errorf("before now it would prune to %d", got)
	}
	if got := to(time.Now().Add(-801 * day)); got != 0 {
		t.Errorf("before all it would prune to %d", got)
	}
	if _, err := s.admin.ExecContext(t.Context(), `UPDATE tenants SET retention_days = 900`); err != nil {
		t.Fatal(err)
	}
	if got := to(time.Now()); got != 0 {
		t.Errorf("with a longer retention it would prune to %d", got)
	}
	s.ago(800*day).record(t, "", 2)
	plans, err := s.pruner.PlanAll(t.Context(), time.Time{})
	if err != nil || len(plans) != 2 || plans[0].TenantID != auditing.Platform || plans[0].Events() != 2 || plans[1].Events() != 0 {
		t.Errorf("of all chains it plans %+v, %v", plans, err)
	}
}

// Events as old as the others that come after a younger one stay with it.
func TestOnlyTheBeginningIsPruned(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	s.ago(800*day).record(t, s.tenant, 3)
	if pruned, _ := s.prune(t); len(pruned) != 1 || pruned[0].Seq != 10 {
		t.Errorf("it pruned %+v", pruned)
	}
}

func TestHarmToAPrunedChainIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm []string
		want audit.Kind
	}{
		"events taken off without a record": {[]string{`DELETE FROM audit_events WHERE seq <= 12`}, audit.Missing},
		"events taken off with a made-up record": {[]string{
			`INSERT INTO audit_prunings SELECT tenant_id, 12, (SELECT sum FROM audit_events e WHERE e.tenant_id = p.tenant_id AND seq = 12), 2, before, at, actor, archive, signature FROM audit_prunings p WHERE seq = 10`,
			`DELETE FROM audit_events WHERE seq <= 12`,
		}, audit.Forged},
		"the record moved on": {[]string{
			`UPDATE audit_prunings SET seq = 12, removed = removed + 2, sum = (SELECT e.sum FROM audit_events e WHERE e.seq = 12) WHERE seq = 10`,
			`DELETE FROM audit_events WHERE seq <= 12`,
		}, audit.Forged},
		"the record changed":          {[]string{`UPDATE audit_prunings SET actor = 'user:2' WHERE seq = 10`}, audit.Forged},
		"the record gone":             {[]string{`DELETE FROM audit_prunings WHERE seq = 10`}, audit.Missing},
		"an earlier record gone":      {[]string{`DELETE FROM audit_prunings WHERE seq = 4`}, audit.Missing},
		"all records gone":            {[]string{`DELETE FROM audit_prunings`}, audit.Missing},
		"the record of another":       {[]string{`UPDATE audit_prunings SET tenant_id = gen_random_uuid() WHERE seq = 10`}, audit.Missing},
		"pruned events made up":       {[]string{`INSERT INTO audit_events SELECT tenant_id, 10, gen_random_uuid(), at, action, outcome, actor, target, request_id, details, commitment, sum FROM audit_events WHERE seq = 11`}, audit.Altered},
		"the first that is kept":      {[]string{`UPDATE audit_events SET action = 'x' WHERE seq = 11`}, audit.Altered},
		"one in the middle":           {[]string{`DELETE FROM audit_events WHERE seq = 13`}, audit.Missing},
		"the tail":                    {[]string{`DELETE FROM audit_events WHERE seq > 13`}, audit.Cut},
		"all events and the head":     {[]string{`DELETE FROM audit_events`, `DELETE FROM audit_heads`}, audit.Headless},
		"all events":                  {[]string{`DELETE FROM audit_events`}, audit.Cut},
		"the head moved back with it": {[]string{`DELETE FROM audit_events WHERE seq > 13`, `UPDATE audit_heads h SET seq = 13, sum = (SELECT e.sum FROM audit_events e WHERE e.seq = 13)`}, audit.Forged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShears(t)
			plan, err := s.pruner.Plan(t.Context(), s.tenant, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			plan.To = 4
			if err := s.pruner.Prune(t.Context(), plan, func(audit.Pruning, string) {}); err != nil {
				t.Fatal(err)
			}
			s.prune(t)
			if v := s.check(t); len(v.Faults) != 0 || v.Pruned != 10 {
				t.Fatalf("an unharmed chain: %+v", v)
			}
			s.harm(t, c.harm...)
			v := s.check(t)
			if !slices.ContainsFunc(v.Faults, func(f audit.Fault) bool { return f.Kind == c.want }) {
				t.Errorf("found %+v, want %s", v.Faults, c.want)
			}
		})
	}
}

func TestACheckpointThatWasPrunedIsToldOf(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	early := s.check(t).Heads // at event 15
	s.ago(0).record(t, s.tenant, 1)
	later := s.check(t).Heads
	// A signed head of an event that is pruned later, as a checkpoint has it.
	old := audit.Head{TenantID: s.tenant, Seq: 7, At: time.Now().UTC().Truncate(time.Microsecond)}
	err := s.admin.NewRaw(`SELECT sum FROM audit_events WHERE seq = 7`).Scan(t.Context(), (*sumColumn)(&old.Sum))
	if err != nil {
		t.Fatal(err)
	}
	if old.Signature, err = s.keyring.Sign(old.Text()); err != nil {
		t.Fatal(err)
	}
	if v := s.check(t, old); len(v.Faults) != 0 || len(v.Passed) != 0 {
		t.Fatalf("before pruning: %+v", v)
	}
	s.prune(t)
	if v := s.check(t, old); len(v.Faults) != 0 || len(v.Passed) != 1 || !strings.Contains(v.Passed[0], "checkpoint at event 7") {
		t.Errorf("a checkpoint that was pruned: %+v", v)
	}
	for _, checkpoint := range [][]audit.Head{early, later} {
		if v := s.check(t, checkpoint...); len(v.Faults) != 0 || len(v.Passed) != 0 {
			t.Errorf("a checkpoint that is kept: %+v", v)
		}
	}
	s.harm(t, `DELETE FROM audit_events WHERE seq > 12`, `UPDATE audit_heads SET seq = 12, sum = (SELECT sum FROM audit_events WHERE seq = 12)`)
	if v := s.check(t, later...); !slices.ContainsFunc(v.Faults, func(f audit.Fault) bool { return f.Kind == audit.Rewritten }) {
		t.Errorf("an older state put back: %+v", v.Faults)
	}
}

// sumColumn scans a hash.
type sumColumn audit.Sum

func (s *sumColumn) Scan(from any) error {
	copy(s[:], from.([]byte))
	return nil
}

// Nothing that shows tampering is pruned, and nothing is removed that was not
// written down.
func TestAChainThatWasTamperedWithIsNotPruned(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]string{
		"edited":               `UPDATE audit_events SET action = 'x' WHERE seq = 3`,
		"deleted":              `DELETE FROM audit_events WHERE seq = 3`,
		"taken off":            `DELETE FROM audit_events WHERE seq < 3`,
		"a record made up":     `INSERT INTO audit_prunings SELECT tenant_id, 2, sum, 2, at, at, 'x', sum, sum FROM audit_events WHERE seq = 2`,
		"the last hash edited": `UPDATE audit_events SET sum = '\x00' WHERE seq = 10`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShears(t)
			s.harm(t, harm)
			plan, err := s.pruner.Plan(t.Context(), s.tenant, time.Time{})
			if err == nil {
				err = s.pruner.Prune(t.Context(), plan, func(audit.Pruning, string) {})
			}
			if !errors.Is(err, auditing.ErrFaulty) {
				t.Errorf("pruned: %v", err)
			}
			if files, err := os.ReadDir(s.folder); err != nil || len(files) != 0 {
				t.Errorf("left in the folder are %v, %v", files, err)
			}
		})
	}
}

func TestWithoutAnArchiveNothingIsRemoved(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	pruner := auditing.NewPruner(s.parts(auditfile.Folder(filepath.Join(file, "below"))))
	plan, err := pruner.Plan(t.Context(), s.tenant, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := pruner.Prune(t.Context(), plan, func(audit.Pruning, string) {}); err == nil {
		t.Error("it pruned without an archive")
	}
	if v := s.check(t); v.Events != 15 || v.Pruned != 0 {
		t.Errorf("left is %+v", v)
	}
}

func TestAnArchiveThatWasChangedIsFound(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	_, files := s.prune(t)
	lines := func(text []byte) [][]byte { return bytes.SplitAfter(text, []byte("\n")) }
	for name, change := range map[string]func([]byte) []byte{
		"an event":         func(b []byte) []byte { return bytes.Replace(b, []byte("user.created"), []byte("user.deleted"), 1) },
		"an event gone":    func(b []byte) []byte { l := lines(b); return bytes.Join(slices.Delete(l, 3, 4), nil) },
		"the first gone":   func(b []byte) []byte { l := lines(b); return bytes.Join(slices.Delete(l, 1, 2), nil) },
		"the last gone":    func(b []byte) []byte { l := lines(b); return bytes.Join(slices.Delete(l, 10, 11), nil) },
		"cut short":        func(b []byte) []byte { l := lines(b); return bytes.Join(l[:8], nil) },
		"who signed":       func(b []byte) []byte { return bytes.Replace(b, []byte(`"by":"system"`), []byte(`"by":"user:2"`), 1) },
		"more behind":      func(b []byte) []byte { return append(b, '{', '}', '\n') },
		"another tenant":   func(b []byte) []byte { return bytes.Replace(b, []byte(s.tenant), []byte(auditing.Platform), 1) },
		"something unsaid": func(b []byte) []byte { return bytes.Replace(b, []byte(`{"event":{`), []byte(`{"event":{"x":1,`), 1) },
		"not an archive":   func([]byte) []byte { return []byte("{}\n") },
		"nothing":          func([]byte) []byte { return nil },
		"an event unlinked": func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"sum_before":"AAAA`), []byte(`"sum_before":"BAAA`), 1)
		},
	} {
		changed := false
		_, err := s.verify(t, files[0], func(b []byte) []byte {
			out := change(slices.Clone(b))
			changed = !bytes.Equal(out, b)
			return out
		})
		if err == nil || !changed {
			t.Errorf("%s: changed %v, found %v", name, changed, err)
		}
	}
}

// The services remove old events through one function alone, and nobody removes
// young ones, even with a record.
func TestNobodyRemovesYoungEvents(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	young, err := s.pruner.Plan(t.Context(), s.tenant, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	young.To = 12
	if err := s.pruner.Prune(t.Context(), young, func(audit.Pruning, string) {}); err == nil || !strings.Contains(err.Error(), "neither changed nor deleted") {
		t.Errorf("young events were pruned: %v", err)
	}
	if v := s.check(t); v.Events != 15 || v.Pruned != 0 || len(v.Faults) != 0 {
		t.Errorf("left is %+v", v)
	}
	owner := connect(t, s.database.OwnerURL)
	for who, db := range map[string]*bun.DB{"the services": s.db, "the owner": owner} {
		for _, statement := range []string{
			`DELETE FROM audit_events WHERE seq <= 3`, `UPDATE audit_prunings SET seq = 99`, `DELETE FROM audit_prunings`, `TRUNCATE audit_prunings`,
			`WITH p AS (INSERT INTO audit_prunings SELECT tenant_id, seq, sum, seq, at, at, 'x', sum, sum FROM audit_events WHERE seq = 12 RETURNING 1) SELECT FROM p; DELETE FROM audit_events WHERE seq = 12`,
		} {
			err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
				if _, err := tx.ExecContext(ctx, `SELECT set_config('app.tenant_id', ?, true)`, s.tenant); err != nil {
					return err
				}
				for each := range strings.SplitSeq(statement, "; ") {
					if _, err := tx.ExecContext(ctx, each); err != nil {
						return err
					}
				}
				var left int
				if err := tx.NewRaw(`SELECT count(*) FROM audit_events`).Scan(ctx, &left); err != nil || left != 15 {
					t.Errorf("%s may %s: %d left, %v", who, statement, left, err)
				}
				return errors.New("undone")
			})
			if err == nil || err.Error() == "undone" && !strings.Contains(statement, "audit_prunings") {
				t.Errorf("%s may %s", who, statement)
			}
		}
	}
	var can bool
	err = s.admin.NewRaw(`SELECT bool_or(has_table_privilege(r, 'audit_events', 'DELETE') OR has_table_privilege(r, 'audit_prunings', 'INSERT'))
		FROM unnest(ARRAY['football_app', 'football_platform', 'football_lookup', 'football_backup']) r`).Scan(t.Context(), &can)
	if err != nil || can {
		t.Errorf("a role of the services may delete events or make records up, %v", err)
	}
	if _, err := s.db.ExecContext(t.Context(), `SELECT prune_audit_events(1, '\x00', 1, now(), now(), 'x', '\x00', '\x00')`); err == nil {
		t.Error("outside of a tenant events are pruned")
	}
}

func TestManyCheckAndRecordWhileEventsArePruned(t *testing.T) {
	t.Parallel()
	s := newShears(t)
	s.harm(t, `DELETE FROM audit_events`, `DELETE FROM audit_heads`)
	s.ago(800*day).record(t, s.tenant, 1_500) // more than one step
	var wait sync.WaitGroup
	wait.Go(func() {
		for to := int64(100); to <= 1_500; to += 100 {
			err := s.pruner.Prune(context.Background(), auditing.Plan{TenantID: s.tenant, Before: time.Now().Add(-730 * day), From: to - 99, To: to}, func(audit.Pruning, string) {})
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	wait.Go(func() { s.record(t, s.tenant, 50) })
	done := make(chan struct{})
	go func() { wait.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if v := s.check(t); len(v.Faults) != 0 {
			t.Fatalf("a chain that is pruned: %+v", v.Faults)
		}
	}
	if v := s.check(t); v.Pruned != 1_500 || v.Events != 50+15 {
		t.Errorf("found %+v", v)
	}
}
