package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
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
	for _, text := range []string{"SQLSTATE", "goroutine ", "panic", "pgx", ".go:"} {
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
