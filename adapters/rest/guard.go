package rest

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
)

// maxURL bounds a request's target; two hundred ids take 7,400 bytes.
const maxURL = 16 << 10

// wellFormed refuses targets that no operation has a use for and databases
// choke on: too long, not UTF-8, with control characters.
func wellFormed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path)+len(r.URL.RawQuery) > maxURL {
			writeProblem(w, r, problem(http.StatusRequestURITooLong, "request.uri_too_long", "the request's address is too long"))
			return
		}
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil || !clean(r.URL.Path) || !cleanQuery(query) {
			writeProblem(w, r, problem(http.StatusBadRequest, "request.malformed",
				"the request's address must be percent-encoded UTF-8 without control characters"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func cleanQuery(query url.Values) bool {
	for name, values := range query {
		if !clean(name) {
			return false
		}
		for _, v := range values {
			if !clean(v) {
				return false
			}
		}
	}
	return true
}

func clean(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, unicode.IsControl) < 0
}

// hosted refuses requests for names that are not ours, which protects those
// who build links from the Host header. Liveness is asked by address.
func hosted(allowed []string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !hostAllowed(allowed, r.Host) && !strings.HasPrefix(r.URL.Path, "/health") {
				writeProblem(w, r, problem(http.StatusMisdirectedRequest, "request.host", "this server does not answer for the host that was asked for"))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func hostAllowed(allowed []string, host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, a := range allowed {
		a = strings.ToLower(a)
		below, wild := strings.CutPrefix(a, "*")
		if a == "*" || a == host || wild && strings.HasPrefix(below, ".") && strings.HasSuffix(host, below) {
			return true
		}
	}
	return len(allowed) == 0
}

// headed answers HEAD as GET is, of whose answer net/http leaves the body out (RFC
// 9110, section 9.3.2). No route is for HEAD. The router's own middleware for that
// brings net/http/pprof along, which makes profiles part of every program.
func headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route := chi.RouteContext(r.Context()); route != nil && r.Method == http.MethodHead {
			route.RouteMethod = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// deadlined bounds the work on one request.
func deadlined(timeout time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), timeout)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}
