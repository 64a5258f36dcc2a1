package rest

import (
	"maps"
	"net/http"
)

// answerPolicy lets a browser that shows an answer load nothing at all.
const answerPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// safeguards are what every answer says to browsers. Strict-Transport-Security
// is left to the proxy that ends TLS.
var safeguards = map[string][]string{
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"},
	"Referrer-Policy":              {"no-referrer"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Content-Security-Policy":      {answerPolicy},
}

// secured sets the safeguards. All answers share their values, which spares a
// piece of memory for each; whoever sets another puts a new value in its place.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), safeguards)
		next.ServeHTTP(w, r)
	})
}

// What caches may do with an answer.
const (
	keepNothing   = "no-store"
	keepPrivately = "private, no-cache"   // the caller's own cache, asking each time
	keepAtEdge    = "public, max-age=300" // documentation
	keepForever   = "public, max-age=604800"
)
