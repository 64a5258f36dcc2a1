package process

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
)

const (
	// beatEvery is how often an activity says that it is alive.
	beatEvery = 5 * time.Second
	// grace is how long an activity may go on once its worker has been told to
	// stop; what takes longer begins again on another worker.
	grace = 5 * time.Second
)

var errStopping = errors.New("the worker is stopping")

// Work runs the body of an activity. It beats while the body runs, with the
// progress that the body reports; it ends the body's context when the run is
// cancelled or the worker stops; and it classifies the error.
func Work[Out any](ctx context.Context, body func(ctx context.Context, report func(Progress)) (Out, error)) (Out, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var latest atomic.Pointer[Progress]
	latest.Store(&Progress{})
	done, beating := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(beating)
		beat(ctx, done, &latest, cancel)
	}()
	out, err := body(ctx, func(p Progress) { latest.Store(&p) })
	close(done)
	<-beating
	if err != nil && errors.Is(context.Cause(ctx), errStopping) {
		return out, temporal.NewApplicationError(errStopping.Error(), "process.worker_stopping")
	}
	if err != nil {
		// The SDK tells of it too, but does not know the trace that it belongs to.
		activity.GetLogger(ctx).Warn("an attempt failed", "error", err)
	}
	return out, Classify(err)
}

func beat(ctx context.Context, done <-chan struct{}, latest *atomic.Pointer[Progress], cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	stopping := activity.GetWorkerStopChannel(ctx)
	var late <-chan time.Time
	for {
		activity.RecordHeartbeat(ctx, *latest.Load())
		select {
		case <-done:
			return
		case <-ticker.C:
		case <-stopping:
			stopping = nil
			timer := time.NewTimer(grace)
			defer timer.Stop()
			late = timer.C
		case <-late:
			late = nil
			cancel(errStopping)
		}
	}
}
