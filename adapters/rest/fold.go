package rest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// tree is a part of a document as JSON has it.
type tree = map[string]any

// sharedParameters are those that mean the same wherever they stand, with their
// names in the document.
var sharedParameters = map[string]string{
	"limit": "Limit", "cursor": "Cursor", "If-None-Match": "IfNoneMatch", "If-Match": "IfMatch", repeatHeader: "IdempotencyKey",
}

// fold writes what many operations have in common once, among the components,
// which makes the document a third as long and lets clients' generators make
// one type of it. Huma knows references between schemas only.
func fold(text []byte, older bool) ([]byte, error) {
	var document tree
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	components, _ := document["components"].(tree)
	f := folder{components: components, headers: tree{}, parameters: tree{}, responses: tree{}}
	paths, _ := document["paths"].(tree)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item, _ := paths[path].(tree)
		for _, method := range slices.Sorted(maps.Keys(item)) {
			if op, ok := item[method].(tree); ok {
				f.operation(op)
			}
		}
	}
	components["headers"], components["parameters"], components["responses"] = f.headers, f.parameters, f.responses
	return json.Marshal(strict(document, older))
}

type folder struct{ components, headers, parameters, responses tree }

func (f folder) operation(op tree) {
	parameters, _ := op["parameters"].([]any)
	for i, one := range parameters {
		parameter, _ := one.(tree)
		name, _ := parameter["name"].(string)
		if shared, ok := sharedParameters[name]; ok {
			parameters[i] = once(f.parameters, "parameters", shared, parameter)
		}
	}
	_, closed := op["security"]
	responses, _ := op["responses"].(tree)
	for status, one := range responses {
		response, _ := one.(tree)
		headers, _ := response["headers"].(tree)
		for name, header := range headers {
			headers[name] = once(f.headers, "headers", strings.ReplaceAll(name, "-", ""), header)
		}
		if name := sharedName(status, response); name != "" {
			if !closed {
				name += "OfOpenOperation"
			}
			responses[status] = once(f.responses, "responses", name, response)
		}
	}
}

// sharedName is the name of a response that is alike for all operations: 304
// and problems.
func sharedName(status string, response tree) string {
	content, _ := response["content"].(tree)
	_, isProblem := content[problemType]
	if status != "304" && (!isProblem || len(content) > 1) {
		return ""
	}
	code, err := strconv.Atoi(status)
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(http.StatusText(code), " ", "")
}

// once puts a value among the components and returns the reference to it, or
// the value itself when another has the name.
func once(of tree, area, name string, value any) any {
	if there, ok := of[name]; ok && !same(there, value) {
		return value
	}
	of[name] = value
	return tree{"$ref": "#/components/" + area + "/" + name}
}

func same(a, b any) bool {
	one, errOne := json.Marshal(a)
	other, errOther := json.Marshal(b)
	return errOne == nil && errOther == nil && string(one) == string(other)
}

// strict leaves out what only Huma knows, and in the older document puts what
// stands beside a reference where OpenAPI 3.0 allows it.
func strict(value any, older bool) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = strict(v[i], older)
		}
	case tree:
		if _, isText := v["patternDescription"].(string); isText {
			delete(v, "patternDescription")
		}
		for name := range v {
			if name != "example" && name != "examples" {
				v[name] = strict(v[name], older)
			}
		}
		if reference, ok := v["$ref"]; ok && older && len(v) > 1 {
			delete(v, "$ref")
			v["allOf"] = []any{tree{"$ref": reference}}
		}
	}
	return value
}
