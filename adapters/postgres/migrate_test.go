package postgres_test

import (
	"sync"
	"testing"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestMigrationsGoUpAndDownAndUp(t *testing.T) {
	t.Parallel()
	database := harness.EmptyPostgres(t)
	up, err := postgres.Migrate(t.Context(), database.OwnerURL)
	if err != nil || len(up) == 0 {
		t.Fatal(up, err)
	}
	if again, err := postgres.Migrate(t.Context(), database.OwnerURL); err != nil || len(again) != 0 {
		t.Errorf("second run applied %v, %v", again, err)
	}
	down, err := postgres.MigrateDown(t.Context(), database.OwnerURL)
	if err != nil || len(down) != len(up) {
		t.Errorf("undone %v, %v", down, err)
	}
	var left int
	db := connect(t, database.AdminURL)
	err = db.NewRaw(`SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'schema_migration%'`).Scan(t.Context(), &left)
	if err != nil || left != 0 {
		t.Errorf("%d tables left, %v", left, err)
	}
	if up, err = postgres.Migrate(t.Context(), database.OwnerURL); err != nil || len(up) != len(down) {
		t.Errorf("up again: %v, %v", up, err)
	}
	states, err := postgres.MigrationStatus(t.Context(), database.OwnerURL)
	if err != nil || len(states) != len(up) || states[0].AppliedAt.IsZero() {
		t.Errorf("status = %+v, %v", states, err)
	}
}

func TestMigratingFromManyProcessesAtOnce(t *testing.T) {
	t.Parallel()
	database := harness.EmptyPostgres(t)
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		applied int
	)
	for range 4 {
		wg.Go(func() {
			up, err := postgres.Migrate(t.Context(), database.OwnerURL)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			applied += len(up)
			mu.Unlock()
		})
	}
	wg.Wait()
	states, err := postgres.MigrationStatus(t.Context(), database.OwnerURL)
	if err != nil || applied != len(states) {
		t.Errorf("applied %d of %d migrations, %v", applied, len(states), err)
	}
}
