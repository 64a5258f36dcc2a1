package process_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/workflows/process"
)

func TestClassifyRetriesWhatMayPass(t *testing.T) {
	tests := map[string]struct {
		err   error
		retry bool
		code  string
	}{
		"unknown":      {errors.New("boom"), true, "internal"},
		"internal":     {domain.Errorf(domain.Internal, "a.b", "x"), true, "a.b"},
		"unavailable":  {fmt.Errorf("read: %w", domain.Errorf(domain.Unavailable, "a.b", "x")), true, "a.b"},
		"invalid":      {fmt.Errorf("read: %w", domain.Errorf(domain.Invalid, "a.b", "x")), false, "a.b"},
		"not found":    {domain.Errorf(domain.NotFound, "a.b", "x"), false, "a.b"},
		"conflict":     {domain.Errorf(domain.Conflict, "a.b", "x"), false, "a.b"},
		"unauthorised": {domain.Errorf(domain.Unauthorised, "a.b", "x"), false, "a.b"},
		"forbidden":    {domain.Errorf(domain.Forbidden, "a.b", "x"), false, "a.b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var app *temporal.ApplicationError
			if err := process.Classify(test.err); !errors.As(err, &app) {
				t.Fatalf("it is %T", err)
			}
			if app.NonRetryable() == test.retry || app.Type() != test.code {
				t.Errorf("type %q, non-retryable %v", app.Type(), app.NonRetryable())
			}
		})
	}
}

func TestClassifyLeavesCancellingToTheSDK(t *testing.T) {
	if err := process.Classify(nil); err != nil {
		t.Error(err)
	}
	err := fmt.Errorf("read: %w", context.Canceled)
	if got := process.Classify(err); !errors.Is(got, context.Canceled) {
		t.Errorf("cancelled became %v", got)
	}
}

func TestCauseIsWhatWentWrongAtTheBottom(t *testing.T) {
	bottom := temporal.NewApplicationError("the disk is full", "made")
	err := fmt.Errorf("outer: %w", temporal.NewApplicationErrorWithCause("middle", "made", bottom))
	if got := process.Cause(err); got != "the disk is full" {
		t.Errorf("cause %q", got)
	}
	if got := process.Cause(errors.New("plain")); got != "plain" {
		t.Errorf("cause %q", got)
	}
	if got := process.Cause(nil); got != "" {
		t.Errorf("cause of nothing %q", got)
	}
}
