package intake

import (
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// UnreadableError is an [ingesting.ErrUnreadable] that knows the place.
type UnreadableError struct {
	Place  quality.Place
	Reason string
}

// Unreadable returns an [UnreadableError].
func Unreadable(at quality.Place, reason string, args ...any) error {
	return &UnreadableError{Place: at, Reason: fmt.Sprintf(reason, args...)}
}

func (e *UnreadableError) Error() string { return e.Unwrap().Error() }

// Unwrap is the error in the domain's words, with place and reason.
func (e *UnreadableError) Unwrap() error {
	where := e.Place.File
	if e.Place.Line > 0 {
		where = fmt.Sprintf("%s, line %d, column %d", where, e.Place.Line, max(e.Place.Column, 1))
	}
	return domain.Errorf(ingesting.ErrUnreadable.Kind, ingesting.ErrUnreadable.Code, "%s: %s", where, e.Reason)
}
