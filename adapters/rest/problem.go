package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/domain"
)

// problemDocument is an RFC 9457 problem as it goes over the wire.
type problemDocument = huma.ErrorModel

const (
	problemPrefix = "urn:football-prediction:problem:"
	// retryAfter is when, in seconds, a caller may try again what an absent
	// dependency prevented.
	retryAfter = "5"
	// problemType is the media type of problems (RFC 9457, 6.1).
	problemType = "application/problem+json"
	// challenge names the credentials that are taken (RFC 9110, 11.6.1).
	challenge = `Bearer realm="football-prediction", ApiKey realm="football-prediction", header="X-API-Key"`
)

var statusOf = map[domain.Kind]int{
	domain.Invalid:      http.StatusUnprocessableEntity,
	domain.NotFound:     http.StatusNotFound,
	domain.Conflict:     http.StatusConflict,
	domain.Unauthorised: http.StatusUnauthorized,
	domain.Forbidden:    http.StatusForbidden,
	domain.Unavailable:  http.StatusServiceUnavailable,
	domain.Exhausted:    http.StatusTooManyRequests,
	domain.Stale:        http.StatusPreconditionFailed,
}

// codeOf names the problems that Huma finds by itself.
var codeOf = map[int]string{
	http.StatusBadRequest:            "request.malformed",
	http.StatusNotAcceptable:         "request.not_acceptable",
	http.StatusRequestTimeout:        "request.too_slow",
	http.StatusRequestEntityTooLarge: "request.too_large",
	http.StatusUnsupportedMediaType:  "request.media_type",
	http.StatusUnprocessableEntity:   "request.invalid",
}

func problem(status int, code, detail string) *problemDocument {
	return &problemDocument{
		Type: problemPrefix + code, Title: http.StatusText(status), Status: status, Detail: detail,
	}
}

func internalProblem() *problemDocument {
	return problem(http.StatusInternalServerError, "internal", "something went wrong here; quote the request id when you report it")
}

func awayProblem() *problemDocument {
	return problem(http.StatusServiceUnavailable, "dependency.unavailable", "a system this depends on does not answer; try again shortly")
}

// asProblem is what a client learns of err. The second value is true for
// errors nobody foresaw, whose text must stay here.
func asProblem(err error) (*problemDocument, bool) {
	var known *domain.Error
	if errors.As(err, &known) && statusOf[known.Kind] != 0 {
		p := problem(statusOf[known.Kind], known.Code, known.Detail)
		if known.Field != "" {
			p.Errors = []*huma.ErrorDetail{{Location: "body." + known.Field, Message: known.Detail}}
		}
		return p, false
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "request.timeout", "the answer took too long; try again shortly"), false
	case errors.Is(err, context.Canceled):
		return problem(http.StatusServiceUnavailable, "request.cancelled", "the request was given up"), false
	case away(err):
		return awayProblem(), false
	}
	return internalProblem(), true
}

func instanceOf(ctx context.Context) string {
	return "urn:football-prediction:request:" + exchangeOf(ctx).id
}

func problemHeaders(ctx context.Context, status int) map[string]string {
	h := map[string]string{"Cache-Control": keepNothing}
	switch status {
	case http.StatusUnauthorized:
		h["WWW-Authenticate"] = challenge
	case http.StatusServiceUnavailable:
		h["Retry-After"] = retryAfter
	}
	if after := exchangeOf(ctx).retryAfter; after > 0 {
		h["Retry-After"] = strconv.FormatInt(wholeSeconds(after), 10)
	}
	return h
}

// writeProblem sends p where no operation is involved.
func writeProblem(w http.ResponseWriter, r *http.Request, p *problemDocument) {
	p.Instance = instanceOf(r.Context())
	body, err := json.Marshal(p)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	for name, value := range problemHeaders(r.Context(), p.Status) {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", problemType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone, which is its affair
	}
}
