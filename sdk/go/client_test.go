package footballprediction

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var quick = Retries{First: time.Millisecond, Longest: 2 * time.Second}

// serve answers the n-th request, counted from one, with what answer says.
func serve(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) (*Client, *atomic.Int64) {
	t.Helper()
	var count atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(int(count.Add(1)), w, r)
	}))
	t.Cleanup(server.Close)
	client, err := New(server.URL, APIKey("fp_live_test"), Retry(quick))
	if err != nil {
		t.Fatal(err)
	}
	return client, &count
}

func tell(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-ID", "the-request")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, code string) {
	tell(w, status, map[string]any{"type": problemPrefix + code, "title": http.StatusText(status), "status": status, "detail": "not now", "instance": "urn:x"})
}

func TestWhatWasRefusedForAMomentIsAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		call   func(*Client) error
		want   int64
	}{
		"a GET that met 503":                {503, get, 3},
		"a GET that met 429":                {429, get, 3},
		"a POST that met 429":               {429, post(), 3},
		"a POST that met 503":               {503, post(), 1},
		"a repeatable POST that met 503":    {503, post(Repeatable()), 3},
		"a GET that met 500":                {500, get, 1},
		"a GET of what is not there":        {404, get, 1},
		"a GET that may not":                {403, get, 1},
		"a GET with a key that was revoked": {401, get, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			keys, bodies := map[string]bool{}, map[string]bool{}
			client, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mu.Lock()
				keys[r.Header.Get("Idempotency-Key")], bodies[string(body)] = true, true
				mu.Unlock()
				if n < 3 {
					refuse(w, c.status, "later")
					return
				}
				tell(w, map[bool]int{true: 200, false: 201}[r.Method == http.MethodGet], map[string]any{"items": []any{}, "next_cursor": nil})
			})
			err := c.call(client)
			if got := count.Load(); got != c.want {
				t.Errorf("%d requests, want %d", got, c.want)
			}
			var refused *Error
			if c.want == 1 && (!errors.As(err, &refused) || refused.Status != int64(c.status) || refused.Code() != "later" || refused.RequestID != "the-request") {
				t.Errorf("error %v", err)
			}
			if c.want == 3 && err != nil {
				t.Error(err)
			}
			if len(keys) != 1 || len(bodies) != 1 {
				t.Errorf("the attempts differ: %v %v", keys, bodies)
			}
		})
	}
}

func get(c *Client) error {
	_, err := c.ListCompetitionsWithResponse(context.Background(), &ListCompetitionsParams{})
	return err
}

func post(editors ...RequestEditorFn) func(*Client) error {
	return func(c *Client) error {
		_, err := c.CreatePredictionWithResponse(context.Background(), &CreatePredictionParams{}, NewPrediction{Confidence: 0.6}, editors...)
		return err
	}
}

func TestRetryAfterIsHeeded(t *testing.T) {
	client, count := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			w.Header().Set("Retry-After", "1")
			refuse(w, http.StatusTooManyRequests, "quota.api_calls")
			return
		}
		tell(w, http.StatusOK, map[string]any{"items": []any{}, "next_cursor": nil})
	})
	began := time.Now()
	if err := get(client); err != nil || count.Load() != 2 {
		t.Errorf("%v after %d requests", err, count.Load())
	}
	if waited := time.Since(began); waited < time.Second {
		t.Errorf("asked again after %s", waited)
	}

	// Who would have to wait too long is told so at once.
	client, count = serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		refuse(w, http.StatusTooManyRequests, "quota.api_calls")
	})
	var refused *Error
	if err := get(client); !errors.As(err, &refused) || refused.RetryAfter != time.Hour || count.Load() != 1 {
		t.Errorf("%v after %d requests", err, count.Load())
	}

	// A caller who has gone waits no longer.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	client, _ = serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, "away")
	})
	if _, err := client.ListCompetitionsWithResponse(ctx, &ListCompetitionsParams{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestStrangersAnswersAreErrorsToo(t *testing.T) {
	client, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html>bad gateway</html>")
	})
	err := get(client)
	var refused *Error
	if !errors.As(err, &refused) || refused.Status != http.StatusBadGateway || !strings.Contains(err.Error(), "bad gateway") {
		t.Errorf("error %v", err)
	}
	for _, address := range []string{"", "example.com", "ftp://example.com", "://"} {
		if _, err := New(address, nil); err == nil {
			t.Errorf("New(%q) gave no error", address)
		}
	}
}

