package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/profiling"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/adapters/rest"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

const (
	// drainDelay is how long requests are still taken after readiness has
	// gone, so that a balancer sees it before connections are refused.
	drainDelay = 300 * time.Millisecond
	// proxyDelay is the same behind a proxy that keeps connections. A request that it
	// sends on one while we close it is lost, unless it may be repeated: so it is
	// told to close them, and closes those that are idle by itself, within a second
	// as deploy/nginx has it, before we do.
	proxyDelay = 2500 * time.Millisecond

	maxHeader = 64 << 10
)

// serve answers on HTTP_ADDR, over TLS when a certificate is configured.
func serve(lc fx.Lifecycle, stop fx.Shutdowner, c config.Config, api *rest.API, log *zap.Logger) error {
	encrypted, err := tlsOf(c, log)
	if err != nil {
		return err
	}
	server := newServer(api, log)
	server.TLSConfig = encrypted
	network, address := c.HTTPAddr.Network()
	l := listening{name: "api", network: network, address: address, server: server, stop: stop, log: log}
	delay := drainDelay
	if network == "unix" || len(c.TrustedProxies) > 0 {
		delay = proxyDelay
	}
	lc.Append(fx.Hook{OnStart: l.start, OnStop: func(ctx context.Context) error {
		api.Drain()
		select {
		case <-time.After(delay):
		case <-ctx.Done():
		}
		return l.shutdown(ctx)
	}})
	return nil
}

// serveMetrics answers on METRICS_PORT when that is not the API's own: metrics,
// unless they are turned off, and profiles for operators.
func serveMetrics(lc fx.Lifecycle, stop fx.Shutdowner, c config.Config, r *prom.Registry, profiles *profiling.Handler, log *zap.Logger) {
	address, shared := c.MetricsAddr()
	if shared {
		return
	}
	mux := http.NewServeMux()
	if c.PrometheusEnabled {
		mux.Handle("GET /metrics", prometheus.Handler(r))
	}
	mux.Handle("GET "+profiling.Path, profiles)
	l := listening{name: "metrics", network: "tcp", address: address, server: newServer(mux, log), stop: stop, log: log}
	lc.Append(fx.Hook{OnStart: l.start, OnStop: l.shutdown})
}

func newServer(h http.Handler, log *zap.Logger) *http.Server {
	s := &http.Server{
		Handler: h, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	if complaints, err := zap.NewStdLogAt(log, zap.WarnLevel); err == nil {
		s.ErrorLog = complaints
	}
	return s
}

func tlsOf(c config.Config, log *zap.Logger) (*tls.Config, error) {
	if c.SSLCertPath == "" {
		return nil, nil
	}
	files, err := openCertificate(string(c.SSLCertPath), string(c.SSLKeyPath), log)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.get}, nil
}

// listening is a server and where it listens.
type listening struct {
	name, network, address string
	server                 *http.Server
	stop                   fx.Shutdowner
	log                    *zap.Logger
}

// start returns once the port is ours.
func (l listening) start(ctx context.Context) error {
	listener, err := l.listen(ctx)
	if err != nil {
		return fmt.Errorf("listen for %s: %w", l.name, err)
	}
	l.log.Info("listening", zap.String("for", l.name), zap.String("address", listener.Addr().String()))
	go func() {
		if err := l.serve(listener); !errors.Is(err, http.ErrServerClosed) {
			l.log.Error("server broke down", zap.String("for", l.name), zap.Error(err))
			_ = l.stop.Shutdown(fx.ExitCode(1)) // it fails only when stopping is under way
		}
	}()
	return nil
}

// socketMode lets the proxy in by its group, and nobody else.
const socketMode = 0o660

// listen takes the place of a socket that nobody answers at any more: a process
// that was killed leaves its file.
func (l listening) listen(ctx context.Context) (net.Listener, error) {
	if l.network != "unix" {
		return (&net.ListenConfig{}).Listen(ctx, l.network, l.address)
	}
	if conn, err := (&net.Dialer{}).DialContext(ctx, l.network, l.address); err == nil {
		_ = conn.Close()
		return nil, fmt.Errorf("somebody answers at %s already", l.address)
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		if err := os.Remove(l.address); err != nil {
			return nil, err
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, l.network, l.address)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(l.address, socketMode); err != nil {
		_ = listener.Close()
		return nil, err
	}
	return listener, nil
}

func (l listening) serve(listener net.Listener) error {
	if l.server.TLSConfig != nil {
		return l.server.ServeTLS(listener, "", "")
	}
	return l.server.Serve(listener)
}

// shutdown lets requests under way finish, and cuts off what is left when ctx
// ends.
func (l listening) shutdown(ctx context.Context) error {
	if err := l.server.Shutdown(ctx); err != nil {
		_ = l.server.Close() // what it says is known already
		return fmt.Errorf("drain %s: %w", l.name, err)
	}
	return nil
}
