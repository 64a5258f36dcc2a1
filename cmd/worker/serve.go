package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// metrics are what a worker counts.
type metrics struct {
	registry *prometheus.Registry
	runs     *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "workflow_runs_total", Help: "Workflow runs that ended, by type and outcome.",
		}, []string{"workflow", "outcome"}),
	}
	m.registry.MustRegister(m.runs, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(workflow, outcome string) { m.runs.WithLabelValues(workflow, outcome).Inc() }

// handler answers whether the process lives and, when asked for, its metrics.
func (m *metrics) handler(exposed bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"status":"ok"}` + "\n"))
	})
	if exposed {
		mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	}
	return mux
}

// serve answers for the process on METRICS_PORT.
func serve(lc fx.Lifecycle, stop fx.Shutdowner, c config.Config, m *metrics, log *zap.Logger) {
	server := &http.Server{Handler: m.handler(c.PrometheusEnabled), ReadHeaderTimeout: 5 * time.Second}
	lc.Append(fx.Hook{
		OnStart: func(ctx context.Context) error {
			listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", ":"+strconv.Itoa(c.MetricsPort))
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
