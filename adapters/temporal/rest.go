package temporal

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"github.com/football-prediction/football-prediction/ports/pausing"
	"github.com/football-prediction/football-prediction/workflows/incident"
)

// Resting is the type of the error with which an activity is put off.
const Resting = "service.maintenance"

const (
	// restBeat is how often a worker that waits looks whether it may go on, and
	// tells Temporal that it is there.
	restBeat = time.Second
	// restAfter is when an activity that was put off is tried again.
	restAfter = 10 * time.Second
)

// tireless go on while the service rests: what breaks then is told of all the
// same.
var tireless = map[string]bool{incident.LookActivity: true, incident.DoActivity: true}

// resting keeps activities from beginning while the service rests, but those of
// the run that has asked for it: they wait here, which uses up none of their
// attempts, as long as one attempt may take.
type resting struct {
	interceptor.WorkerInterceptorBase
	paused func() (pausing.Pause, bool)
}

func (r *resting) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &rested{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, paused: r.paused}
}

type rested struct {
	interceptor.ActivityInboundInterceptorBase
	paused func() (pausing.Pause, bool)
}

func (r *rested) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	run := activity.GetInfo(ctx)
	// Half of the attempt is left for the work itself.
	enough := time.NewTimer(run.Deadline.Sub(run.StartedTime) / 2)
	defer enough.Stop()
	tick := time.NewTicker(restBeat)
	defer tick.Stop()
	for {
		p, is := r.paused()
		if !is || tireless[run.ActivityType.Name] || p.Holder == run.WorkflowExecution.ID+"/"+run.WorkflowExecution.RunID {
			return r.Next.ExecuteActivity(ctx, in)
		}
		activity.RecordHeartbeat(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-enough.C:
			return nil, temporal.NewApplicationErrorWithOptions("the service is under maintenance: "+p.Purpose, Resting,
				temporal.ApplicationErrorOptions{NextRetryDelay: restAfter})
		}
	}
}
