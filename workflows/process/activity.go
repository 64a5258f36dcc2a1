package process

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// heartbeatTimeout is how long a worker may be silent before its activity is
// given to another: a killed worker costs at most this much time.
const heartbeatTimeout = 20 * time.Second

// Activity is a step that touches the world, with the types that go in and
// out, so that the compiler checks the workflow and the worker alike.
type Activity[In, Out any] struct {
	Name    string        // stored in histories: it never changes
	Attempt time.Duration // the longest that one attempt may take
}

// Register adds the activity to a worker or a test environment.
func (a Activity[In, Out]) Register(r worker.ActivityRegistry, do func(context.Context, In) (Out, error)) {
	r.RegisterActivityWithOptions(do, activity.RegisterOptions{Name: a.Name})
}

// Call runs the activity; summary is its line in the web interface.
//
// Attempts are counted rather than timed: a worker that is away uses none up,
// and about five minutes without PostgreSQL pass before they are gone.
func (a Activity[In, Out]) Call(ctx workflow.Context, summary string, in In) (Out, error) {
	var out Out
	err := a.Begin(ctx, summary, in).Get(ctx, &out)
	return out, err
}

// Begin is Call for who does not wait for it, or for something else beside it.
func (a Activity[In, Out]) Begin(ctx workflow.Context, summary string, in In) workflow.Future {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    a.Attempt,
		ScheduleToCloseTimeout: 24 * time.Hour,
		HeartbeatTimeout:       heartbeatTimeout,
		WaitForCancellation:    true,
		Summary:                summary,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2,
			MaximumInterval: 30 * time.Second, MaximumAttempts: 14,
		},
	})
	return workflow.ExecuteActivity(ctx, a.Name, in)
}
