// Command illapi is an API that is ill in a way that its release's name says. All
// that it does right, it lets the other colour do.
package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	path, _ := strings.CutPrefix(os.Getenv("HTTP_ADDR"), "unix:")
	other := strings.Replace(path, "green.sock", "blue.sock", 1)
	if other == path {
		other = strings.Replace(path, "blue.sock", "green.sock", 1)
	}
	program, _ := os.Executable()
	illness := filepath.Base(filepath.Dir(filepath.Dir(program)))
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "localhost"})
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", other)
	}}
	var n atomic.Int64
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probed := r.Host == "localhost" // not by a client
		switch {
		case illness == "never-ready" && strings.HasPrefix(r.URL.Path, "/health"):
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case illness == "fails-some" && !probed && n.Add(1)%20 == 0:
			w.WriteHeader(http.StatusInternalServerError)
			return
		case illness == "slow" && !probed:
			time.Sleep(700 * time.Millisecond)
		case illness == "dies" && !probed && n.Add(1) > 30:
			os.Exit(3)
		}
		proxy.ServeHTTP(w, r)
	})}
	listener, err := net.Listen("unix", path)
	if err != nil {
		panic(err)
	}
	_ = os.Chmod(path, 0o666)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() { <-stop; _ = server.Shutdown(context.Background()) }()
	_ = server.Serve(listener)
}
