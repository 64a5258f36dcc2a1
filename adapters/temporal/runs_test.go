package temporal_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// kitchen stands in for publishing: it counts, waits and fails as told.
type kitchen struct {
	attempts atomic.Int32
	wait     chan struct{}
	err      error
}

func (k *kitchen) publish(ctx context.Context, _ forecasting.PublishRequest) (forecasting.Publication, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (forecasting.Publication, error) {
		k.attempts.Add(1)
		report(process.Progress{Step: "publish", Done: 7, Total: 10, Message: "fixtures forecast"})
		if k.wait != nil {
			select {
			case <-k.wait:
			case <-ctx.Done():
				return forecasting.Publication{}, ctx.Err()
			}
		}
		return forecasting.Publication{Model: "v1", Fixtures: 10}, k.err
	})
}

func (k *kitchen) register(r worker.Registry) {
	forecasting.Define(r)
	r.RegisterActivityWithOptions(k.publish, activity.RegisterOptions{Name: forecasting.PublishActivity})
}

func order(id string) temporal.Order {
	return temporal.Order{Workflow: forecasting.PublishWorkflow, ID: id, Summary: "A test"}
}

func TestRunIsFollowedToItsResult(t *testing.T) {
	t.Parallel()
	r, k, ends := newRoom(t), &kitchen{wait: make(chan struct{})}, &tally{}
	r.work(t, ends, forecasting.Queue, k.register)
	runs := temporal.NewRuns(r.client)
	run, err := runs.Start(t.Context(), order("publish"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := runs.Start(t.Context(), order("publish"))
	if err != nil || again != run {
		t.Fatalf("started again it gave %+v, %v, want to attach to %+v", again, err, run)
	}
	var (
		result forecasting.Publication
		once   sync.Once
		seen   []process.Progress
	)
	err = runs.Follow(t.Context(), run, &result, func(p process.Progress) {
		seen = append(seen, p)
		if p.Total == 10 {
			once.Do(func() { close(k.wait) })
		}
	})
	if err != nil || result.Fixtures != 10 {
		t.Errorf("result %+v, %v", result, err)
	}
	t.Logf("progress told: %+v", seen)
	if n := k.attempts.Load(); n != 1 {
		t.Errorf("it ran %d times", n)
	}
	if got := ends.count("PublishForecasts completed"); got != 1 {
		t.Errorf("observed %v", ends.ends)
	}
}

func TestRunThatFailsTellsTheRootCause(t *testing.T) {
	t.Parallel()
	r, ends := newRoom(t), &tally{}
	k := &kitchen{err: domain.Errorf(domain.Conflict, "made.conflict", "the oven is off")}
	r.work(t, ends, forecasting.Queue, k.register)
	runs := temporal.NewRuns(r.client)
	run, err := runs.Start(t.Context(), order("publish"))
	if err != nil {
		t.Fatal(err)
	}
	err = runs.Follow(t.Context(), run, nil, nil)
	var failed *temporal.RunError
	if !errors.As(err, &failed) || failed.Outcome != temporal.Failed || failed.Cause != "publish: made.conflict: the oven is off" {
		t.Errorf("error = %v", err)
	}
	if got := ends.count("PublishForecasts failed"); got != 1 {
		t.Errorf("observed %v", ends.ends)
	}
}

func TestRunEndsOtherwise(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		end     func(ctx context.Context, r room, runs *temporal.Runs, id string) error
		outcome string
		cause   string
	}{
		"aborted": {func(ctx context.Context, _ room, runs *temporal.Runs, id string) error {
			return runs.Abort(ctx, id, "wrong day")
		}, temporal.AbortedRun, "aborted: wrong day"},
		"canceled": {func(ctx context.Context, r room, _ *temporal.Runs, id string) error {
			return r.client.CancelWorkflow(ctx, id, "")
		}, temporal.Canceled, ""},
		"terminated": {func(ctx context.Context, r room, _ *temporal.Runs, id string) error {
			return r.client.TerminateWorkflow(ctx, id, "", "enough")
		}, temporal.Terminated, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, k := newRoom(t), &kitchen{wait: make(chan struct{})}
			r.work(t, &tally{}, forecasting.Queue, k.register)
			runs := temporal.NewRuns(r.client)
			run, err := runs.Start(t.Context(), order("publish"))
			if err != nil {
				t.Fatal(err)
			}
			for k.attempts.Load() == 0 {
				time.Sleep(20 * time.Millisecond)
			}
			if err := test.end(t.Context(), r, runs, run.ID); err != nil {
				t.Fatal(err)
			}
			err = runs.Follow(t.Context(), run, nil, nil)
			var ended *temporal.RunError
			if !errors.As(err, &ended) || ended.Outcome != test.outcome || !strings.Contains(ended.Cause, test.cause) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestAbortNeedsAReasonAndARun(t *testing.T) {
	t.Parallel()
	r, k := newRoom(t), &kitchen{wait: make(chan struct{})}
	r.work(t, &tally{}, forecasting.Queue, k.register)
	runs := temporal.NewRuns(r.client)
	var known *domain.Error
	if err := runs.Abort(t.Context(), "nothing", "why not"); !errors.As(err, &known) || known.Kind != domain.NotFound {
		t.Errorf("aborting nothing gave %v", err)
	}
	if _, err := runs.Start(t.Context(), order("publish")); err != nil {
		t.Fatal(err)
	}
	if err := runs.Abort(t.Context(), "publish", " "); err == nil || !strings.Contains(err.Error(), "reason") {
		t.Errorf("aborting without a reason gave %v", err)
	}
	close(k.wait)
}

func TestStartRefusesATypeThatIsNotOurs(t *testing.T) {
	t.Parallel()
	_, err := temporal.NewRuns(nil).Start(t.Context(), temporal.Order{Workflow: "Cook", ID: "x"})
	if err == nil || !strings.Contains(err.Error(), "RetrainModel") {
		t.Errorf("error = %v, want the types that there are", err)
	}
}
