package postgres_test

import (
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/test/harness"
)

// A migration that waits for a lock makes everybody queue behind it, so it gives
// up; afterwards nothing is half done.
func TestAMigrationGivesUpWaitingForALock(t *testing.T) {
	t.Parallel()
	db := harness.Postgres(t)
	reader, err := connect(t, db.AppURL).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.ExecContext(t.Context(), `SELECT FROM matches LIMIT 1; SELECT FROM operations LIMIT 1`); err != nil {
		t.Fatal(err)
	}
	_, err = postgres.MigrateDown(t.Context(), db.OwnerURL)
	if err == nil || !strings.Contains(err.Error(), "55P03") {
		t.Errorf("while somebody reads, the migration says %v", err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.MigrateDown(t.Context(), db.OwnerURL); err != nil {
		t.Errorf("afterwards it cannot go on: %v", err)
	}
}
