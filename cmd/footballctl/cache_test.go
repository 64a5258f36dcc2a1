package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/test/harness"
)

func TestCache(t *testing.T) {
	url := harness.Redis(t)
	environ := []string{"REDIS_URL=" + url}
	client, err := redis.Open(redis.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	bus := redis.NewBus(client)
	heard, listening := make(chan caching.Heard, 1), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(listening)
		_ = bus.Listen(ctx, func(h caching.Heard) { heard <- h })
	}()
	defer func() { stop(); <-listening }()
	if _, err := bus.Poll(t.Context(), []caching.Count{{Area: caching.Forecasts, Result: caching.Hit, N: 3}, {Area: caching.Forecasts, Result: caching.Miss, N: 1}}); err != nil {
		t.Fatal(err)
	}
	// Nobody may be listening yet when it is told for the first time.
	var told caching.Heard
	for tick := time.NewTicker(50 * time.Millisecond); told.Generations == nil; {
		succeed(t, environ, "cache", "flush", "forecasts")
		select {
		case told = <-heard:
			tick.Stop()
		case <-tick.C:
		}
	}
	if told.Generations[caching.Forecasts] == 0 || len(told.Generations) != 1 {
		t.Errorf("processes are told %+v", told)
	}
	for _, a := range decode[[]areaJSON](t, succeed(t, environ, "cache", "stats", "--json")) {
		if is := a.Area == "forecasts"; is != (a.Invalidated != nil) || is && (a.HitRatio == nil || *a.HitRatio != 0.75) {
			t.Errorf("%+v", a)
		}
	}
	if out := succeed(t, environ, "cache", "stats"); !strings.Contains(out, "75.0%") {
		t.Errorf("it shows\n%s", out)
	}
	if out := succeed(t, environ, "cache", "flush"); !strings.HasPrefix(out, "football, forecasts, statistics, leaderboard:") {
		t.Errorf("it says %q", out)
	}
	if a := ctl(t, environ, "cache", "flush", "everything"); a.code != exitUsage || !strings.Contains(a.err, "no area") {
		t.Errorf("an area that is none: code %d, %s", a.code, a.err)
	}
	if a := ctl(t, []string{"REDIS_URL=redis://127.0.0.1:1"}, "cache", "flush"); a.code != exitFailure {
		t.Errorf("without Redis: code %d, %s", a.code, a.err)
	}
}
