package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/provider/fetch"
	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// serve starts a server of handler.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// waits notes the pauses instead of making them.
type waits struct{ all []time.Duration }

func (w *waits) sleep(ctx context.Context, d time.Duration) error {
	w.all = append(w.all, d)
	return ctx.Err()
}

func TestGetTriesAgain(t *testing.T) {
	tests := map[string]struct {
		answers []int // statuses; the last is repeated
		header  string
		calls   int
		waits   []time.Duration // least pauses
		want    error
	}{
		"at once":              {answers: []int{200}, calls: 1},
		"after failures":       {answers: []int{500, 503, 200}, calls: 3, waits: []time.Duration{50 * time.Millisecond, 100 * time.Millisecond}},
		"after the limit":      {answers: []int{429, 200}, header: "7", calls: 2, waits: []time.Duration{7 * time.Second}},
		"never":                {answers: []int{502}, calls: 4, waits: make([]time.Duration, 3), want: ingesting.ErrUnavailable},
		"asked to wait a day":  {answers: []int{503, 200}, header: "86400", calls: 1, want: ingesting.ErrUnavailable},
		"asked to wait since":  {answers: []int{503, 200}, header: "Mon, 02 Jan 2006 15:04:05 GMT", calls: 2, waits: make([]time.Duration, 1)},
		"asked to wait until":  {answers: []int{503, 200}, header: "Mon, 02 Jan 2999 15:04:05 GMT", calls: 1, want: ingesting.ErrUnavailable},
		"asked to wait a word": {answers: []int{503, 200}, header: "soon", calls: 2, waits: make([]time.Duration, 1)},
		"not there":            {answers: []int{404}, calls: 1, want: ingesting.ErrNoEdition},
		"gone":                 {answers: []int{410}, calls: 1, want: ingesting.ErrNoEdition},
		"missing in its way":   {answers: []int{300}, calls: 1, want: ingesting.ErrNoEdition},
		"forbidden":            {answers: []int{403}, calls: 1, want: ingesting.ErrUnreadable},
		"unasked for":          {answers: []int{304}, calls: 1, want: ingesting.ErrUnreadable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			calls := 0
			base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				status := tt.answers[min(calls, len(tt.answers)-1)]
				calls++
				w.Header().Set("Retry-After", tt.header)
				w.WriteHeader(status)
				if status == http.StatusOK {
					_, _ = w.Write([]byte("content"))
				}
			})
			var slept waits
			client := fetch.New(fetch.Options{BaseDelay: 100 * time.Millisecond, Sleep: slept.sleep})
			got, err := client.Get(t.Context(), fetch.Request{URL: base + "/file", Missing: []int{300}})
			if !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			if err == nil && string(got.Body) != "content" {
				t.Errorf("body %q", got.Body)
			}
			if calls != tt.calls || len(slept.all) != len(tt.waits) {
				t.Fatalf("%d calls and pauses %v, want %d and %d pauses", calls, slept.all, tt.calls, len(tt.waits))
			}
			for i, least := range tt.waits {
				if slept.all[i] < least || slept.all[i] > 4*max(least, time.Second) {
					t.Errorf("pause %d is %s, want at least %s", i, slept.all[i], least)
				}
			}
		})
	}
}

func TestGetIsConditional(t *testing.T) {
	var asked http.Header
	content, validators := "first", true
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Clone()
		if !validators {
			_, _ = w.Write([]byte(content))
			return
		}
		w.Header().Set("ETag", fmt.Sprintf("W/%q", content))
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(content))
	})
	client := fetch.New(fetch.Options{})
	get := func(known string) fetch.Response {
		t.Helper()
		got, err := client.Get(t.Context(), fetch.Request{URL: base, Known: known})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	first := get("")
	if first.Unchanged || string(first.Body) != "first" || asked.Get("User-Agent") != fetch.UserAgent || asked.Get("If-None-Match") != "" {
		t.Errorf("first: %+v after asking %v", first, asked)
	}
	again := get(first.Fingerprint)
	if !again.Unchanged || again.Fingerprint != first.Fingerprint || asked.Get("If-Modified-Since") == "" {
		t.Errorf("again: %+v after asking %v", again, asked)
	}
	content = "second"
	second := get(first.Fingerprint)
	if second.Unchanged || second.Fingerprint == first.Fingerprint || string(second.Body) != "second" {
		t.Errorf("second: %+v", second)
	}
	// A server without validators is seen through by the content's hash, and
	// a fingerprint of something else asks for everything.
	validators = false
	if got := get(second.Fingerprint); !got.Unchanged {
		t.Errorf("without validators: %+v", got)
	}
	if got := get("v1 seed 7; %zz"); got.Unchanged || string(got.Body) != "second" {
		t.Errorf("with a foreign fingerprint: %+v", got)
	}
}

