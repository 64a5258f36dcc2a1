package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
)

const requestIDHeader = "X-Request-ID"

// requestIDField is the header's name as net/http keeps it; making it of the
// other costs a piece of memory each time.
var requestIDField = http.CanonicalHeaderKey(requestIDHeader)

// maxRequestID bounds what a caller may make us log and echo.
const maxRequestID = 128

// exchange is what is known of a request beside its words: middlewares and
// operations fill it in, the log reads it.
type exchange struct {
	id     string
	tenant string
	remote string // who sent it, behind trusted proxies
	// retryAfter is when to come back, when the answer refuses.
	retryAfter time.Duration
}

type exchangeKey struct{}

// identified gives each request an id: the caller's own, when it is fit to be
// logged, else a new one. The answer carries it.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &exchange{id: r.Header.Get(requestIDField)}
		if !validRequestID(e.id) {
			e.id = newRequestID()
		}
		w.Header()[requestIDField] = []string{e.id}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, e)))
	})
}

func exchangeOf(ctx context.Context) *exchange {
	if e, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return e
	}
	return &exchange{}
}

func newRequestID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil.String()
	}
	return id.String()
}

// validRequestID keeps to characters that are safe in a header, a log and a
// URN alike.
func validRequestID(id string) bool {
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return id != "" && len(id) <= maxRequestID
}
