package temporal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/ports/pausing"
)

const (
	// drain is how long a stopping worker waits for its activities; those that
	// beat give up sooner and begin again elsewhere.
	drain = 15 * time.Second
	// restartAfter is the pause before a worker that could not start, or that
	// broke, is tried again.
	restartAfter = 2 * time.Second
	// Deployment is what our workers call themselves together; each build of
	// them is a version of it.
	Deployment = "football-prediction"
)

// Assignment puts definitions on a task queue. Several may share a queue.
type Assignment struct {
	Queue    string
	Register func(worker.Registry)
}

// WorkerOptions say what the workers are.
type WorkerOptions struct {
	Queues  []string // those to serve; empty means all that are assigned
	BuildID string   // version of this binary, as Temporal shows it
	// Release makes these the workers of a release: new runs come only when the
	// release leads, and stay with it; see [Versions]. Without one they take any.
	Release string
	Observe RunObserver
	// Rest tells whether the service rests, and who has asked for that; nil means
	// that it never does.
	Rest   func() (pausing.Pause, bool)
	Logger *zap.Logger
}

// Workers serve task queues, one worker each.
type Workers struct {
	client  client.Client
	options WorkerOptions
	served  map[string][]Assignment
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// NewWorkers returns workers for assignments. A queue that nothing is assigned
// to is an error.
func NewWorkers(c client.Client, o WorkerOptions, assignments []Assignment) (*Workers, error) {
	all := make(map[string][]Assignment)
	var known []string
	for _, a := range assignments {
		all[a.Queue] = append(all[a.Queue], a)
		known = append(known, a.Queue)
	}
	slices.Sort(known)
	known = slices.Compact(known)
	if len(o.Queues) == 0 {
		o.Queues = known
	}
	served := make(map[string][]Assignment)
	for _, queue := range o.Queues {
		if all[queue] == nil {
			return nil, fmt.Errorf("no task queue is called %q; there are %s", queue, strings.Join(known, ", "))
		}
		served[queue] = all[queue]
	}
	return &Workers{client: c, options: o, served: served, cancel: func() {}}, nil
}

// Start begins to serve and returns at once. While Temporal is away the
// workers keep trying.
func (w *Workers) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	for queue, assignments := range w.served {
		w.running.Go(func() { w.serve(ctx, queue, assignments) })
	}
}

// Stop takes no new work, lets what is under way finish for a while, and
// returns when all workers have ended or ctx has.
func (w *Workers) Stop(ctx context.Context) error {
	w.cancel()
	ended := make(chan struct{})
	go func() {
		w.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop workers: %w", ctx.Err())
	}
}

// serve keeps one worker going until ctx ends.
func (w *Workers) serve(ctx context.Context, queue string, assignments []Assignment) {
	log := w.options.Logger.With(zap.String("task_queue", queue))
	for ctx.Err() == nil {
		broken := make(chan error, 1)
		hosted := worker.New(w.client, queue, w.workerOptions(broken))
		for _, a := range assignments {
			a.Register(hosted)
		}
		if err := hosted.Start(); err != nil {
			log.Warn("worker cannot start yet", zap.Error(err))
			pause(ctx, restartAfter)
			continue
		}
		log.Info("worker started")
		select {
		case <-ctx.Done():
			hosted.Stop()
			log.Info("worker drained")
		case err := <-broken:
			hosted.Stop()
			log.Error("worker broke and is started again", zap.Error(err))
			pause(ctx, restartAfter)
		}
	}
}

func (w *Workers) workerOptions(broken chan<- error) worker.Options {
	o := worker.Options{
		// Trainings use whole cores and loads a database connection each, so
		// more at once would only be slower.
		MaxConcurrentActivityExecutionSize: 8,
		WorkerStopTimeout:                  drain,
		MaxHeartbeatThrottleInterval:       5 * time.Second,
		DefaultHeartbeatThrottleInterval:   5 * time.Second,
		// A definition that panics or no longer fits its history waits for a
		// mended build; failing the run would throw its work away.
		WorkflowPanicPolicy: worker.BlockWorkflow,
		OnFatalError: func(err error) {
			select {
			case broken <- err:
			default:
			}
		},
		DeploymentOptions: worker.DeploymentOptions{
			Version: worker.WorkerDeploymentVersion{DeploymentName: Deployment, BuildID: w.options.BuildID},
		},
	}
	if w.options.Release != "" {
		o.DeploymentOptions = worker.DeploymentOptions{
			UseVersioning: true, Version: worker.WorkerDeploymentVersion{DeploymentName: Deployment, BuildID: w.options.Release},
			DefaultVersioningBehavior: workflow.VersioningBehaviorPinned,
		}
	}
	if w.options.Observe != nil {
		o.Interceptors = append(o.Interceptors, &observing{observe: w.options.Observe})
	}
	if w.options.Rest != nil {
		o.Interceptors = append(o.Interceptors, &resting{paused: w.options.Rest})
	}
	return o
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
