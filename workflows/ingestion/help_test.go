package ingestion_test

import (
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain"
)

var errInvalid = &domain.Error{Kind: domain.Invalid, Code: "made.invalid", Detail: "not for us"}

// decode reads the input that a run continues with.
func decode(next *workflow.ContinueAsNewError, into any) error {
	return converter.GetDefaultDataConverter().FromPayloads(next.Input, into)
}

// answer notes what becomes of an update.
type answer struct{ rejected *error }

func (a *answer) Accept()             {}
func (a *answer) Reject(err error)    { *a.rejected = err }
func (a *answer) Complete(any, error) {}

// silent keeps expected failures out of the test's output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
