package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// requests is how many are generated.
const requests = 21_000 // some cannot even be sent

// TestGeneratedRequests sends requests that are made from the document, fit and
// hostile. Whatever is sent, the API answers in time, with a status that the
// document declares for the operation and a body that fits its schema, and
// never with an error of its own. SEED=n repeats a run.
func TestGeneratedRequests(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tenant("acme")
	o.fixture()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("SEED"); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		must(t, err)
		seed = given
	}
	t.Logf("SEED=%d repeats this run", seed)
	g := &generator{office: o, registry: o.api.OpenAPI().Components.Schemas, operations: o.operations(), count: map[string]int{}}
	g.signIn()
	began := time.Now()
	var wait sync.WaitGroup
	const senders = 6
	for sender := range senders {
		wait.Go(func() {
			r := &roll{rand.New(rand.NewPCG(seed, uint64(sender)))}
			for n := range requests / senders {
				g.one(t, r, g.operations[(n*senders+sender)%len(g.operations)])
			}
		})
	}
	wait.Wait()
	g.report(t, time.Since(began))
}

// generator makes requests and judges answers.
type generator struct {
	office     *office
	registry   huma.Registry
	operations []described

	mu    sync.Mutex
	token string
	key   string
	count map[string]int // by class of status
}

func (g *generator) signIn() {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.office.signIn("acme", "admin@acme.com", goodPassword)
	g.token = p.access
	if g.key == "" {
		made := g.office.call("POST", "api-keys", g.token, map[string]any{"name": "k", "scopes": []string{"read", "predict", "manage"}})
		g.key = made.want(g.office.t, 201, "").field(g.office.t, "key")
	}
}

func (g *generator) one(t *testing.T, r *roll, op described) {
	t.Helper()
	request := g.request(r, op)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	sent, err := http.NewRequestWithContext(ctx, op.method, g.office.url+"/api/v1/"+request.path, strings.NewReader(request.body))
	if err != nil {
		return // what cannot even be sent
	}
	for name, value := range request.headers {
		sent.Header[name] = []string{value}
	}
	response, err := http.DefaultClient.Do(sent)
	if err != nil {
		if !strings.Contains(err.Error(), "invalid header field") {
			t.Errorf("%s %s: no answer: %v", op.method, request.path, err)
		}
		return
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("%s %s: half an answer: %v", op.method, request.path, err)
		return
	}
	g.mu.Lock()
	g.count[fmt.Sprint(response.StatusCode)]++
	own := request.headers["Authorization"] == "Bearer "+g.token
	g.mu.Unlock()
	if wrong := g.judge(op, response, body); wrong != "" {
		t.Errorf("%s %s %.300q with %.300q\n= %d %.500q\n%s", op.method, request.path, request.headers, request.body, response.StatusCode, body, wrong)
	}
	if response.StatusCode == http.StatusUnauthorized && own {
		g.signIn() // some request signed us out
	}
}

// judge says what is wrong with an answer.
func (g *generator) judge(op described, response *http.Response, body []byte) string {
	status := strconv.Itoa(response.StatusCode)
	if response.StatusCode >= 500 {
		return "an error of the server"
	}
	for _, text := range []string{"SQLSTATE", "goroutine ", "panic", "pgx", "/root/", ".go:"} {
		if bytes.Contains(body, []byte(text)) {
			return "it tells of its inside: " + text
		}
	}
	if response.Header.Get("X-Content-Type-Options") != "nosniff" || response.Header.Get("X-Request-ID") == "" {
		return "headers are missing"
	}
	kind := response.Header.Get("Content-Type")
	declared := op.Responses[status]
	switch {
	case response.StatusCode == http.StatusRequestURITooLong:
		return "" // the server's own, wherever the address would have led
	case declared == nil:
		return "the document does not declare this status"
	case len(declared.Content) == 0:
		if len(body) > 0 {
			return "a body where none is declared"
		}
		return ""
	case declared.Content[kind] == nil:
		return "the document does not declare " + kind
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return "no JSON: " + err.Error()
	}
	var result huma.ValidateResult
	huma.Validate(g.registry, declared.Content[kind].Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, &result)
	if len(result.Errors) > 0 {
		return fmt.Sprint("it does not fit its schema: ", result.Errors)
	}
	return ""
}

func (g *generator) report(t *testing.T, took time.Duration) {
	t.Helper()
	var lines []string
	total := 0
	for status, n := range g.count {
		lines = append(lines, fmt.Sprintf("%s: %d", status, n))
		total += n
	}
	sort.Strings(lines)
	t.Logf("%d requests to %d operations, %.0f a second; by status %s", total, len(g.operations), float64(total)/took.Seconds(), strings.Join(lines, ", "))
	if total < requests*9/10 {
		t.Errorf("only %d of %d requests were answered", total, requests)
	}
	if g.count["200"]+g.count["201"] < total/20 || g.count["422"] < total/20 {
		t.Errorf("the requests are one-sided: %v", lines)
	}
}

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
