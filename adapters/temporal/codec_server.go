package temporal

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"go.temporal.io/sdk/converter"
)

// CodecServer opens payloads for Temporal's web interface, whose browser asks
// here for what the server itself cannot read. It only opens: what a person
// types in there needs no sealing to be understood.
type CodecServer struct {
	Cipher  Cipher
	Token   string   // what a caller must know, as a bearer or as the password of any user
	Origins []string // of the web interface, such as https://temporal.example.com
}

// mostSealed is more than Temporal lets a message be.
const mostSealed = 8 << 20

// Handler answers POST /decode, for every namespace, and GET /, where a browser
// signs in.
func (s CodecServer) Handler() http.Handler {
	decode := converter.NewPayloadCodecHTTPHandler(codec{s.Cipher})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /decode", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, mostSealed)
		decode.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("Signed in: Temporal's interface can show payloads now.\n"))
	})
	return s.shared(s.guarded(mux))
}

// shared lets pages of the known origins call, with the browser's sign-in.
func (s CodecServer) shared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, origin := w.Header(), r.Header.Get("Origin")
		h.Add("Vary", "Origin")
		h.Set("Cache-Control", "no-store")
		if origin != "" && !slices.Contains(s.Origins, origin) {
			http.Error(w, "pages of this origin may not ask; see --origin", http.StatusForbidden)
			return
		}
		if origin != "" {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Allow-Methods", "POST")
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Namespace")
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s CodecServer) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if _, password, basic := r.BasicAuth(); basic {
			token = password
		}
		if s.Token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(s.Token)) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="Payloads of workflows", charset="UTF-8"`)
			http.Error(w, "sign in with the token of TEMPORAL_CODEC_TOKEN as the password", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
