// Package domain holds what every concept shares: the error vocabulary and time.
package domain

import (
	"fmt"
	"time"
)

// Kind says what a caller may do about an error. Adapters translate it.
type Kind int

// Internal is the zero Kind, so an error nobody classified stays private.
const (
	Internal     Kind = iota
	Invalid           // the input is wrong; sending it again won't help
	NotFound          // the named thing does not exist, or not for this caller
	Conflict          // the thing is in a state that forbids this
	Unauthorised      // nobody is signed in, or the credential is worthless
	Forbidden         // signed in, but not allowed
	Unavailable       // a dependency is away; the same call may succeed later
	Exhausted         // a quota or limit is used up; the same call succeeds later
	Stale             // the caller acted on an older state than the current one
)

// Error is a failure the domain has a name for.
type Error struct {
	Kind   Kind
	Code   string // stable, machine-readable, such as "forecast.unnormalised"
	Detail string // fit to show a client
	Field  string // the input that is wrong, such as "confidence"; empty when it is no single one

	// RetryAfter is when the same call may succeed; zero when nobody knows.
	RetryAfter time.Duration
}

// Errorf returns an Error with a formatted detail.
func Errorf(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// In returns e as being about one field of the input.
func (e *Error) In(field string) *Error {
	about := *e
	about.Field = field
	return &about
}

// After returns e as one that is over after a time.
func (e *Error) After(d time.Duration) *Error {
	about := *e
	about.RetryAfter = d
	return &about
}

func (e *Error) Error() string { return e.Code + ": " + e.Detail }

// Is makes two errors with one code the same to [errors.Is], whatever their
// details say.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Clock tells the time.
type Clock func() time.Time
