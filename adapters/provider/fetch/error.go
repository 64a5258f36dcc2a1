package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// retryableError marks an error that may pass.
type retryableError struct{ error }

func (r *retryableError) Unwrap() error { return r.error }

// transient classifies what [http.Client.Do] returns: everything about the
// network may pass, a refused redirect won't.
func transient(err error) error {
	if errors.Is(err, errRedirect) {
		return errRedirect
	}
	return &retryableError{err}
}

type statusError int

func (s statusError) Error() string {
	return fmt.Sprintf("status %d %s", int(s), http.StatusText(int(s)))
}

func statusFailure(code int) error {
	switch {
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code >= 500:
		return &retryableError{statusError(code)}
	}
	return statusError(code)
}

func errTooLarge(limit int64) error {
	return fmt.Errorf("the answer is larger than %d bytes", limit)
}

// kind is the port's error for one that won't pass.
func kind(err error, missing []int) *domain.Error {
	var code statusError
	if errors.As(err, &code) && (code == http.StatusNotFound || code == http.StatusGone || slices.Contains(missing, int(code))) {
		return ingesting.ErrNoEdition
	}
	return ingesting.ErrUnreadable
}

// public is an address without what may be secret: user, password and query.
func public(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

var userInfo = regexp.MustCompile(`(://)[^/\s"]*@`)

// redact is the error's text without passwords: a proxy's address may hold one
// and turns up in errors. The request's own address is in the message already.
func redact(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return userInfo.ReplaceAllString(err.Error(), "$1")
}
