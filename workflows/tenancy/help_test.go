package tenancy_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"
)

var today = time.Date(2026, 8, 14, 12, 0, 0, 0, time.UTC)

func environment(w *world) *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(today)
	env.SetTestTimeout(time.Minute)
	w.register(env)
	return env
}

// result reads what a run returned.
func result[T any](t *testing.T, env *testsuite.TestWorkflowEnvironment) (out T) {
	t.Helper()
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if err := env.GetWorkflowResult(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// answer takes what becomes of an update.
type answer struct{ rejected error }

func (a *answer) Accept()             {}
func (a *answer) Reject(err error)    { a.rejected = err }
func (a *answer) Complete(any, error) {}

// silent keeps expected failures out of the test's output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
