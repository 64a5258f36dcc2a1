package process_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// do runs body as an activity whose worker stops when stopping is closed, and
// returns the heartbeats and the error.
func do(stopping chan struct{}, body func(context.Context, func(process.Progress)) (string, error)) ([]process.Progress, error) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerStopChannel(stopping)
	var beats []process.Progress
	env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
		var p process.Progress
		if details.Get(&p) == nil {
			beats = append(beats, p)
		}
	})
	work := func(ctx context.Context) (string, error) { return process.Work(ctx, body) }
	env.RegisterActivity(work)
	_, err := env.ExecuteActivity(work)
	return beats, err
}

func TestWorkBeatsWithItsProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		beats, err := do(nil, func(_ context.Context, report func(process.Progress)) (string, error) {
			for i := range 3 {
				report(process.Progress{Step: "train", Done: i + 1, Total: 3})
				time.Sleep(2 * time.Minute) // the SDK passes on a beat a minute at most here
			}
			return "", nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(beats) < 3 || beats[len(beats)-1].Done != 3 {
			t.Errorf("in six minutes it beat with %+v", beats)
		}
	})
}

// A stopping worker gives its activities a moment; what takes longer ends, and
// in a way that another worker begins it again.
func TestWorkEndsSoonAfterItsWorkerStops(t *testing.T) {
	tests := map[string]struct {
		needs time.Duration
		again bool
	}{
		"what is nearly done is finished": {3 * time.Second, false},
		"what takes long begins again":    {time.Hour, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stopping, began := make(chan struct{}), time.Now()
				time.AfterFunc(time.Second, func() { close(stopping) })
				_, err := do(stopping, func(ctx context.Context, _ func(process.Progress)) (string, error) {
					select {
					case <-time.After(test.needs):
						return "", nil
					case <-ctx.Done():
						return "", ctx.Err()
					}
				})
				var app *temporal.ApplicationError
				if again := errors.As(err, &app) && !app.NonRetryable(); again != test.again {
					t.Errorf("error = %v", err)
				}
				if took := time.Since(began); took > 10*time.Second {
					t.Errorf("it held the worker for %s", took)
				}
			})
		})
	}
}
