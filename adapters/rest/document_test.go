package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/ports/operating"
)

// Both documents are valid for a library that is not the one they were written
// with, and every example in them fits its schema.
func TestDocumentsAreValid(t *testing.T) {
	for name, text := range documents(t) {
		if !strings.HasSuffix(name, ".json") {
			continue
		}
		document, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := document.Validate(context.Background(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaFormatValidation()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever reads the document, a person or a generator of clients, finds
// everything named, described and shown.
func TestDocumentIsComplete(t *testing.T) {
	for _, name := range []string{"openapi.json", "openapi-3.0.json"} {
		for _, fault := range faults(t, documents(t)[name]) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// What a program serves can be started, and nothing else is offered.
func TestEveryKindOfOperationCanBeStarted(t *testing.T) {
	described := string(documents(t)["openapi.json"])
	for _, k := range operating.Kinds {
		if !strings.Contains(described, `"/api/v1/operations/`+k.Name+`"`) {
			t.Errorf("nothing starts %s", k.Name)
		}
	}
	some, err := rest.Documents(operating.Served(func(workflow string) bool { return workflow == "Ingest" }))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(some["openapi.json"]); strings.Contains(text, "/operations/backups") || !strings.Contains(text, "/operations/ingestions") {
		t.Error("a program offers what it does not serve")
	}
}

// The rules can fail: each is broken once, by hand.
func TestFaultsOfDocumentsAreFound(t *testing.T) {
	text := string(documents(t)["openapi.json"])
	for what, broken := range map[string]struct{ of, by, fault string }{
		"summary":     {`"summary": "List competitions"`, `"summary": ""`, "GET /api/v1/competitions has no summary"},
		"operation":   {`"operationId": "list-competitions"`, `"operationId": "listCompetitions"`, "operation id"},
		"inline type": {`"$ref": "#/components/schemas/CompetitionPage"`, `"type": "object", "properties": {}`, "anonymous"},
		"error":       {`"$ref": "#/components/responses/Unauthorized"`, `"description": "Unauthorized"`, "401"},
		"tag":         {`"name": "football"`, `"name": "soccer"`, "tag"},
	} {
		spoilt := strings.Replace(text, broken.of, broken.by, 1)
		if spoilt == text {
			t.Errorf("%s: %s is not in the document", what, broken.of)
		}
		if found := faults(t, []byte(spoilt)); !strings.Contains(strings.Join(found, "\n"), broken.fault) {
			t.Errorf("%s: not found: %q", what, found)
		}
	}
}

func documents(t *testing.T) map[string][]byte {
	t.Helper()
	all, err := rest.Documents(operating.Kinds)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// part is a part of a document.
type part = map[string]any

// inspection looks for what is missing.
type inspection struct {
	document part
	tags     map[string]bool
	found    []string
}

func faults(t *testing.T, text []byte) []string {
	t.Helper()
	in := inspection{tags: map[string]bool{}}
	if err := json.Unmarshal(text, &in.document); err != nil {
		t.Fatal(err)
	}
	tags, _ := in.document["tags"].([]any)
	for _, one := range tags {
		tag := in.part(one)
		in.tags[fmt.Sprint(tag["name"])] = in.has(fmt.Sprint("tag ", tag["name"]), tag, "description")
	}
	ids := map[string]string{}
	for path, item := range in.at("paths") {
		for method, one := range in.part(item) {
			op, where := in.part(one), strings.ToUpper(method)+" "+path
			in.operation(where, op)
			id := fmt.Sprint(op["operationId"])
			if ids[id] != "" {
				in.fault("%s and %s are both %s", where, ids[id], id)
			}
			ids[id] = where
		}
	}
	for name, schema := range in.at("components", "schemas") {
		for property, value := range in.part(in.part(schema)["properties"]) {
			in.property(name+"."+property, in.part(value))
		}
	}
	slices.Sort(in.found)
	return in.found
}

var operationID = regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)

func (in *inspection) operation(where string, op part) {
	in.has(where, op, "summary")
	in.has(where, op, "description")
	if id := fmt.Sprint(op["operationId"]); !operationID.MatchString(id) {
		in.fault("%s has the operation id %s; make it a verb and what it is about, such as list-matches", where, id)
	}
	tags, _ := op["tags"].([]any)
	if len(tags) != 1 || !in.tags[fmt.Sprint(tags[0])] {
		in.fault("%s needs one tag that is described, not %v", where, tags)
	}
	parameters, _ := op["parameters"].([]any)
	for _, one := range parameters {
		in.parameter(where, in.resolved(one))
	}
	if body, ok := op["requestBody"].(part); ok {
		in.content(where+" request", body)
	}
	security, _ := op["security"].([]any)
	closed := len(security) > 0
	responses := in.part(op["responses"])
	for _, status := range expected(where, closed) {
		if responses[status] == nil {
			in.fault("%s does not say how it answers with %s", where, status)
		}
	}
	for status, one := range responses {
		in.response(where+" "+status, status, in.resolved(one))
	}
}

// expected are the statuses that an operation must declare.
func expected(where string, closed bool) []string {
	out := []string{"500", "503"}
	if !strings.Contains(where, " /health") {
		out = append(out, "400", "422")
	}
	if closed {
		out = append(out, "401", "403", "429")
	}
	if strings.Contains(where, "{") {
		out = append(out, "404")
	}
	return out
}

func (in *inspection) response(where, status string, response part) {
	in.has(where, response, "description")
	headers := in.part(response["headers"])
	for name, header := range headers {
		in.has(where+" header "+name, in.resolved(header), "description")
	}
	needs := []string{"X-Request-ID"}
	switch status {
	case "401":
		needs = append(needs, "WWW-Authenticate")
	case "429", "503":
		needs = append(needs, "Retry-After")
	}
	for _, name := range needs {
		if headers[name] == nil {
			in.fault("%s lacks the header %s", where, name)
		}
	}
	if content, ok := response["content"].(part); ok {
		in.content(where, response)
		if status >= "400" && content["application/problem+json"] == nil && !strings.Contains(where, "/health") {
			in.fault("%s is no problem document", where)
		}
	} else if status >= "400" {
		in.fault("%s has no body", where)
	}
}

func (in *inspection) content(where string, of part) {
	for kind, one := range in.part(of["content"]) {
		media := in.part(one)
		if in.part(media["schema"])["$ref"] == nil {
			in.fault("%s %s has an anonymous type", where, kind)
		}
		if _, ok := media["example"]; !ok {
			in.fault("%s %s has no example", where, kind)
		}
	}
}

func (in *inspection) parameter(where string, parameter part) {
	where = fmt.Sprint(where, " parameter ", parameter["name"])
	in.has(where, parameter, "description")
	in.shown(where, in.part(parameter["schema"]))
}

func (in *inspection) property(where string, s part) {
	if s["$ref"] == nil {
		in.has(where, s, "description")
	}
	in.shown(where, s)
	if s["properties"] != nil || in.part(s["items"])["properties"] != nil {
		in.fault("%s has an anonymous type", where)
	}
}

// shown finds values that no example, enumeration or default tells of.
func (in *inspection) shown(where string, s part) {
	kind, _ := s["type"].(string)
	told := slices.ContainsFunc(slices.Collect(maps.Keys(s)), func(key string) bool {
		return slices.Contains([]string{"example", "examples", "enum", "default", "$ref", "allOf", "items", "additionalProperties"}, key)
	})
	if !told && kind != "boolean" && !strings.HasPrefix(fmt.Sprint(s["description"]), "Always null") {
		in.fault("%s has no example", where)
	}
}

func (in *inspection) has(where string, of part, key string) bool {
	text, _ := of[key].(string)
	if text == "" {
		in.fault("%s has no %s", where, key)
	}
	return text != ""
}

func (in *inspection) fault(format string, args ...any) {
	in.found = append(in.found, fmt.Sprintf(format, args...))
}

func (in *inspection) part(value any) part {
	p, _ := value.(part)
	return p
}

func (in *inspection) at(names ...string) part {
	at := in.document
	for _, name := range names {
		at = in.part(at[name])
	}
	return at
}

// resolved follows a reference to a component.
func (in *inspection) resolved(value any) part {
	p := in.part(value)
	if reference, ok := p["$ref"].(string); ok {
		return in.at(strings.Split(strings.TrimPrefix(reference, "#/"), "/")...)
	}
	return p
}
