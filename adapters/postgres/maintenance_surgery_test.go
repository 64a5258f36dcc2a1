package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/test/harness"
)

// ward is a database with a bloated index, and what maintains it.
type ward struct {
	database   harness.Database
	owner, app *bun.DB
	admin      *bun.DB
	maintainer *maintaining.Maintainer
}

func newWard(t *testing.T) *ward {
	t.Helper()
	database := harness.Postgres(t)
	w := &ward{database: database, owner: connect(t, database.OwnerURL), app: connect(t, database.AppURL), admin: connect(t, database.AdminURL)}
	w.maintainer = maintaining.New(maintaining.Parts{
		Reports: postgres.NewMaintenanceReports(w.app), Samples: postgres.NewMaintenanceSamples(w.app), Inspection: postgres.NewInspection(w.app),
		Surgery: postgres.NewSurgery(database.OwnerURL), Now: time.Now,
	})
	w.exec(t, `CREATE TABLE bulky (id uuid PRIMARY KEY, n int NOT NULL)`,
		// Random keys fill the pages of the index evenly, so that none empties
		// when nine of ten go.
		`INSERT INTO bulky SELECT md5(n::text)::uuid, n FROM generate_series(1, 400000) n`,
		`DELETE FROM bulky WHERE n % 10 <> 0`,
		`VACUUM (ANALYZE) bulky`)
	return w
}

// exec runs statements as the owner, each by itself.
func (w *ward) exec(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := w.owner.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func (w *ward) step(t *testing.T, step string, dry bool) operation.StepResult {
	t.Helper()
	result, err := w.maintainer.Perform(t.Context(), maintaining.Order{Step: step, DryRun: dry}, func(int, int, string) {})
	if err != nil {
		t.Fatalf("%s: %v", step, err)
	}
	return result
}

func (w *ward) size(t *testing.T, index string) (bytes int64) {
	t.Helper()
	w.scan(t, &bytes, `SELECT pg_relation_size(?::regclass)`, index)
	return bytes
}

func (w *ward) invalid(t *testing.T) (names []string) {
	t.Helper()
	if err := w.admin.NewRaw(`SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1`).Scan(t.Context(), &names); err != nil {
		t.Fatal(err)
	}
	return names
}

func (w *ward) scan(t *testing.T, into any, query string, args ...any) {
	t.Helper()
	if err := w.admin.NewRaw(query, args...).Scan(t.Context(), into); err != nil {
		t.Fatal(err)
	}
}

// open begins a transaction that has written to the table, and returns what
// ends it.
func (w *ward) open(t *testing.T) (end func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.database.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `BEGIN; INSERT INTO bulky VALUES (gen_random_uuid(), -1)`); err != nil {
		t.Fatal(err)
	}
	end = func() { _ = conn.Close(context.Background()) }
	t.Cleanup(end)
	return end
}

