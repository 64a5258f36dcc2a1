package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
)

// The worker is killed while it rebuilds an index, which an open transaction
// holds up. The build in the database ends with it, although nothing has told
// the server; what it leaves is dropped by the next attempt, which builds anew.
func TestAKilledMaintenanceLeavesNoInvalidIndex(t *testing.T) {
	t.Parallel()
	s := &system{db: harness.Postgres(t), temporal: harness.Temporal(t)}
	s.start(t, "DATA=simulated", "MIGRATE_DATABASE_URL="+s.db.OwnerURL)
	owner := dial(t, s.db.OwnerURL)
	for _, statement := range []string{
		`CREATE TABLE bulky (id uuid PRIMARY KEY, n int NOT NULL)`, `INSERT INTO bulky SELECT md5(n::text)::uuid, n FROM generate_series(1, 400000) n`,
		`DELETE FROM bulky WHERE n % 10 <> 0`, `VACUUM (ANALYZE) bulky`,
	} {
		if _, err := owner.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	busy := dial(t, s.db.AppURL)
	if _, err := busy.Exec(t.Context(), `BEGIN; INSERT INTO bulky VALUES (gen_random_uuid(), -1)`); err != nil {
		t.Fatal(err)
	}
	runs := temporal.NewRuns(s.client(t))
	run, err := runs.Start(t.Context(), temporal.Order{
		Workflow: maintenance.RunWorkflow, ID: "maintenance", Input: maintenance.Input{Plan: "monthly", Steps: []string{"reindex"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	const builds = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'football-maintenance' AND query LIKE 'REINDEX%' AND state = 'active'`
	const invalid = `SELECT count(*) FROM pg_index WHERE NOT indisvalid`
	waitFor(t, "the build", func() bool { return s.admin(t, builds) == 1 && s.admin(t, invalid) == 1 })
	s.worker.Kill()
	at := time.Now()
	waitFor(t, "the build of the killed worker to end", func() bool { return s.admin(t, builds) == 0 })
	t.Logf("the build ended %s after its worker", time.Since(at).Round(time.Millisecond))
	if n := s.admin(t, invalid); n != 1 {
		t.Errorf("%d invalid indexes are left; it was killed too late to show anything", n)
	}
	if _, err := busy.Exec(t.Context(), `COMMIT`); err != nil {
		t.Fatal(err)
	}
	s.again(t)
	at = time.Now()
	var done maintenance.Result
	if err := runs.Follow(t.Context(), run, &done, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("the maintenance ended %s after the restart: %+v", time.Since(at).Round(time.Millisecond), done.Steps)
	if s.admin(t, invalid) != 0 || s.admin(t, `SELECT pg_relation_size('bulky_pkey')`) > 4<<20 || done.Failed() > 0 {
		t.Errorf("%d invalid indexes, %d bytes, %+v", s.admin(t, invalid), s.admin(t, `SELECT pg_relation_size('bulky_pkey')`), done)
	}
	if n := s.admin(t, `SELECT count(*) FROM maintenance_reports WHERE ended_at IS NOT NULL`); n != 1 {
		t.Errorf("%d reports", n)
	}
}

// admin asks as whoever may see everything.
func (s *system) admin(t *testing.T, query string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.db.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func dial(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
