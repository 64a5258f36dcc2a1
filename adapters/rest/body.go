package rest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Requests carry little: a reason, a few numbers. A batch is the exception.
const (
	maxBody      = 1 << 20
	maxSmallBody = 64 << 10
	bodyTimeout  = 5 * time.Second
)

// bodied reads the body of requests that have one before anything else, since
// Huma answers 500 when a client breaks off or sends broken chunks.
func bodied(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		body, err := readBody(w, r)
		if err != nil {
			writeProblem(w, r, bodyProblem(err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		next.ServeHTTP(w, r)
	})
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	control := http.NewResponseController(w)
	//nolint:forbidigo // a connection's deadline is in real time
	if err := control.SetReadDeadline(time.Now().Add(bodyTimeout)); err == nil {
		defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
}

func bodyProblem(err error) *problemDocument {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return problem(http.StatusRequestEntityTooLarge, "request.too_large", "the request's body is too large")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem(http.StatusRequestTimeout, "request.too_slow", "the request's body did not arrive in time")
	}
	return problem(http.StatusBadRequest, "request.malformed", "the request's body cannot be read")
}
