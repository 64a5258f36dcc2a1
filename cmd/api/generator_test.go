package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// generated is a request.
type generated struct {
	path, body string
	headers    map[string]string
}

func (g *generator) request(r *roll, op described) generated {
	out := generated{path: op.path, headers: map[string]string{}}
	query := url.Values{}
	hostile := r.one(3) // a third is fit
	for _, p := range op.Parameters {
		value := r.text(g.resolve(p.Schema), p.Name, hostile > 0 && r.one(2) == 0)
		switch p.In {
		case "path":
			if strings.Trim(value, "./") == "" {
				value = "x"
			}
			out.path = strings.ReplaceAll(out.path, "{"+p.Name+"}", url.PathEscape(value))
		case "query":
			if r.one(3) == 0 {
				query.Set(p.Name, value)
			}
		case "header":
			if r.one(3) == 0 {
				out.headers[http.CanonicalHeaderKey(p.Name)] = value
			}
		}
	}
	if hostile > 0 && r.one(10) == 0 {
		query.Set(r.pick(nasty), r.pick(nasty))
	}
	if len(query) > 0 {
		out.path += "?" + query.Encode()
	}
	if op.RequestBody != nil {
		out.headers["Content-Type"] = "application/json"
		if hostile > 1 && r.one(20) == 0 {
			out.headers["Content-Type"] = r.pick([]string{"text/plain", "application/xml", "multipart/form-data", "", "application/json; charset=latin1"})
		}
		out.body = g.body(r, op, hostile)
	}
	g.credential(r, out.headers)
	return out
}

func (g *generator) credential(r *roll, headers map[string]string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch r.one(12) {
	case 0:
	case 1:
		headers["X-Api-Key"] = r.pick(nasty)
	case 2:
		headers["Authorization"] = "Bearer " + r.pick(nasty)
	case 3, 4, 5:
		headers["X-Api-Key"] = g.key
	default:
		headers["Authorization"] = "Bearer " + g.token
	}
}

func (g *generator) body(r *roll, op described, hostile int) string {
	schema := g.resolve(op.RequestBody.Content["application/json"].Schema)
	if hostile > 1 && r.one(4) == 0 {
		return r.pick([]string{
			"", "null", "[]", "{", `{"a":1}`, `"text"`, "1e400", "\xff\xfe", "{}{}", `{"\u0000":"\u0000"}`,
			strings.Repeat("[", 10_000), strings.Repeat(`{"a":`, 10_000), `{"password":1,"password":2}`, strings.Repeat("A", 200_000),
		})
	}
	text, err := json.Marshal(g.value(r, schema, "", hostile, 0))
	if err != nil {
		return "{}"
	}
	return string(text)
}

// value is one of a schema, spoilt here and there when hostile.
func (g *generator) value(r *roll, s *huma.Schema, name string, hostile, depth int) any {
	s = g.resolve(s)
	if s == nil || depth > 5 || hostile > 0 && r.one(8) == 0 {
		return r.anything()
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		for property, schema := range s.Properties {
			required := false
			for _, each := range s.Required {
				required = required || each == property
			}
			if required && (hostile == 0 || r.one(10) > 0) || !required && r.one(2) == 0 {
				out[property] = g.value(r, schema, property, hostile, depth+1)
			}
		}
		if hostile > 0 && r.one(6) == 0 {
			out[r.pick(nasty)] = r.anything()
		}
		return out
	case huma.TypeArray:
		out := make([]any, 1+r.one(3))
		for i := range out {
			out[i] = g.value(r, s.Items, name, hostile, depth+1)
		}
		return out
	case huma.TypeInteger, huma.TypeNumber:
		if hostile > 0 && r.one(2) == 0 {
			return json.Number(r.pick([]string{"-1", "0", "1", "1e308", "-9223372036854775808", "9223372036854775807", "0.1", "99999999999999999999"}))
		}
		return r.one(2)
	case huma.TypeBoolean:
		return r.one(2) == 0
	}
	return r.text(s, name, hostile > 0 && r.one(2) == 0)
}

func (g *generator) resolve(s *huma.Schema) *huma.Schema {
	for s != nil && s.Ref != "" {
		s = g.registry.SchemaFromRef(s.Ref)
	}
	return s
}

// roll is chance.
type roll struct{ *rand.Rand }

func (r *roll) one(n int) int             { return r.IntN(n) }
func (r *roll) pick(from []string) string { return from[r.IntN(len(from))] }

// text is one that fits a schema, or a nasty one.
func (r *roll) text(s *huma.Schema, name string, spoilt bool) string {
	switch {
	case spoilt:
		return r.pick(nasty)
	case s == nil:
		return "x"
	case len(s.Enum) > 0:
		return fmt.Sprint(s.Enum[r.one(len(s.Enum))])
	case len(s.Examples) > 0:
		return fmt.Sprint(s.Examples[r.one(len(s.Examples))])
	case s.Type == huma.TypeInteger, s.Type == huma.TypeNumber:
		return strconv.Itoa(1 + r.one(50))
	case s.Format == "uuid" || strings.HasSuffix(name, "id"):
		return missingID
	case s.Type == huma.TypeArray:
		return missingID
	}
	return "a sturdy text of words"
}

func (r *roll) anything() any {
	switch r.one(7) {
	case 0:
		return nil
	case 1:
		return r.one(2) == 0
	case 2:
		return []any{r.pick(nasty)}
	case 3:
		return map[string]any{r.pick(nasty): r.pick(nasty)}
	case 4:
		return json.Number("1e999")
	case 5:
		return -1
	}
	return r.pick(nasty)
}

// nasty are texts that have broken programs before.
var nasty = []string{
	"", " ", "\x00", "a\x00b", "' OR '1'='1", "'; DROP TABLE users; --", "1); SELECT pg_sleep(10); --", "<script>alert(1)</script>",
	"{{7*7}}", "${jndi:ldap://x/a}", "../../etc/passwd", "..%2f..%2f", "%", "%s%n%d", "\u202etxet", "\u200b", "\ufeff", "ﷺ", "🏴‍☠️", "\ud7ff",
	"İıſK", "e\u0301", "NaN", "Infinity", "-0", "1e309", "null", "undefined", "true", "[]", "{}", "\r\nX-Injected: 1", "\t", "\\", "\"", "`id`", "$(id)",
	"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e0", "00000000-0000-0000-0000-000000000000", "2026-13-45", "9999-12-31", "0000-00-00", "a@b", "\u2028",
	strings.Repeat("A", 300), strings.Repeat("é", 2_000), strings.Repeat("9", 400), "W/\"x\"", "*", "\"", "Bearer", "fp_live_", "fp_live_" + strings.Repeat("A", 46),
}
