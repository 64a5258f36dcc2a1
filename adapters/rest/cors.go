package rest

import (
	"net/http"

	"github.com/rs/cors"
)

// crossOrigin lets pages of these origins call the API (WHATWG Fetch, 3.2).
// Credentials travel in headers that a page sets itself, so that browsers need
// add none: a cookie would be forged as easily as it is sent.
func crossOrigin(origins []string) func(http.Handler) http.Handler {
	if len(origins) == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{tokenHeader, keyHeader, "Content-Type", "If-Match", "If-None-Match", repeatHeader, requestIDHeader},
		ExposedHeaders: []string{"ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", requestIDHeader, againHeader},
		MaxAge:         600,
	}).Handler
}
