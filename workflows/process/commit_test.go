package process_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// verdict takes what becomes of an update.
type verdict struct{ rejected *error }

func (v verdict) Accept()             {}
func (v verdict) Reject(err error)    { *v.rejected = err }
func (v verdict) Complete(any, error) {}

// committing works for an hour, then for another that nothing ends.
func committing(ctx workflow.Context) (string, error) {
	ctx, p, err := process.Begin(ctx, "Test")
	if err != nil {
		return "", err
	}
	if err := workflow.Sleep(ctx, time.Hour); err != nil {
		return p.Reason(), p.End(err)
	}
	ctx, err = p.Commit(ctx, "there is no way back")
	if err != nil {
		return "", err
	}
	return "done", p.End(workflow.Sleep(ctx, time.Hour))
}

func TestWhatIsCommittedIsNeitherAbortedNorCancelled(t *testing.T) {
	tests := map[string]struct {
		at       time.Duration
		cancel   bool
		done     bool
		rejected string
	}{
		"aborted before":   {at: time.Minute},
		"aborted after":    {at: 61 * time.Minute, done: true, rejected: "there is no way back"},
		"cancelled before": {at: time.Minute, cancel: true},
		"cancelled after":  {at: 61 * time.Minute, cancel: true, done: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			var rejected error
			env.RegisterDelayedCallback(func() {
				if test.cancel {
					env.CancelWorkflow()
					return
				}
				env.UpdateWorkflow(process.AbortUpdate, "", verdict{&rejected}, process.AbortRequest{Reason: "not today"})
			}, test.at)
			env.ExecuteWorkflow(committing)
			err := env.GetWorkflowError()
			var cancelled *temporal.CanceledError
			switch {
			case test.done && err != nil, !test.done && err == nil:
				t.Errorf("it ends with %v", err)
			case !test.done && !test.cancel && process.Cause(err) != "aborted: not today":
				t.Errorf("aborted: %v", err)
			case !test.done && test.cancel && !errors.As(err, &cancelled):
				t.Errorf("cancelled: %v", err)
			}
			if (rejected != nil) != (test.rejected != "") || rejected != nil && !strings.Contains(rejected.Error(), test.rejected) {
				t.Errorf("the abort is answered with %v", rejected)
			}
		})
	}
}
