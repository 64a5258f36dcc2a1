package rest

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/limiting"
)

// meaning is what a status says, whichever operation ends with it.
type meaning struct{ says, code, detail string }

var meanings = map[int]meaning{
	http.StatusNotModified:           {says: "What the caller has, by If-None-Match, is still right."},
	http.StatusBadRequest:            {"The request cannot be read: broken JSON, or a malformed header.", "request.malformed", "the body is no JSON"},
	http.StatusUnauthorized:          {"There is no credential, or it does not work (any more).", access.ErrUnauthenticated.Code, access.ErrUnauthenticated.Detail},
	http.StatusForbidden:             {"The credential is known, and may not do this.", access.ErrForbidden.Code, access.ErrForbidden.Detail},
	http.StatusNotFound:              {"There is no such thing, or it is not the caller's.", "match.unknown", "there is no such match"},
	http.StatusConflict:              {"It does not go with what is there already, or a request with this Idempotency-Key is still being served.", "idempotency.in_progress", "a request with this Idempotency-Key is still being served"},
	http.StatusPreconditionFailed:    {"The resource is not as If-Match says.", errChanged.Code, errChanged.Detail},
	http.StatusRequestEntityTooLarge: {"The body is larger than this operation takes.", "request.too_large", "request body is too large"},
	http.StatusUnsupportedMediaType:  {"The body is not application/json.", "request.media_type", "send the body as application/json"},
	http.StatusUnprocessableEntity:   {"The request can be read, but a value in it is not allowed; errors names each place.", "request.invalid", "validation failed"},
	http.StatusTooManyRequests:       {"The quota is used up; come back after Retry-After.", limiting.ErrAPICalls.Code, "the quota api_calls of 1000 an hour is used up for now; the next call fits in 4s, and the whole burst is back in 6m0s"},
	http.StatusInternalServerError:   {"Something went wrong here.", internalProblem().Type[len(problemPrefix):], internalProblem().Detail},
	http.StatusServiceUnavailable:    {"A system this depends on is away, or there is too much to do; come back after Retry-After.", "dependency.unavailable", awayProblem().Detail},
}

// describeAnswers completes what Huma wrote about the answers: what each means,
// the headers it carries, and an example.
func describeAnswers(o *huma.OpenAPI) {
	examples := exampler{o.Components.Schemas}
	for op := range everyOperation(o) {
		for status, response := range op.Responses {
			code, err := strconv.Atoi(status)
			if err != nil {
				continue
			}
			if m, known := meanings[code]; known {
				response.Description = m.says
			}
			describeHeaders(op, code, response)
			for kind, content := range response.Content {
				if kind == problemType {
					content.Example = exampleProblem(code)
				} else {
					content.Example = examples.answer(content.Schema)
				}
			}
		}
		if op.RequestBody != nil {
			op.RequestBody.Description = "What is asked for."
			for _, content := range op.RequestBody.Content {
				content.Example = examples.request(content.Schema)
			}
		}
	}
}

// everyOperation yields the operations of the document.
func everyOperation(o *huma.OpenAPI) func(func(*huma.Operation) bool) {
	return func(yield func(*huma.Operation) bool) {
		for _, item := range o.Paths {
			for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
				if op != nil && !yield(op) {
					return
				}
			}
		}
	}
}

// describeHeaders lists the headers of an answer. Who is not known, or not yet,
// is not told of limits.
func describeHeaders(op *huma.Operation, status int, r *huma.Response) {
	if r.Headers == nil {
		r.Headers = make(map[string]*huma.Param)
	}
	for _, header := range r.Headers {
		if header.Description == "" && header.Schema != nil {
			header.Description, header.Schema.Description = header.Schema.Description, ""
		}
	}
	r.Headers[requestIDHeader] = headerOf(huma.TypeString, exampleID, "The request's id: the caller's own X-Request-ID, or one made here.")
	if len(op.Security) > 0 && status != http.StatusUnauthorized {
		r.Headers[policyHeader] = headerOf(huma.TypeString, `"default";q=1000;w=3600`,
			"How many calls (q) are allowed in how many seconds (w). They are let through evenly: after a rest a tenth of q may be made at once.")
		r.Headers[limitHeader] = headerOf(huma.TypeString, `"default";r=73;t=98`,
			"How many calls may be made at once now (r), and after how many seconds (t) nothing counts any more.")
	}
	switch status {
	case http.StatusUnauthorized:
		r.Headers["WWW-Authenticate"] = headerOf(huma.TypeString, challenge, "The credentials that are taken.")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		r.Headers["Retry-After"] = headerOf(huma.TypeInteger, 4, "After how many seconds to try again.")
	}
	if can, _ := op.Metadata[repeatableKey].(bool); can && status < http.StatusMultipleChoices {
		r.Headers[againHeader] = headerOf(huma.TypeString, "true", "Present when this answer had been given before, to the same Idempotency-Key.")
	}
}

func headerOf(kind string, example any, says string) *huma.Param {
	return &huma.Param{Description: says, Schema: &huma.Schema{Type: kind, Examples: []any{example}}}
}

func exampleProblem(status int) map[string]any {
	m := meanings[status]
	out := map[string]any{
		"type": problemPrefix + m.code, "title": http.StatusText(status), "status": status, "detail": m.detail,
		"instance": "urn:football-prediction:request:" + exampleID,
	}
	if status == http.StatusUnprocessableEntity {
		out["errors"] = []any{map[string]any{"location": "query.limit", "message": "expected number <= 200", "value": 1000}}
	}
	return out
}
