package process

import (
	"context"
	"errors"
	"strings"

	"go.temporal.io/sdk/temporal"

	"github.com/football-prediction/football-prediction/domain"
)

// longest bounds the texts that go into histories, in bytes.
const longest = 1000

// Classify says in Temporal's words whether an activity may be tried again.
// What is away may come back, and what nobody foresaw may have been chance;
// every other kind of [domain.Error] stays wrong however often it is tried.
func Classify(err error) error {
	var known *domain.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		// The SDK knows by the error itself that cancelling was the cause.
		return err
	case !errors.As(err, &known):
		return temporal.NewApplicationError(cut(err.Error()), "internal")
	case known.Kind == domain.Unavailable, known.Kind == domain.Internal:
		return temporal.NewApplicationError(cut(err.Error()), known.Code)
	}
	return temporal.NewNonRetryableApplicationError(cut(err.Error()), known.Code, nil)
}

// Missing is the error of an input that lacks fields, which it names. It fails
// a run at once.
func Missing(fields ...string) error {
	noun := "field"
	if len(fields) > 1 {
		noun = "fields"
	}
	return temporal.NewNonRetryableApplicationError(
		"the input lacks the "+noun+" "+strings.Join(fields, ", "), "process.input_missing", nil)
}

// Fail is the error of a workflow whose step failed: what it was doing and what
// went wrong, on one line and of the type that the activity gave it. The
// layers between are in the history. Being cancelled is passed on as it is.
func Fail(doing string, err error) error {
	if temporal.IsCanceledError(err) {
		return err
	}
	return temporal.NewNonRetryableApplicationError(cut(doing+": "+Cause(err)), kindOf(err), nil)
}

// kindOf is the type that an activity gave its error.
func kindOf(err error) string {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return app.Type()
	}
	return "internal"
}

// Cause is the text of what really went wrong, below the layers in which
// Temporal wraps the failure of an activity or a child.
func Cause(err error) string {
	var (
		app     *temporal.ApplicationError
		timeout *temporal.TimeoutError
		text    string
	)
	for ; err != nil; err = errors.Unwrap(err) {
		text = err.Error()
		switch {
		case errors.As(err, &app):
			text = app.Message()
			err = app
		case errors.As(err, &timeout):
			text = "timed out: " + timeout.Error()
			err = timeout
		}
	}
	return cut(text)
}

// HasType reports whether an application error of type is among the causes.
func HasType(err error, kind string) bool {
	var app *temporal.ApplicationError
	for errors.As(err, &app) {
		if app.Type() == kind {
			return true
		}
		err = app.Unwrap()
	}
	return false
}

// cut shortens text to what a history should hold, between characters.
func cut(text string) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}
