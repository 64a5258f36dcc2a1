package rest

import (
	"fmt"
	"net/http"

	"go.uber.org/zap"
)

// recovered turns a panic into a bare 500 and logs it with its stack. Answers
// are buffered, so nothing of a broken one has left yet.
func recovered(log *zap.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				caught := recover()
				switch caught {
				case nil:
				case http.ErrAbortHandler: // net/http compares it so, and a panic's value is no error
					panic(caught)
				default:
					log.Error("request panicked",
						zap.String("request_id", exchangeOf(r.Context()).id),
						zap.String("route", routeOf(r)),
						zap.String("panic", clipped(fmt.Sprint(caught), 1024)),
						zap.Stack("stack"))
					writeProblem(w, r, internalProblem())
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}
