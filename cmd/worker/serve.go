package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/alertmanager"
	"github.com/football-prediction/football-prediction/adapters/profiling"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/ports/responding"
)

// handler answers whether the process lives, takes in alerts, which must not
// depend on the API, and has profiles for operators and, when asked for, metrics.
func handler(r *prom.Registry, exposed bool, profiles, hook http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"status":"ok"}` + "\n"))
	})
	if exposed {
		mux.Handle("GET /metrics", prometheus.Handler(r))
	}
	mux.Handle("GET "+profiling.Path, profiles)
	mux.Handle(alertmanager.PathOnWorker, hook)
	return mux
}

// serve answers for the process on METRICS_PORT, on the host of HTTP_ADDR.
func serve(lc fx.Lifecycle, stop fx.Shutdowner, c config.Config, r *prom.Registry, profiles *profiling.Handler, hook *responding.Hook, log *zap.Logger) {
	server := &http.Server{Handler: handler(r, c.PrometheusEnabled, profiles, core.AlertHook(c, hook, log)), ReadHeaderTimeout: 5 * time.Second}
	lc.Append(fx.Hook{
		OnStart: func(ctx context.Context) error {
			address, _ := c.MetricsAddr()
			listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
			if err != nil {
				return err
			}
			log.Info("health and metrics are served", zap.String("address", listener.Addr().String()))
			go func() {
				if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
					log.Error("health and metrics are served no more", zap.Error(err))
					_ = stop.Shutdown(fx.ExitCode(1))
				}
			}()
			return nil
		},
		OnStop: server.Shutdown,
	})
}
