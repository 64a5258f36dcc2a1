package rest

import "net/http"

// answerPolicy lets a browser that shows an answer load nothing at all.
const answerPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// secured sets what every answer says to browsers. Strict-Transport-Security
// is left to the proxy that ends TLS.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", answerPolicy)
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