func TestAllWalksThePages(t *testing.T) {
	client, count := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		at := r.URL.Query().Get("cursor")
		if r.URL.Query().Get("status") != "scheduled" {
			t.Errorf("the filter was lost: %s", r.URL)
		}
		next := map[string]any{"": "one", "one": "two", "two": nil}[at]
		item := map[string]any{"round": "of " + at}
		tell(w, http.StatusOK, map[string]any{"items": []any{item, item}, "next_cursor": next})
	})
	var rounds []string
	params := &ListMatchesParams{Status: Ref(ListMatchesParamsStatus("scheduled"))}
	for match, err := range All(context.Background(), client.ListMatchesWithResponse, params) {
		if err != nil {
			t.Fatal(err)
		}
		rounds = append(rounds, match.Round)
	}
	if got := fmt.Sprintf("%q", rounds); got != `["of " "of " "of one" "of one" "of two" "of two"]` || count.Load() != 3 {
		t.Errorf("%s by %d requests", got, count.Load())
	}
	for range All(context.Background(), client.ListMatchesWithResponse, params) {
		break
	}
	if count.Load() != 4 {
		t.Errorf("%d requests, though one page was enough", count.Load())
	}
}

// A list whose page cannot be walked would be forgotten by [All].
func TestEveryListCanBeWalked(t *testing.T) {
	generated, err := os.ReadFile("generated.go")
	if err != nil {
		t.Fatal(err)
	}
	walked, err := os.ReadFile("pages.go")
	if err != nil {
		t.Fatal(err)
	}
	pages := regexp.MustCompile(`(?m)^type (\w+Page) struct`).FindAllSubmatch(generated, -1)
	if len(pages) < 10 {
		t.Fatalf("only %d pages", len(pages))
	}
	for _, page := range pages {
		if !strings.Contains(string(walked), "func (p "+string(page[1])+") page()") {
			t.Errorf("%s lacks its method in pages.go", page[1])
		}
	}
}

// Many goroutines meet the end of one token, and one of them gets the next.
func TestSessionStaysFresh(t *testing.T) {
	var refreshes, signIns, ended atomic.Int64
	token := func() string { return fmt.Sprint("token-", refreshes.Load()) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pass := func() map[string]any {
			return map[string]any{"access_token": token(), "refresh_token": "r-" + token(), "expires_in": 900, "token_type": "Bearer"}
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/auth/login"):
			signIns.Add(1)
			tell(w, http.StatusOK, pass())
		case strings.HasSuffix(r.URL.Path, "/auth/refresh"):
			if ended.Load() > 0 {
				ended.Add(1)
				refuse(w, http.StatusUnauthorized, "auth.session_ended")
				return
			}
			refreshes.Add(1)
			tell(w, http.StatusOK, pass())
		case r.Header.Get("Authorization") != "Bearer token-1":
			refuse(w, http.StatusUnauthorized, "access.unauthenticated")
		default:
			tell(w, http.StatusOK, map[string]any{"items": []any{}, "next_cursor": nil})
		}
	}))
	defer server.Close()
	session, err := SignIn(context.Background(), server.URL, Credentials{Tenant: "acme"}, Retry(quick))
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(server.URL, session, Retry(quick))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := get(client); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if refreshes.Load() != 1 || signIns.Load() != 1 {
		t.Errorf("%d refreshes, %d sign-ins", refreshes.Load(), signIns.Load())
	}

	// What the server ended is not asked for again and again.
	ended.Store(1)
	refreshes.Add(1) // the token is no longer good
	session.until = time.Now()
	for range 3 {
		var refused *Error
		if err := get(client); !errors.As(err, &refused) || refused.Code() != "auth.session_ended" {
			t.Errorf("error %v", err)
		}
	}
	if ended.Load() != 2 {
		t.Errorf("a session that has ended was refreshed %d times", ended.Load()-1)
	}
}
