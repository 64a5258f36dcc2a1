package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/probe"
	"github.com/football-prediction/football-prediction/test/harness"
)

// Behind a proxy on the same machine the API listens on a socket. It takes the
// place of one that a killed process left, and not that of one that answers; and
// it is gone when it ends.
func TestTheAPIListensOnASocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "blue.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	must(t, err)
	left.SetUnlinkOnClose(false)
	must(t, left.Close())

	database, cache := harness.Postgres(t), harness.Redis(t)
	start := func() (*fx.App, error) {
		c, err := config.Load([]string{
			"HTTP_ADDR=unix:" + path, "METRICS_PORT=0", "DATABASE_URL=" + database.AppURL, "REDIS_URL=" + cache, "TEMPORAL_ADDRESS=127.0.0.1:1", "LOG_LEVEL=error",
		}, config.ForAPI)
		must(t, err)
		app := fx.New(options(c), fx.NopLogger)
		ctx, cancel := withTimeout(time.Minute)
		defer cancel()
		return app, app.Start(ctx)
	}
	app, err := start()
	must(t, err)
	about, err := os.Stat(path)
	must(t, err)
	if about.Mode().Perm() != 0o660 {
		t.Errorf("the socket has mode %v", about.Mode())
	}
	if err := probe.Ask(t.Context(), probe.Target{Socket: path, Path: "/health/ready", Want: http.StatusOK}); err != nil {
		t.Error(err)
	}
	if _, err := start(); err == nil || !strings.Contains(err.Error(), "somebody answers at") {
		t.Errorf("a second one: %v", err)
	}
	ctx, cancel := withTimeout(time.Minute)
	defer cancel()
	must(t, app.Stop(ctx))
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is left: %v", err)
	}
}
