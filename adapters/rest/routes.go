package rest

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/caching"
)

// prefix is where all operations but the checks of health live.
const prefix = "/api/v1"

// routes is where operations under [prefix] are registered.
type routes struct {
	api       huma.API
	log       *zap.Logger
	shared    *answers
	cursors   cursors
	anonymous bool // who calls is not asked
}

// newRoutes returns the routes that need a credential, and those that don't.
func newRoutes(api huma.API, d Dependencies) (closed, open routes) {
	shared := newAnswers(api, d.House)
	group := huma.NewGroup(api, prefix)
	group.UseMiddleware(authenticated(api, d.Authenticator, d.Log), limited(api, d.Limiter, d.Log), permitted(api, d.Log), repeatable(api, d.Ledger, d.Log), shared.serve)
	closed = routes{api: group, log: d.Log, shared: shared, cursors: cursors{key: d.Config.CursorKey}}
	open = closed
	open.api, open.anonymous = huma.NewGroup(api, prefix), true
	return closed, open
}

// operation says what an operation is. ID makes the names of clients' methods.
type operation struct {
	ID, Method, Path, Tag, Summary, Description string
	// Needs is what the caller must be allowed. Operations without a credential
	// need nothing.
	Needs identity.Permission
	// Repeatable operations take an Idempotency-Key.
	Repeatable bool
	// Located is where what a request made is, but for the id at its end: an
	// answer that is told again gets its Location back from the id in its body.
	Located string
	// Shared is what is invalidated with the answers of an operation that answers
	// every caller alike and is asked often; empty for others. See [readShared].
	Shared caching.Area
	// Status is that of success: 200, 201 for what creates, or 204.
	Status int
	// Body bounds the request's body in bytes; zero stands for 64 KiB.
	Body int64
	// Errors are the statuses beyond those that every operation may end with.
	Errors []int
}

// The keys of [huma.Operation.Metadata].
const (
	sharedKey  = "shared"
	needsKey   = "needs"
	cursorsKey = "cursors"
	locatedKey = "located"
)

// permissionExtension is where the document says what an operation needs.
const permissionExtension = "x-permission"

// read registers a GET.
func read[I, O any](r routes, o operation, h func(context.Context, *I) (*O, error)) {
	o.Method = http.MethodGet
	described := o.describe(r)
	described.Responses = map[string]*huma.Response{
		"200": {Description: "The answer, with an entity tag.", Headers: map[string]*huma.Param{"ETag": etagHeader()}},
		"304": {Description: "What the caller has, by If-None-Match, is still right."},
	}
	described.Parameters = append(described.Parameters, ifNoneMatch())
	described.Metadata[cursorsKey] = r.cursors
	register(r, described, h)
}

// readShared registers a GET whose answers are kept.
func readShared[I, O any, P told[O]](r routes, o operation, h func(context.Context, *I) (*O, error)) {
	read(r, o, share[I, O, P](r.shared, h))
}

// change registers what changes something: a POST, unless o says PATCH, PUT or
// DELETE. Whatever keeps answers is told by the use case what is wrong after it.
func change[I, O any](r routes, o operation, h func(context.Context, *I) (*O, error)) {
	if o.Method == "" {
		o.Method = http.MethodPost
	}
	register(r, o.describe(r), h)
}

// create registers a POST that creates: 201, and safe to repeat with one
// Idempotency-Key.
func create[I, O any](r routes, o operation, h func(context.Context, *I) (*O, error)) {
	o.Status, o.Repeatable = http.StatusCreated, true
	change(r, o, h)
}

func register[I, O any](r routes, described huma.Operation, h func(context.Context, *I) (*O, error)) {
	huma.Register(r.api, described, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, refuse(ctx, r.log, err)
		}
		return out, nil
	})
}

func (o operation) describe(r routes) huma.Operation {
	statuses := []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	described := huma.Operation{
		OperationID: o.ID, Method: o.Method, Path: o.Path, Summary: o.Summary, Description: o.Description,
		Tags: []string{o.Tag}, DefaultStatus: o.Status,
		Metadata:     map[string]any{sharedKey: o.Shared, needsKey: o.Needs, repeatableKey: o.Repeatable, locatedKey: o.Located},
		MaxBodyBytes: cmp.Or(o.Body, maxSmallBody) + 1,

		RejectUnknownQueryParameters: true,
	}
	if !r.anonymous {
		statuses = append(statuses, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
		described.Security = []map[string][]string{{bearerScheme: {}}, {keyScheme: {}}}
		described.Extensions = map[string]any{permissionExtension: string(o.Needs)}
	}
	if o.Method != http.MethodGet && o.Method != http.MethodDelete {
		statuses = append(statuses, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if o.Repeatable {
		described.Parameters = append(described.Parameters, repeatParameter())
		statuses = append(statuses, http.StatusConflict)
	}
	described.Errors = append(statuses, o.Errors...)
	return described
}

func etagHeader() *huma.Param {
	return &huma.Param{
		Description: "A strong entity tag; send it back as If-None-Match to be spared an answer you have.",
		Schema:      &huma.Schema{Type: huma.TypeString, Examples: []any{exampleTag}},
	}
}

func ifNoneMatch() *huma.Param {
	return &huma.Param{
		Name: "If-None-Match", In: "header", Description: "The ETag of an answer the caller has; 304 when it is still right.",
		Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{exampleTag}},
	}
}
