package rest

import (
	"net/http"
	"strconv"
	"strings"
)

// asset is a file that never changes while we run, ready to be sent.
type asset struct {
	contentType, keep, tag string
	plain, zipped          []byte // zipped is nil for what is not worth packing
}

func newAsset(contentType, keep string, plain, zipped []byte) asset {
	return asset{contentType: contentType, keep: keep, tag: entityTag(plain), plain: plain, zipped: zipped}
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	body, tag := a.plain, a.tag
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", a.keep)
	if a.zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			// A strong tag stands for bytes, and these are others.
			body, tag = a.zipped, strings.TrimSuffix(a.tag, `"`)+`-gzip"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	if hasTag(r.Header.Values("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client may be gone
}
