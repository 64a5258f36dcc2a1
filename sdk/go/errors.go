package footballprediction

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// problemPrefix begins the type of every problem.
const problemPrefix = "urn:football-prediction:problem:"

// Error is an answer that is no success: a problem document (RFC 9457).
//
//	var refused *footballprediction.Error
//	if errors.As(err, &refused) && refused.Code() == "match.unknown" { … }
type Error struct {
	Problem
	// RequestID names the request when you report the problem.
	RequestID string
	// RetryAfter is when to come back, as far as the server said so.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	text := fmt.Sprintf("football prediction: %d %s: %s", e.Status, e.Code(), e.Detail)
	if e.Errors != nil {
		for _, each := range *e.Errors {
			if each.Location != nil && each.Message != nil {
				text += fmt.Sprintf("; %s: %s", *each.Location, *each.Message)
			}
		}
	}
	return text + " (request " + e.RequestID + ")"
}

// Code is the stable name of the kind of problem, such as match.unknown.
func (e *Error) Code() string { return strings.TrimPrefix(e.Type, problemPrefix) }

// IsNotFound reports whether err says that there is no such thing.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound
}

// maxProblem bounds what is read of a refusal.
const maxProblem = 1 << 20

// errorOf reads a refusal. What stands between us and the API may answer too,
// and in its own words.
func errorOf(r *http.Response) error {
	defer drain(r)
	e := &Error{RequestID: r.Header.Get("X-Request-ID"), RetryAfter: retryAfter(r)}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxProblem))
	if err != nil || json.Unmarshal(text, &e.Problem) != nil || e.Type == "" {
		e.Problem = Problem{Type: "about:blank", Title: http.StatusText(r.StatusCode), Detail: "the answer is no problem document: " + clipped(string(text))}
	}
	e.Status = int64(r.StatusCode)
	return e
}

func clipped(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}

// retryAfter is Retry-After in seconds or as a date (RFC 9110, 10.2.3).
func retryAfter(r *http.Response) time.Duration {
	text := r.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// drain lets the connection be used again.
func drain(r *http.Response) {
	_, _ = io.CopyN(io.Discard, r.Body, maxProblem)
	_ = r.Body.Close()
}
