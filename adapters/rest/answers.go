package rest

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/domain"
)

const (
	// keptFor is how long an answer may be told again: a forecast that changes
	// shows within a second.
	keptFor = time.Second
	// maxKept and maxKeptBytes bound the memory: 64 MiB at the very most.
	maxKept      = 1024
	maxKeptBytes = 64 << 10
)

// answers remembers, for a moment and ready to be sent, what shared operations
// answered. It stands behind the check of credentials and holds nothing that
// depends on who asks.
type answers struct {
	now      domain.Clock
	observer Observer

	mu   sync.RWMutex
	kept map[string]answer
}

type answer struct {
	body      []byte
	tag, link string
	until     time.Time
}

func newAnswers(now domain.Clock, observer Observer) *answers {
	return &answers{now: now, observer: observer, kept: make(map[string]answer)}
}

// serve is a middleware.
func (a *answers) serve(ctx huma.Context, next func(huma.Context)) {
	if shared, _ := ctx.Operation().Metadata[sharedKey].(bool); !shared {
		next(ctx)
		return
	}
	address := ctx.URL()
	key := address.EscapedPath() + "?" + address.RawQuery
	found, hit := a.find(key)
	a.observer.Cache("answers", hit)
	if hit {
		found.tell(ctx)
		return
	}
	recorder := &recording{humaContext: ctx, status: http.StatusOK}
	next(recorder)
	if recorder.status == http.StatusOK && recorder.body.Len() <= maxKeptBytes {
		a.keep(key, answer{body: recorder.body.Bytes(), tag: entityTag(recorder.body.Bytes()), link: recorder.link})
	}
}

func (a *answers) find(key string) (answer, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	found, ok := a.kept[key]
	return found, ok && a.now().Before(found.until)
}

func (a *answers) keep(key string, made answer) {
	made.until = a.now().Add(keptFor)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) >= maxKept {
		clear(a.kept)
	}
	a.kept[key] = made
}

// forget is called after a change.
func (a *answers) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.kept)
}

func (found answer) tell(ctx huma.Context) {
	ctx.SetHeader("Content-Type", "application/json")
	ctx.SetHeader("ETag", found.tag)
	if found.link != "" {
		ctx.SetHeader("Link", found.link)
	}
	ctx.SetStatus(http.StatusOK)
	_, _ = ctx.BodyWriter().Write(found.body) // it is buffered
}

// humaContext lets a type embed the interface without its field hiding the
// method of that name.
type humaContext = huma.Context

// recording writes an answer and remembers it.
type recording struct {
	humaContext
	status int
	link   string
	body   bytes.Buffer
}

func (r *recording) SetStatus(status int) {
	r.status = status
	r.humaContext.SetStatus(status)
}

func (r *recording) SetHeader(name, value string) {
	if name == "Link" {
		r.link = value
	}
	r.humaContext.SetHeader(name, value)
}

func (r *recording) BodyWriter() io.Writer {
	return io.MultiWriter(r.humaContext.BodyWriter(), &r.body)
}