// waiting waits until surgery waits for somebody, and returns its process.
func (w *ward) waiting(t *testing.T) (pid int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		var found []int
		err := w.admin.NewRaw(`SELECT pid FROM pg_stat_activity WHERE application_name = 'football-maintenance' AND wait_event_type = 'Lock' AND datname = ?
			AND query LIKE '%CONCURRENTLY%'`, w.database.Name).Scan(t.Context(), &found)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("nothing waits: %v", err)
		}
		if len(found) > 0 {
			return found[0]
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// The index is rebuilt while a transaction that writes is open, and others go
// on writing. Nobody can with a REINDEX that is not concurrent.
func TestABloatedIndexIsRebuiltWhileWritesGoOn(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	before := w.size(t, "bulky_pkey")
	if dry := w.step(t, "reindex", true); !strings.Contains(dry.Summary, "1 bloated index would be rebuilt") || w.size(t, "bulky_pkey") != before {
		t.Errorf("a dry run says %q, size %d", dry.Summary, w.size(t, "bulky_pkey"))
	}
	end := w.open(t)
	done := make(chan operation.StepResult, 1)
	go func() { done <- w.step(t, "reindex", false) }()
	w.waiting(t)
	writer, err := pgx.Connect(t.Context(), w.database.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writer.Close(context.Background()) }()
	for range 100 {
		if _, err := writer.Exec(t.Context(), `SET lock_timeout = '2s'; INSERT INTO bulky VALUES (gen_random_uuid(), -2)`); err != nil {
			t.Fatal("a write was held up:", err)
		}
	}
	end()
	result := <-done
	after := w.size(t, "bulky_pkey")
	if result.Verdict != operation.Fine || after > before/4 {
		t.Errorf("%s, %q: %d bytes before, %d after", result.Verdict, result.Summary, before, after)
	}
	t.Logf("%d bytes before, %d after", before, after)
	if left := w.invalid(t); left != nil {
		t.Errorf("left over: %v", left)
	}
	if again := w.step(t, "reindex", false); !strings.HasPrefix(again.Summary, "0 bloated indexes") {
		t.Errorf("the second time: %q", again.Summary)
	}
}

// What is healthy is left alone.
func TestAnIndexThatIsFullIsNotBloated(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	w.exec(t, `CREATE TABLE healthy (id bigint PRIMARY KEY, at timestamptz NOT NULL)`,
		`INSERT INTO healthy SELECT n, now() FROM generate_series(1, 400000) n`, `CREATE INDEX healthy_by_at ON healthy (at, id)`, `VACUUM (ANALYZE) healthy`)
	indexes, err := postgres.NewInspection(w.app).Indexes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range indexes {
		waste, share, known := i.Waste()
		if i.Table == "healthy" && (i.Bloated() || !known || share > 0.1) {
			t.Errorf("%s of %d bytes: waste %.0f, %.2f, known %v", i.Name, i.Bytes, waste, share, known)
		}
		if i.Name == "bulky_pkey" && (!i.Bloated() || share < 0.8) {
			t.Errorf("the bloated one: waste %.0f, %.2f", waste, share)
		}
	}
}

// A build dies in the middle, as with its worker, and leaves an invalid index.
// The next attempt drops it and builds anew.
func TestAKilledRebuildLeavesNothingInTheEnd(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	end := w.open(t)
	failed := make(chan error, 1)
	ctx := t.Context()
	go func() {
		_, err := w.maintainer.Perform(ctx, maintaining.Order{Step: "reindex"}, func(int, int, string) {})
		failed <- err
	}()
	pid := w.waiting(t)
	var killed bool
	w.scan(t, &killed, `SELECT pg_terminate_backend(?)`, pid)
	// The index that it was building cannot be dropped yet: the open
	// transaction may use it.
	w.waiting(t)
	if left := w.invalid(t); len(left) != 1 || !strings.HasSuffix(left[0], "_ccnew") {
		t.Errorf("left by the killed build: %v", left)
	}
	end()
	if err := <-failed; err == nil {
		t.Error("a killed build was taken for a good one")
	}
	result := w.step(t, "reindex", false)
	if left := w.invalid(t); left != nil || w.size(t, "bulky_pkey") > 4<<20 {
		t.Errorf("after the retry: left %v, size %d, %q", left, w.size(t, "bulky_pkey"), result.Summary)
	}
}

// A transaction that does not end is not waited for for long: the index stays
// as it is, the step says why, and nothing is left behind once it has ended.
func TestAnOpenTransactionIsToldAndNotWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	before := w.size(t, "bulky_pkey")
	end := w.open(t)
	result := w.step(t, "reindex", false)
	if result.Verdict != operation.Attention || !strings.Contains(result.Notes[0].Text, "in the way") || w.size(t, "bulky_pkey") != before {
		t.Errorf("%s: %+v", result.Verdict, result.Notes)
	}
	end()
	w.step(t, "leftovers", false)
	if left := w.invalid(t); left != nil {
		t.Errorf("left over: %v", left)
	}
}

