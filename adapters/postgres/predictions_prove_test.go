//go:build prove

package postgres_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

// What is asked of predictions a second: so many one by one, or half of what
// the plainest INSERT reaches where that is less; of batches ten times that.
const (
	enoughSingles = 5_000.0
	batchesTimes  = 10
	makingRounds  = 9
	makingEach    = 2_000 // of singles in a round
	makingBatches = 40    // of a thousand: as many for each caller, so that none waits for the last
)

// TestProvePredictionsAreMadeFast makes predictions over eight connections, in
// rounds in which each way has its turn, and compares medians.
func TestProvePredictionsAreMadeFast(t *testing.T) {
	const users = 1_000
	needed := (makingRounds + 1) * (2*makingEach + makingBatches*predicting.MaxBatch)
	p := newPitch(t, 1+needed/users)
	tenant := newTenant(t, p.database, "acme")
	ids := p.users(t, tenant, users)
	p.crowd(t, 100, 100, 0)
	db, err := postgres.Open(postgres.Config{URL: p.database.AppURL, PoolSize: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	store, next := postgres.NewPredictions(db), 0
	some := func(n int) []prediction.Prediction {
		out := make([]prediction.Prediction, n)
		for i := range out {
			out[i] = p.of(t, tenant, ids[next%users], next/users, "home")
			next++
		}
		return out
	}
	made := func(batch []prediction.Prediction) error {
		reasons, err := store.Make(context.Background(), batch, p.now)
		return errors.Join(append(reasons, err)...)
	}
	plain := plainInsert(t, p)
	rates := map[string][]float64{}
	for round := range makingRounds + 1 {
		took := map[string]float64{
			"plain INSERT": rate(t, slices.Chunk(some(makingEach), 1), plain),
			"singles":      rate(t, slices.Chunk(some(makingEach), 1), made),
			"batches":      rate(t, slices.Chunk(some(makingBatches*predicting.MaxBatch), predicting.MaxBatch), made),
		}
		for name, r := range took {
			if round > 0 { // the first warms up
				rates[name] = append(rates[name], r)
			}
		}
	}
	var singles, batches []float64 // each as a multiple of what is asked in its round
	for i, r := range rates["plain INSERT"] {
		least := min(enoughSingles, r/2)
		singles, batches = append(singles, rates["singles"][i]/least), append(batches, rates["batches"][i]/least/batchesTimes)
	}
	t.Logf("a second, in the median: %.0f by plain INSERT, %.0f singles, %.0f in batches; %.2f and %.2f times what is asked",
		middleOf(rates["plain INSERT"]), middleOf(rates["singles"]), middleOf(rates["batches"]), middleOf(singles), middleOf(batches))
	if middleOf(singles) < 1 || middleOf(batches) < 1 {
		t.Error("predictions are made too slowly")
	}
}

// plainInsert inserts the same rows with pgx, as the table's owner.
func plainInsert(t *testing.T, p *pitch) func([]prediction.Prediction) error {
	t.Helper()
	c, err := pgxpool.ParseConfig(p.database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	c.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return func(one []prediction.Prediction) error {
		_, err := pool.Exec(context.Background(), `INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, confidence, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`, one[0].TenantID, one[0].ID, one[0].UserID, string(one[0].Match), one[0].Pick.Outcome.String(), one[0].Pick.Confidence, one[0].CreatedAt)
		return err
	}
}

// rate is how many predictions a second eight callers make.
func rate(t *testing.T, chunks func(func([]prediction.Prediction) bool), one func([]prediction.Prediction) error) float64 {
	t.Helper()
	all, n := slices.Collect(chunks), 0
	work := make(chan []prediction.Prediction, len(all))
	for _, c := range all {
		work <- c
		n += len(c)
	}
	close(work)
	began := time.Now()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for c := range work {
				if err := one(c); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return float64(n) / time.Since(began).Seconds()
}

func middleOf(of []float64) float64 {
	all := slices.Sorted(slices.Values(of))
	return all[len(all)/2]
}
