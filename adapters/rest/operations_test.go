package rest_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// target is an address that answers 200 for the template of a path.
func target(path string) string {
	match, team := id(2, 3), id(1, 0)
	thing := match
	if strings.Contains(path, "/teams/") || strings.Contains(path, "/users/") {
		thing = team
	}
	return strings.NewReplacer("{code}", "premier-league", "{version}", champion, "{id}", thing).Replace(path)
}

// operations are all that the document describes, with their paths.
func operations(s *server, method string) map[string]*huma.Operation {
	found := make(map[string]*huma.Operation)
	for path, item := range s.OpenAPI().Paths {
		op := map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
		}[method]
		if op != nil {
			found[path] = op
		}
	}
	return found
}

// Every answer is what the document says, for every operation it holds.
func TestAnswersFitTheirSchemas(t *testing.T) {
	s := newServer(t)
	gets := operations(s, http.MethodGet)
	if len(gets) != 38 {
		t.Errorf("%d GET operations; adapt this number together with the contract", len(gets))
	}
	for path, op := range gets {
		t.Run(op.OperationID, func(t *testing.T) {
			w := s.get(target(path))
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("GET %s = %d %s", target(path), w.Code, w.Body)
			}
			validate(t, s, op, w.Body.Bytes())
		})
	}
}

func validate(t *testing.T, s *server, op *huma.Operation, body []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatal(err)
	}
	registry := s.OpenAPI().Components.Schemas
	schema := op.Responses["200"].Content["application/json"].Schema
	var result huma.ValidateResult
	huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, &result)
	for _, err := range result.Errors {
		t.Errorf("%s: %v", op.OperationID, err)
	}
}

func TestChangesFitTheirSchemas(t *testing.T) {
	s := newServer(t)
	for _, path := range []string{"/api/v1/models/{version}/promote", "/api/v1/models/rollback"} {
		// Rolling back comes after a promotion that gave it something to undo.
		at := strings.Replace(path, "{version}", unmeasured, 1)
		w := s.call(http.MethodPost, at, `{"reason":"better calibrated"}`, "X-API-Key", s.manager)
		if w.Code != http.StatusOK {
			t.Fatalf("POST %s = %d %s", at, w.Code, w.Body)
		}
		validate(t, s, operations(s, http.MethodPost)[path], w.Body.Bytes())
	}
}

// anonymous are the operations of the contract that ask nobody who calls.
var anonymous = []string{
	"/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/password/forgot", "/api/v1/auth/password/reset",
}

// Every operation can be found, told apart and called by a generated client.
func TestOperationsAreDescribed(t *testing.T) {
	s := newServer(t)
	seen := make(map[string]bool)
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete} {
		for path, op := range operations(s, method) {
			if op.Summary == "" || op.Description == "" || len(op.Tags) != 1 || op.OperationID == "" || seen[op.OperationID] {
				t.Errorf("%s %s is badly described or its id is taken: %+v", method, path, op)
			}
			seen[op.OperationID] = true
			if op.Responses["503"] == nil || op.Responses[strconv.Itoa(cmp.Or(op.DefaultStatus, 200))] == nil {
				t.Errorf("%s %s lacks answers: %v", method, path, op.Responses)
			}
			if strings.HasPrefix(path, "/api/v1/") && !slices.Contains(anonymous, path) && (len(op.Security) == 0 || op.Responses["401"] == nil) {
				t.Errorf("%s %s needs no credential", method, path)
			}
		}
	}
	for name, schema := range s.OpenAPI().Components.Schemas.Map() {
		for property, p := range schema.Properties {
			inline := p.Ref == "" && (p.Type == huma.TypeObject && p.AdditionalProperties == nil ||
				p.Type == huma.TypeArray && p.Items.Ref == "" && p.Items.Type == huma.TypeObject)
			if inline {
				t.Errorf("%s.%s has a type without a name", name, property)
			}
			if p.Ref == "" && p.Description == "" {
				t.Errorf("%s.%s has no description", name, property)
			}
		}
	}
}
