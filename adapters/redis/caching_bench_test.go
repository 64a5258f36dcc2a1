package redis_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/test/harness"
)

// BenchmarkCache compares finding an answer of two kilobytes in memory and in
// Redis. Compare the figures within one run.
func BenchmarkCache(b *testing.B) {
	type answer struct{ Body []byte }
	url := harness.Redis(b)
	c := client(b, url)
	text, _ := json.Marshal(answer{make([]byte, 2<<10)})
	load := func(context.Context) (answer, error) { return answer{make([]byte, 2<<10)}, nil }
	key := caching.Key{Name: "/api/v1/matches/0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05/forecast"}
	house := caching.NewHouse(caching.Parts{Memory: otter.NewMemory(1<<20, time.Hour), Now: time.Now})
	cache := caching.New(house, caching.Policy{Area: caching.Forecasts, Fresh: time.Hour, Life: time.Hour, Alone: time.Hour}, caching.JSON[answer]())
	b.Run("memory", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := cache.Get(b.Context(), key, load); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("memory/parallel", func(b *testing.B) {
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				_, _ = cache.Get(b.Context(), key, load)
			}
		})
	})
	b.Run("Redis", func(b *testing.B) {
		answers := redis.NewAnswers(c)
		if f, err := answers.Find(b.Context(), caching.Demand{Address: "x:{1}", Token: "t", Lease: time.Minute}); err != nil || !f.Leased {
			b.Fatal(f, err)
		}
		if err := answers.Keep(b.Context(), "x:{1}", "t", text, time.Hour); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			f, err := answers.Find(b.Context(), caching.Demand{Address: "x:{1}", Token: "t", Lease: time.Minute})
			if err != nil || f.Value == nil {
				b.Fatal(f, err)
			}
			var read answer
			if err := json.Unmarshal(f.Value, &read); err != nil {
				b.Fatal(err)
			}
		}
	})
}
