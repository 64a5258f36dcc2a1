package rest

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
)

// buffered holds an answer back until it is whole, so that a panic half-way
// sends nothing of it, and so that its entity tag and length are known. Every
// answer it holds is bounded by the size of a page.
func buffered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held, _ := buffers.Get().(*bytes.Buffer)
		defer release(held)
		answer := &heldWriter{ResponseWriter: w, body: held, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		answer.send(r)
	})
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled keeps one large answer from holding its memory for ever.
const maxPooled = 1 << 20

func release(b *bytes.Buffer) {
	if b.Cap() <= maxPooled {
		b.Reset()
		buffers.Put(b)
	}
}

type heldWriter struct {
	http.ResponseWriter
	body   *bytes.Buffer
	status int
}

func (w *heldWriter) WriteHeader(status int)      { w.status = status }
func (w *heldWriter) Write(p []byte) (int, error) { return w.body.Write(p) }

// Unwrap lets [http.ResponseController] reach the connection.
func (w *heldWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// send lets the answer go, or says that the caller has it already.
func (w *heldWriter) send(r *http.Request) {
	h := w.Header()
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if reads && w.status == http.StatusOK && h.Get("Cache-Control") != keepNothing {
		if h.Get("ETag") == "" {
			h.Set("ETag", entityTag(w.body.Bytes()))
		}
		if hasTag(r.Header.Values("If-None-Match"), h.Get("ETag")) {
			h.Del("Content-Type")
			w.ResponseWriter.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if w.status == http.StatusNoContent {
		w.ResponseWriter.WriteHeader(w.status)
		return
	}
	h.Set("Content-Length", strconv.Itoa(w.body.Len()))
	w.ResponseWriter.WriteHeader(w.status)
	_, _ = w.ResponseWriter.Write(w.body.Bytes()) // the client may be gone
}
