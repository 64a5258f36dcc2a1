package temporal_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/pausing"
	"github.com/football-prediction/football-prediction/test/harness"
)

// While the service rests, activities wait at a worker, but those of the run
// that asked for it; then they go on, in the same attempt.
func TestActivitiesRest(t *testing.T) {
	t.Parallel()
	r := connect(t, harness.Temporal(t))
	var (
		holder   atomic.Pointer[string]
		attempts atomic.Int32
		done     atomic.Int32
	)
	rest := func() (pausing.Pause, bool) {
		p := holder.Load()
		if p == nil {
			return pausing.Pause{}, false
		}
		return pausing.Pause{Holder: *p, Left: time.Minute}, true
	}
	workers, err := temporal.NewWorkers(r.client, temporal.WorkerOptions{BuildID: "test", Rest: rest, Logger: zap.NewNop()}, []temporal.Assignment{{
		Queue: "resting", Register: func(w worker.Registry) {
			w.RegisterActivityWithOptions(func(ctx context.Context) error {
				attempts.Store(activity.GetInfo(ctx).Attempt)
				done.Add(1)
				return nil
			}, activity.RegisterOptions{Name: "act"})
			w.RegisterWorkflowWithOptions(func(ctx workflow.Context) error {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute, HeartbeatTimeout: 10 * time.Second})
				return workflow.ExecuteActivity(ctx, "act").Get(ctx, nil)
			}, workflow.RegisterOptions{Name: "flow"})
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	workers.Start()
	t.Cleanup(func() { _ = workers.Stop(context.Background()) })
	start := func(id string) client.WorkflowRun {
		run, err := r.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "resting"}, "flow")
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	nobody := "another/run"
	holder.Store(&nobody)
	waiting := start("waiting")
	time.Sleep(3 * time.Second)
	if done.Load() != 0 {
		t.Fatal("an activity was done while the service rests")
	}
	own := waiting.GetID() + "/" + waiting.GetRunID()
	holder.Store(&own)
	if err := waiting.Get(t.Context(), nil); err != nil || done.Load() != 1 || attempts.Load() != 1 {
		t.Errorf("that of the run that asked: %v, done %d times, in attempt %d", err, done.Load(), attempts.Load())
	}
	later := start("later")
	time.Sleep(2 * time.Second)
	holder.Store(nil)
	if err := later.Get(t.Context(), nil); err != nil || done.Load() != 2 || attempts.Load() != 1 {
		t.Errorf("after the rest: %v, done %d times, in attempt %d", err, done.Load(), attempts.Load())
	}
}
