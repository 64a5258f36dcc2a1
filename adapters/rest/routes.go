package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/ports/access"
)

// prefix is where everything that needs a credential lives.
const prefix = "/api/v1"

// routes is where operations under [prefix] are registered.
type routes struct {
	api     huma.API
	log     *zap.Logger
	shared  *answers
	cursors cursors
}

func newRoutes(api huma.API, d Dependencies) routes {
	group := huma.NewGroup(api, prefix)
	group.UseMiddleware(authenticated(api, d.Authenticator, d.Log))
	shared := newAnswers(d.Clock, d.Observer)
	group.UseMiddleware(shared.serve)
	return routes{api: group, log: d.Log, shared: shared, cursors: cursors{key: d.Config.CursorKey}}
}

// operation says what an operation is. ID makes the names of clients' methods.
type operation struct {
	ID, Path, Tag, Summary, Description string
	// Shared operations answer every caller alike and are asked often: their
	// answers are kept for a moment.
	Shared bool
	// Scope is what the credential must allow beyond reading.
	Scope access.Scope
	// Errors are the statuses beyond those that every operation may end with.
	Errors []int
}

// The keys of [huma.Operation.Metadata].
const (
	sharedKey  = "shared"
	scopeKey   = "scope"
	cursorsKey = "cursors"
)

// read registers a GET.
func read[I, O any](r routes, o operation, h func(context.Context, *I) (*O, error)) {
	described := o.describe(http.MethodGet)
	described.Responses = map[string]*huma.Response{
		"200": {Description: "The answer, with an entity tag.", Headers: map[string]*huma.Param{"ETag": etagHeader()}},
		"304": {Description: "What the caller has, by If-None-Match, is still right."},
	}
	described.Parameters = append(described.Parameters, ifNoneMatch())
	described.Metadata[cursorsKey] = r.cursors
	register(r, described, h)
}

// change registers a POST that changes something. Kept answers may be wrong
// after it, so they go.
func change[I, O any](r routes, o operation, h func(context.Context, *I) (*O, error)) {
	register(r, o.describe(http.MethodPost), func(ctx context.Context, in *I) (*O, error) {
		defer r.shared.forget()
		return h(ctx, in)
	})
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

func (o operation) describe(method string) huma.Operation {
	statuses := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	if o.Scope != "" {
		statuses = append(statuses, http.StatusForbidden)
	}
	scopes := []string{}
	if o.Scope != "" {
		scopes = append(scopes, string(o.Scope))
	}
	return huma.Operation{
		OperationID: o.ID, Method: method, Path: o.Path, Summary: o.Summary, Description: o.Description,
		Tags: []string{o.Tag}, Errors: append(statuses, o.Errors...),
		Security:     []map[string][]string{{securityScheme: scopes}},
		Metadata:     map[string]any{sharedKey: o.Shared, scopeKey: o.Scope},
		MaxBodyBytes: maxBody + 1,

		RejectUnknownQueryParameters: true,
	}
}

func etagHeader() *huma.Param {
	return &huma.Param{
		Description: "A strong entity tag; send it back as If-None-Match to be spared an answer you have.",
		Schema:      &huma.Schema{Type: huma.TypeString, Examples: []any{`"pX8bBq3R0Zc1VQmJ7t2uSw"`}},
	}
}

func ifNoneMatch() *huma.Param {
	return &huma.Param{
		Name: "If-None-Match", In: "header", Description: "The ETag of an answer the caller has; 304 when it is still right.",
		Schema: &huma.Schema{Type: huma.TypeString},
	}
}
