package temporal

import (
	"errors"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// The outcomes of runs.
const (
	Completed   = "completed"
	Failed      = "failed"
	Canceled    = "canceled"
	AbortedRun  = "aborted"
	ContinuedAs = "continued_as_new"
	Terminated  = "terminated"
	TimedOut    = "timed_out"
)

// Outcomes are how runs end that end in a worker.
func Outcomes() []string {
	return []string{Completed, Failed, Canceled, AbortedRun, ContinuedAs, TimedOut}
}

// RunObserver is told the type of each run that ends here, and how. Runs that
// are terminated or time out end without a worker and are not told.
type RunObserver func(workflow, outcome string)

// observing tells of ends. A worker that dies just then may tell twice, or
// another tell in its place: it is a figure for a graph, not a ledger.
type observing struct {
	interceptor.WorkerInterceptorBase
	observe RunObserver
}

func (o *observing) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &observed{
		WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next},
		observe:                        o.observe,
	}
}

type observed struct {
	interceptor.WorkflowInboundInterceptorBase
	observe RunObserver
}

func (o *observed) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	result, err := o.Next.ExecuteWorkflow(ctx, in)
	if !workflow.IsReplaying(ctx) {
		o.observe(workflow.GetInfo(ctx).WorkflowType.Name, outcome(err))
	}
	return result, err
}

// outcome is how a run with this error ended.
func outcome(err error) string {
	var (
		canceled   *temporal.CanceledError
		terminated *temporal.TerminatedError
		timeout    *temporal.TimeoutError
		app        *temporal.ApplicationError
		step       *temporal.ActivityError
	)
	switch {
	case err == nil:
		return Completed
	case workflow.IsContinueAsNewError(err):
		return ContinuedAs
	case process.HasType(err, process.Aborted):
		return AbortedRun
	case errors.As(err, &app):
		return Failed
	case errors.As(err, &canceled):
		return Canceled
	case errors.As(err, &step):
		return Failed // an activity that timed out fails its run
	case errors.As(err, &terminated):
		return Terminated
	case errors.As(err, &timeout):
		return TimedOut
	}
	return Failed
}
