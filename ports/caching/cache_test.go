package caching_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/otter"
	"github.com/football-prediction/football-prediction/ports/caching"
)

// In one process one caller looks up for all, also without a shared store.
func TestOneCallerLooksUpForAll(t *testing.T) {
	t.Parallel()
	house := caching.NewHouse(caching.Parts{Memory: otter.NewMemory(1<<20, time.Minute), Now: time.Now})
	cache := caching.New(house, caching.Policy{Area: caching.Forecasts, Fresh: time.Hour, Life: time.Hour, Alone: time.Hour}, caching.JSON[int]())
	var loads atomic.Int64
	asking, release := make(chan struct{}, 64), make(chan struct{})
	var wait sync.WaitGroup
	for range 64 {
		wait.Go(func() {
			asking <- struct{}{}
			v, err := cache.Get(t.Context(), caching.Key{Name: "x"}, func(context.Context) (int, error) {
				<-release
				return int(loads.Add(1)), nil
			})
			if v != 1 || err != nil {
				t.Errorf("got %d, %v", v, err)
			}
		})
	}
	for range 64 {
		<-asking
	}
	close(release)
	wait.Wait()
	if n := loads.Load(); n != 1 {
		t.Errorf("looked up %d times", n)
	}
}
