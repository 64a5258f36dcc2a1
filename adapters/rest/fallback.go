package rest

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

func notFound(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, r, problem(http.StatusNotFound, "route.unknown", "there is nothing at this address; see /docs"))
}

// methods are those that a route may have, in the order that Allow lists them.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// methodNotAllowed says which methods the address does have.
func methodNotAllowed(routes chi.Routes) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, m := range methods {
			lookup := m
			if m == http.MethodHead {
				lookup = http.MethodGet // every GET answers HEAD too
			}
			if routes.Match(chi.NewRouteContext(), lookup, r.URL.Path) {
				allowed = append(allowed, m)
			}
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeProblem(w, r, problem(http.StatusMethodNotAllowed, "method.not_allowed", "this address does not take the method "+clipped(r.Method, 32)))
	}
}