func TestLeftOverIndexesAreDroppedAndOthersLeft(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	w.exec(t, `CREATE TABLE twins (n int)`, `INSERT INTO twins VALUES (1), (1)`, `CREATE INDEX twins_good ON twins (n)`)
	if _, err := w.owner.ExecContext(t.Context(), `CREATE UNIQUE INDEX CONCURRENTLY twins_broken ON twins (n)`); err == nil {
		t.Fatal("twins are unique")
	}
	// One that is being built is invalid too.
	end := w.open(t)
	built := make(chan error, 1)
	ctx := t.Context()
	go func() {
		_, err := w.owner.ExecContext(ctx, `CREATE INDEX CONCURRENTLY bulky_growing ON bulky (n)`)
		built <- err
	}()
	w.until(t, "the build waits", func() bool { return slices.Contains(w.invalid(t), "bulky_growing") })
	if dry := w.step(t, "leftovers", true); len(w.invalid(t)) != 2 || !strings.Contains(dry.Summary, "1 invalid index would be dropped") {
		t.Errorf("a dry run: %q, %v", dry.Summary, w.invalid(t))
	}
	if done := w.step(t, "leftovers", false); !strings.Contains(done.Summary, "1 invalid index was dropped") {
		t.Errorf("it says %q", done.Summary)
	}
	if left := w.invalid(t); !slices.Equal(left, []string{"bulky_growing"}) {
		t.Errorf("invalid are %v", left)
	}
	end()
	if err := <-built; err != nil {
		t.Error("the build of another was disturbed:", err)
	}
	if left := w.invalid(t); left != nil || w.size(t, "twins_good") == 0 {
		t.Errorf("invalid in the end: %v", left)
	}
}

func (w *ward) until(t *testing.T, what string, ready func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ready() {
		if time.Now().After(deadline) {
			t.Fatal("waited a minute until", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestTablesThatNeedItAreVacuumed(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	w.exec(t, `ALTER TABLE bulky SET (autovacuum_enabled = false)`, `UPDATE bulky SET n = n + 1`)
	dead := func() (n int64) {
		w.scan(t, &n, `SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'bulky'`)
		return n
	}
	w.until(t, "the statistics tell", func() bool { return dead() > 1_000 })
	if report := w.step(t, "tables", false); !slices.ContainsFunc(report.Notes, func(n operation.Note) bool { return strings.HasPrefix(n.Text, "bulky holds") }) {
		t.Errorf("the report has %+v", report.Notes)
	}
	result := w.step(t, "vacuum", false)
	if !slices.ContainsFunc(result.Listings, func(l operation.Listing) bool {
		return slices.ContainsFunc(l.Rows, func(row []string) bool { return row[0] == "bulky" })
	}) {
		t.Errorf("vacuumed %+v", result.Listings)
	}
	w.until(t, "the dead rows are gone", func() bool { return dead() == 0 })
}

// Two surgeries at once would leave each other's half-built indexes.
func TestSurgeryIsAlone(t *testing.T) {
	t.Parallel()
	database := harness.Postgres(t)
	surgery := postgres.NewSurgery(database.OwnerURL)
	err := surgery.Alone(t.Context(), func(ctx context.Context, _ maintaining.Surgeon) error {
		return surgery.Alone(ctx, func(context.Context, maintaining.Surgeon) error { return nil })
	})
	if !errors.Is(err, maintaining.ErrBusy) {
		t.Errorf("error = %v", err)
	}
	if err := surgery.Alone(t.Context(), func(context.Context, maintaining.Surgeon) error { return nil }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// The services themselves own no table, so without the owner's connection
// nothing is done, and the step says what it takes.
func TestWithoutTheOwnerNothingIsCalledDone(t *testing.T) {
	t.Parallel()
	w := newWard(t)
	w.maintainer.Surgery = nil
	before := w.size(t, "bulky_pkey")
	for _, step := range []string{"leftovers", "reindex", "vacuum"} {
		result := w.step(t, step, false)
		if result.Verdict != operation.Skipped || !strings.Contains(result.Notes[0].Remedy, "MIGRATE_DATABASE_URL") {
			t.Errorf("%s: %+v", step, result)
		}
	}
	if w.size(t, "bulky_pkey") != before {
		t.Error("something was done")
	}
	if err := postgres.NewSurgery(w.database.AppURL).Alone(t.Context(), func(ctx context.Context, s maintaining.Surgeon) error {
		_, err := s.Rebuild(ctx, "bulky_pkey")
		return err
	}); err == nil {
		t.Error("a service rebuilt an index")
	}
}
