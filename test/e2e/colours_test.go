package e2e_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/adapters/nginx"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

// colours are two of the API behind nginx.
type colours struct {
	*system

	edge    harness.Edge
	slots   nginx.Slots
	redis   string
	running map[string]*devserver.Process
}

func newColours(t *testing.T, workers int) *colours {
	t.Helper()
	dir, _ := leagues(t, 2, 4)
	s := newSystem(t, "DATA="+dir, "AS_OF="+asOf)
	runs := temporal.NewRuns(s.client(t))
	follow(t, runs, begin(t, runs, ingestion.IngestWorkflow))
	edge := harness.Nginx(t, harness.NginxOptions{Deployed: deployed + "nginx", Upstream: "slots/upstream.conf", Workers: workers})
	return &colours{
		system: s, edge: edge, slots: nginx.Slots{Dir: edge.Slots, Count: 20}, redis: harness.Redis(t), running: make(map[string]*devserver.Process),
	}
}

func (c *colours) socket(colour string) string {
	return filepath.Join(filepath.Dir(c.edge.Slots), colour+".sock")
}

// up starts a colour and waits until it is ready.
func (c *colours) up(t *testing.T, colour string) {
	t.Helper()
	if p := c.running[colour]; p != nil {
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	} else {
		port := freePort(t)
		c.running[colour] = c.program(t, "api", port, "REDIS_URL="+c.redis, "HTTP_ADDR=unix:"+c.socket(colour), fmt.Sprintf("METRICS_PORT=%d", port))
	}
}

func (c *colours) down(t *testing.T, colour string) {
	t.Helper()
	if err := c.running[colour].Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// traffic is what clients see of the edge.
type traffic struct {
	done, failed atomic.Int64
	mu           sync.Mutex
	what         map[string]int
	stop         func()
}

// load has 32 clients, each with a connection that it keeps, send GETs and POSTs
// in turn, and 50 more read long answers slowly.
func (c *colours) load(t *testing.T, key string) *traffic {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	tr := &traffic{what: make(map[string]int)}
	var running sync.WaitGroup
	tr.stop = func() { cancel(); running.Wait() }
	for n := range 32 {
		running.Go(func() {
			client := patientClient()
			for ctx.Err() == nil {
				tr.once(ctx, client, c.edge.URL, key, n)
				n++
			}
		})
	}
	for range 50 {
		running.Go(func() {
			client := patientClient()
			for ctx.Err() == nil {
				tr.slowly(ctx, client, c.edge.URL, key)
			}
		})
	}
	return tr
}

// patientClient keeps one connection to the edge, whose certificate is nobody's.
func patientClient() *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		MaxConnsPerHost: 1, MaxIdleConnsPerHost: 1, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
}

// once sends a request: a list, or a POST that is answered alike each time.
func (tr *traffic) once(ctx context.Context, client *http.Client, url, key string, n int) {
	method, path, body, want := http.MethodGet, "/api/v1/competitions", "", http.StatusOK
	if n%2 == 0 {
		method, path, body, want = http.MethodPost, "/api/v1/predictions/batch", `{"predictions":[]}`, http.StatusUnprocessableEntity
	}
	tr.send(ctx, client, method, url+path, key, body, want, func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
}

// slowly reads a long answer to its end, which must be there.
func (tr *traffic) slowly(ctx context.Context, client *http.Client, url, key string) {
	tr.send(ctx, client, http.MethodGet, url+"/api/v1/matches?limit=200", key, "", http.StatusOK, func(r io.Reader) error {
		var whole bytes.Buffer
		for chunk := make([]byte, 8<<10); ; time.Sleep(20 * time.Millisecond) {
			n, err := r.Read(chunk)
			whole.Write(chunk[:n])
			if err == io.EOF {
				var list struct{ Items []json.RawMessage }
				return json.Unmarshal(whole.Bytes(), &list)
			}
			if err != nil {
				return err
			}
		}
	})
}

func (tr *traffic) send(ctx context.Context, client *http.Client, method, url, key, body string, want int, read func(io.Reader) error) {
	// The request outlives the end of the test's load, so that only the edge can
	// break it off.
	request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), method, url, strings.NewReader(body))
	if err != nil {
		tr.fault(err.Error())
		return
	}
	request.Header.Set("X-API-Key", key)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		tr.fault(err.Error())
		return
	}
	defer func() { _ = response.Body.Close() }()
	switch err := read(response.Body); {
	case err != nil:
		tr.fault(method + " was cut off: " + err.Error())
	case response.StatusCode != want:
		tr.fault(fmt.Sprintf("%s %s is answered %d", method, request.URL.Path, response.StatusCode))
	default:
		tr.done.Add(1)
	}
}

func (tr *traffic) fault(what string) {
	tr.failed.Add(1)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.what[what]++
}

// switchColours goes back and forth: the other colour is started and ready, all
// slots lead to it, and the one before is stopped, which drains.
func switchColours(t *testing.T, times, workers int) {
	t.Helper()
	c := newColours(t, workers)
	key := c.newKey(t, access.Predict)
	c.admin(t, `WITH more AS (UPDATE tenants SET limit_api_calls = 1000000000 RETURNING 1) SELECT count(*) FROM more`)
	now, other := "blue", "green"
	c.up(t, now)
	if err := c.slots.Point(20, c.socket(now), ""); err != nil {
		t.Fatal(err)
	}
	tr := c.load(t, key)
	for range times {
		c.up(t, other)
		before := tr.done.Load()
		if err := c.slots.Point(20, c.socket(other), c.socket(now)); err != nil {
			t.Fatal(err)
		}
		c.down(t, now)
		waitFor(t, "requests by the other colour", func() bool { return tr.done.Load() > before+100 })
		now, other = other, now
	}
	tr.stop()
	t.Logf("%d requests over %d cutovers, by %d workers of nginx", tr.done.Load(), times, workers)
	if tr.failed.Load() > 0 {
		t.Errorf("%d requests failed: %v", tr.failed.Load(), tr.what)
	}
}

func TestSwitchingColoursLosesNoRequest(t *testing.T) {
	t.Parallel()
	switchColours(t, 10, 2)
}