func TestGetBoundsTheBody(t *testing.T) {
	var bomb bytes.Buffer
	packed := gzip.NewWriter(&bomb)
	_, _ = packed.Write(make([]byte, 1<<20))
	_ = packed.Close()
	tests := map[string]struct {
		body      func(http.ResponseWriter)
		want      error
		wantCalls int32
	}{
		"as large as may be": {func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, 1000)) }, nil, 1},
		"a byte more":        {func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, 1001)) }, ingesting.ErrUnreadable, 1},
		"a gzip bomb": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		}, ingesting.ErrUnreadable, 1},
		"gzip cut short": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes()[:len(bomb.Bytes())/2])
		}, ingesting.ErrUnavailable, 2},
		"cut short": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "500")
			_, _ = w.Write(make([]byte, 400))
			panic(http.ErrAbortHandler)
		}, ingesting.ErrUnavailable, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				tt.body(w)
			})
			// The bomb unpacks to more than the limit, its half to less.
			limit := int64(1000)
			if name == "gzip cut short" {
				limit = 2 << 20
			}
			var slept waits
			client := fetch.New(fetch.Options{MaxBody: limit, Attempts: 2, Sleep: slept.sleep})
			_, err := client.Get(t.Context(), fetch.Request{URL: base})
			if !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if calls.Load() != tt.wantCalls {
				t.Errorf("%d calls, want %d", calls.Load(), tt.wantCalls)
			}
		})
	}
}

func TestGetRedirects(t *testing.T) {
	var token, agent string
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) { token = r.Header.Get("X-Auth-Token") })
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/downgrade":
			http.Redirect(w, r, other, http.StatusFound)
		default:
			token, agent = r.Header.Get("X-Auth-Token"), r.Header.Get("User-Agent")
		}
	}))
	t.Cleanup(secure.Close)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/same":
			http.Redirect(w, r, "/here", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/other":
			http.Redirect(w, r, other, http.StatusFound)
		case "/secure":
			http.Redirect(w, r, secure.URL, http.StatusFound)
		default:
			token = r.Header.Get("X-Auth-Token")
		}
	})
	tests := map[string]struct {
		address   string
		want      error
		wantToken string
	}{
		"same server":      {base + "/same", nil, "secret"},
		"for ever":         {base + "/loop", ingesting.ErrUnreadable, ""},
		"another server":   {base + "/other", ingesting.ErrUnreadable, ""},
		"https elsewhere":  {base + "/secure", nil, ""},
		"https to http":    {secure.URL + "/downgrade", ingesting.ErrUnreadable, ""},
		"neither protocol": {"file:///etc/passwd", ingesting.ErrUnreadable, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			token, agent = "", fetch.UserAgent
			client := fetch.New(fetch.Options{Attempts: 1, Transport: secure.Client().Transport})
			_, err := client.Get(t.Context(), fetch.Request{URL: tt.address, Header: http.Header{"X-Auth-Token": {"secret"}}})
			if !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if token != tt.wantToken || agent != fetch.UserAgent {
				t.Errorf("the token arrived as %q, want %q; agent %q", token, tt.wantToken, agent)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
}

// transport answers without a network.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheSameServerMayNotGiveUpEncryption(t *testing.T) {
	client := fetch.New(fetch.Options{Attempts: 1, Transport: transport(func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme == "http" {
			t.Error("it was asked without encryption")
		}
		return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {"http://example.com/"}}, Body: http.NoBody}, nil
	})})
	_, err := client.Get(t.Context(), fetch.Request{URL: "https://example.com/"})
	if !errors.Is(err, ingesting.ErrUnreadable) {
		t.Errorf("error %v", err)
	}
}

// endless is a body without end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read > 1<<24 {
		return 0, errors.New("enough")
	}
	e.read += len(p)
	return len(p), nil
}

func (e *endless) Close() error { return nil }

func TestNoMoreIsReadThanMayBe(t *testing.T) {
	body := new(endless)
	client := fetch.New(fetch.Options{Attempts: 1, MaxBody: 1000, Transport: transport(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: make(http.Header), ContentLength: -1, Body: body}, nil
	})})
	_, err := client.Get(t.Context(), fetch.Request{URL: "https://example.com/"})
	if !errors.Is(err, ingesting.ErrUnreadable) || body.read > 16<<10 {
		t.Errorf("%d bytes were read, error %v", body.read, err)
	}
}

func TestErrorsKeepSecrets(t *testing.T) {
	proxy := &url.URL{Scheme: "http", User: url.UserPassword("user", "hunter2"), Host: "127.0.0.1:1"}
	client := fetch.New(fetch.Options{Attempts: 1, Transport: &http.Transport{
		Proxy: func(*http.Request) (*url.URL, error) { return nil, fmt.Errorf("bad proxy %s", proxy) },
	}})
	_, err := client.Get(t.Context(), fetch.Request{URL: "http://me:hunter2@localhost/file?token=hunter2"})
	if !errors.Is(err, ingesting.ErrUnavailable) {
		t.Fatalf("error %v", err)
	}
	if strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "http://localhost/file") {
		t.Errorf("the error reads %v", err)
	}
}

func TestGetHonoursTheContext(t *testing.T) {
	base := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := fetch.New(fetch.Options{}).Get(ctx, fetch.Request{URL: base})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	// While it waits for the next attempt, too.
	down := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = fetch.New(fetch.Options{BaseDelay: time.Minute}).Get(ctx, fetch.Request{URL: down})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %s to stop", took)
	}
}

func TestSlowServersTimeOut(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("a"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	client := fetch.New(fetch.Options{Timeout: 50 * time.Millisecond, Attempts: 1})
	if _, err := client.Get(t.Context(), fetch.Request{URL: base}); !errors.Is(err, ingesting.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}
