package e2e_test

import (
	"testing"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
)

// A step of maintenance waits for a table that somebody holds, and its worker is
// killed there.
var heldUp = []struct {
	name, plan, table string
	steps             []string
}{
	{"while beginning the report", "daily", "maintenance_reports", []string{"health"}},
	{"while looking", "daily", "backups", []string{"health", "backups"}},
	{"while keeping a measurement", "daily", "maintenance_samples", []string{"sizes", "backups"}},
	{"while removing what is over", "weekly", "sessions", []string{"expired", "permissions"}},
	{"while going through the tenants", "monthly", "tenants", []string{"retention", "tables"}},
}

func killMaintenance(t *testing.T, plan, table string, steps []string) {
	t.Helper()
	s := &system{db: harness.Postgres(t), temporal: harness.Temporal(t)}
	s.start(t, "DATA=simulated", "MIGRATE_DATABASE_URL="+s.db.OwnerURL)
	holder := dial(t, s.db.AdminURL)
	if _, err := holder.Exec(t.Context(), `BEGIN; LOCK TABLE `+table+` IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	runs := temporal.NewRuns(s.client(t))
	run, err := runs.Start(t.Context(), temporal.Order{
		Workflow: maintenance.RunWorkflow, ID: "maintenance", Input: maintenance.Input{Plan: plan, Steps: steps},
	})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the step to wait for the table", func() bool {
		return s.admin(t, `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '`+table+`'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`) > 0
	})
	s.worker.Kill()
	if _, err := holder.Exec(t.Context(), `COMMIT`); err != nil {
		t.Fatal(err)
	}
	s.again(t)
	var done maintenance.Result
	if err := runs.Follow(t.Context(), run, &done, nil); err != nil {
		t.Fatal(err)
	}
	if len(done.Steps) != len(steps) || done.Failed() > 0 {
		t.Errorf("%+v", done)
	}
	if n := s.admin(t, `SELECT count(*) FROM maintenance_reports WHERE ended_at IS NOT NULL`); n != 1 || s.admin(t, `SELECT count(*) FROM maintenance_reports`) != 1 {
		t.Errorf("%d reports have ended", n)
	}
	s.leavesNoLease(t)
	s.replay(t, maintenance.RunWorkflow)
}

// The short form: where a measurement could be kept twice. All steps are in the
// long proofs.
func TestMaintenanceSurvivesAKilledWorker(t *testing.T) {
	t.Parallel()
	for _, h := range heldUp {
		if h.table == "maintenance_samples" {
			killMaintenance(t, h.plan, h.table, h.steps)
		}
	}
}
