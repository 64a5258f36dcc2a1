package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/prediction"
)

// BenchmarkMakePrediction compares, over eight connections: one prediction a
// call, behind the tenant's walls, with the plainest INSERT of the same row by
// pgx as the table's owner, and a batch of a thousand. There are the tenants and
// users of a platform in use, whose tables are no longer so small that reading
// them whole is the best plan. Compare the figures within one run.
func BenchmarkMakePrediction(b *testing.B) {
	const users = 200
	setUp := func(b *testing.B) (*pitch, [][]prediction.Prediction) {
		b.Helper()
		p := newPitch(b, 1+b.N/users)
		tenant := newTenant(b, p.database, "acme")
		ids := p.users(b, tenant, users)
		p.crowd(b, 100, 100, 0)
		all := make([]prediction.Prediction, b.N)
		for i := range all {
			all[i] = p.of(b, tenant, ids[i%users], i/users, "home")
		}
		var batches [][]prediction.Prediction
		for len(all) > 0 {
			n := min(len(all), 1_000)
			batches = append(batches, all[:n])
			all = all[n:]
		}
		return p, batches
	}
	b.Run("plain INSERT", func(b *testing.B) {
		p, batches := setUp(b)
		pool, err := pgxpool.New(b.Context(), p.database.AdminURL+"&pool_max_conns=8")
		if err != nil {
			pool, err = pgxpool.New(b.Context(), p.database.AdminURL+"?pool_max_conns=8")
		}
		if err != nil {
			b.Fatal(err)
		}
		defer pool.Close()
		concurrently(b, slices.Concat(batches...), func(one prediction.Prediction) error {
			_, err := pool.Exec(context.Background(), `INSERT INTO predictions (tenant_id, id, user_id, match_id, outcome, confidence, created_at, updated_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`, one.TenantID, one.ID, one.UserID, string(one.Match), one.Pick.Outcome.String(), one.Pick.Confidence, one.CreatedAt)
			return err
		})
	})
	b.Run("one a call", func(b *testing.B) {
		p, batches := setUp(b)
		db, err := postgres.Open(postgres.Config{URL: p.database.AppURL, PoolSize: 8})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		store := postgres.NewPredictions(db)
		concurrently(b, slices.Concat(batches...), func(one prediction.Prediction) error {
			reasons, err := store.Make(context.Background(), []prediction.Prediction{one}, p.now)
			if err == nil {
				err = reasons[0]
			}
			return err
		})
	})
	b.Run("a thousand a call", func(b *testing.B) {
		p, batches := setUp(b)
		concurrently(b, batches, func(batch []prediction.Prediction) error {
			reasons, err := p.store.Make(context.Background(), batch, p.now)
			return errors.Join(append(reasons, err)...)
		})
	})
}

// concurrently does things over eight goroutines.
func concurrently[T any](b *testing.B, things []T, one func(T) error) {
	b.Helper()
	work, failed := make(chan T, 64), make(chan error, 8)
	b.ResetTimer()
	for range 8 {
		go func() {
			var wrong error
			for t := range work {
				if err := one(t); err != nil {
					wrong = err
				}
			}
			failed <- wrong
		}()
	}
	for _, t := range things {
		work <- t
	}
	close(work)
	for range 8 {
		if err := <-failed; err != nil {
			b.Error(err)
		}
	}
	b.StopTimer()
}

// BenchmarkPredictionsBySize shows what one prediction, one list and one
// leaderboard cost as the table grows.
func BenchmarkPredictionsBySize(b *testing.B) {
	for _, tenants := range []int{1, 10, 100} {
		p := newPitch(b, 1_000)
		p.crowd(b, tenants, 10, 1_000)
		tenant := newTenant(b, p.database, "acme")
		ids := p.users(b, tenant, 200)
		next := 0
		b.Run(fmt.Sprintf("make/rows=%d", tenants*10_000), func(b *testing.B) {
			for b.Loop() {
				if next/200 >= len(p.matches) {
					b.Skip("all matches are predicted")
				}
				one := p.of(b, tenant, ids[next%200], next/200, "home")
				next++
				if reasons, err := p.store.Make(b.Context(), []prediction.Prediction{one}, p.now); err != nil || reasons[0] != nil {
					b.Fatal(err, reasons[0])
				}
			}
		})
	}
}
