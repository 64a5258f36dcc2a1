package temporal_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/worker"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

// Temporal is away when the worker starts, comes, is killed in the middle of a
// run, and comes back: the run ends well and nobody had to help.
func TestWorkersOutliveTemporal(t *testing.T) {
	t.Parallel()
	server, process := harness.PrivateTemporal(t)
	process.Kill()
	r, k := connect(t, server), &kitchen{wait: make(chan struct{})}
	if err := temporal.Ping(r.client)(t.Context()); err == nil {
		t.Error("a server that is away answers")
	}
	r.work(t, &tally{}, forecasting.Queue, k.register)
	time.Sleep(time.Second) // so that starting has failed at least once
	if err := process.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	runs := temporal.NewRuns(r.client)
	run := startWhenUp(t, runs)
	for k.attempts.Load() == 0 {
		time.Sleep(20 * time.Millisecond)
	}
	process.Kill()
	back := make(chan error, 1)
	go func() {
		time.Sleep(2 * time.Second)
		back <- process.Start(context.Background())
	}()
	close(k.wait)
	at := time.Now()
	var result forecasting.Publication
	if err := runs.Follow(t.Context(), run, &result, nil); err != nil || result.Model != "v1" {
		t.Errorf("result %+v, %v", result, err)
	}
	t.Logf("the run ended %s after Temporal was killed", time.Since(at).Round(time.Millisecond))
	if err := <-back; err != nil {
		t.Fatal(err)
	}
	if err := temporal.Ping(r.client)(t.Context()); err != nil {
		t.Error(err)
	}
}

func startWhenUp(t *testing.T, runs *temporal.Runs) temporal.Run {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		run, err := runs.Start(t.Context(), order("publish"))
		if err == nil {
			return run
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// What is under way is finished, not thrown away, when a worker stops.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	r, k := newRoom(t), &kitchen{wait: make(chan struct{})}
	workers := r.work(t, &tally{}, forecasting.Queue, k.register)
	runs := temporal.NewRuns(r.client)
	run, err := runs.Start(t.Context(), order("publish"))
	if err != nil {
		t.Fatal(err)
	}
	for k.attempts.Load() == 0 {
		time.Sleep(20 * time.Millisecond)
	}
	time.AfterFunc(time.Second, func() { close(k.wait) })
	if err := workers.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.work(t, &tally{}, forecasting.Queue, k.register)
	if err := runs.Follow(t.Context(), run, nil, nil); err != nil {
		t.Fatal(err)
	}
	if n := k.attempts.Load(); n != 1 {
		t.Errorf("the activity ran %d times: stopping threw the first away", n)
	}
}

func TestNewWorkersRefusesAQueueNobodyServes(t *testing.T) {
	t.Parallel()
	_, err := temporal.NewWorkers(nil, temporal.WorkerOptions{Queues: []string{"cooking"}, Logger: zap.NewNop()},
		[]temporal.Assignment{{Queue: "modelling", Register: func(worker.Registry) {}}})
	if err == nil || !strings.Contains(err.Error(), "modelling") {
		t.Errorf("error = %v", err)
	}
}
