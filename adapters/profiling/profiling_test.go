package profiling_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/profiling"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
)

// room keeps keys and events in memory.
type room struct {
	mu     sync.Mutex
	keys   map[access.Hash]access.Key
	events []auditing.Event
	broken bool
}

func (r *room) BySlug(context.Context, string) (tenancy.Tenant, error) {
	return tenancy.Tenant{ID: "t"}, nil
}
func (r *room) Create(_ context.Context, k access.Key) error { r.keys[k.Hash] = k; return nil }
func (r *room) Revoke(context.Context, string, string, time.Time) error {
	return nil
}

func (r *room) Principal(_ context.Context, h access.Hash, _ time.Time) (access.Principal, error) {
	k, ok := r.keys[h]
	if !ok {
		return access.Principal{}, access.ErrUnauthenticated
	}
	return access.Principal{TenantID: "t", Subject: "api-key:k", Scopes: k.Scopes}, nil
}

func (r *room) Record(_ context.Context, e auditing.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return errors.New("the disk of the database is full")
	}
	r.events = append(r.events, e)
	return nil
}

func (r *room) key(t *testing.T, scope access.Scope) string {
	t.Helper()
	key, _, err := access.NewIssuer(r, r, rand.Reader, func() string { return "k" }, time.Now).
		CreateKey(t.Context(), access.Request{Tenant: "demo", Scopes: []access.Scope{scope}})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestProfilesAreForOperators(t *testing.T) {
	r := &room{keys: map[access.Hash]access.Key{}}
	h := profiling.New("api", access.NewAuthenticator(r, nil, nil, access.Forgetful(time.Now)), r)
	operate, reads := r.key(t, access.Operate), r.key(t, access.Read)
	get := func(path, key string) *httptest.ResponseRecorder {
		w, q := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
		q.Header.Set("X-API-Key", key)
		h.ServeHTTP(w, q)
		return w
	}
	for name, c := range map[string]struct {
		path, key string
		want      int
	}{
		"nobody":            {"/debug/pprof/heap", "", 401},
		"a made-up key":     {"/debug/pprof/heap", "fp_live_x", 401},
		"a reader":          {"/debug/pprof/heap", reads, 403},
		"no such profile":   {"/debug/pprof/cmdline", operate, 404},
		"too long":          {"/debug/pprof/profile?seconds=61", operate, 422},
		"no length":         {"/debug/pprof/profile?seconds=x", operate, 422},
		"nobody, no such":   {"/debug/pprof/cmdline", "", 401},
		"a reader, no such": {"/debug/pprof/", reads, 403},
	} {
		if w := get(c.path, c.key); w.Code != c.want {
			t.Errorf("%s: %d %.80q, want %d", name, w.Code, w.Body, c.want)
		}
	}
	if len(r.events) != 0 {
		t.Errorf("what was refused is recorded as taken: %v", r.events)
	}
	for _, path := range []string{"heap", "goroutine", "profile?seconds=1"} {
		// A profile is a gzipped protocol buffer.
		if w := get("/debug/pprof/"+path, operate); w.Code != 200 || !bytes.HasPrefix(w.Body.Bytes(), []byte{0x1f, 0x8b}) {
			t.Errorf("%s: %d with %d bytes", path, w.Code, w.Body.Len())
		}
	}
	if len(r.events) != 3 || r.events[2].Details["seconds"] != "1" || r.events[0].Action != "profile.taken" {
		t.Errorf("recorded are %+v", r.events)
	}
	r.broken = true
	if w := get("/debug/pprof/heap", operate); w.Code != 503 || bytes.Contains(w.Body.Bytes(), []byte("disk")) {
		t.Errorf("unrecorded: %d %s", w.Code, w.Body)
	}
}

func TestOneProcessorProfileAtATime(t *testing.T) {
	r := &room{keys: map[access.Hash]access.Key{}}
	h := profiling.New("api", access.NewAuthenticator(r, nil, nil, access.Forgetful(time.Now)), r)
	key := r.key(t, access.Operate)
	ctx, cancel := context.WithCancel(t.Context())
	get := func(ctx context.Context) int {
		w, q := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/debug/pprof/profile?seconds=60", nil)
		q.Header.Set("X-API-Key", key)
		h.ServeHTTP(w, q)
		return w.Code
	}
	ended := make(chan int)
	go func() { ended <- get(ctx) }()
	for code := 0; code != http.StatusConflict; {
		r.mu.Lock()
		begun := len(r.events) > 0
		r.mu.Unlock()
		if begun {
			code = get(t.Context())
			if code != http.StatusConflict {
				t.Fatalf("a second one at once: %d", code)
			}
		}
	}
	cancel() // whoever asked is gone, and the profile with him
	if code := <-ended; code != http.StatusOK {
		t.Errorf("the first: %d", code)
	}
}
