package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// apiPort is where people expect the API.
const apiPort = 8000

// service is one of our own binaries, running.
type service struct {
	*devserver.Process
	port, metrics int // port is 0 unless it serves HTTP
}

func (s *service) url() string        { return "http://127.0.0.1:" + strconv.Itoa(s.port) }
func (s *service) metricsURL() string { return fmt.Sprintf("http://127.0.0.1:%d/metrics", s.metrics) }

// lastWords is the end of the service's log, as an error, or nil.
func (s *service) lastWords() error {
	if s == nil || s.Tail() == "" {
		return nil
	}
	return fmt.Errorf("  the end of %s:\n    %s", s.LogPath(), strings.ReplaceAll(s.Tail(), "\n", "\n    "))
}

// startServices starts the worker and the API under the supervisor.
func (s *stack) startServices(ctx context.Context) error {
	err := s.console.step("Starting the worker", func() (err error) {
		s.worker, err = s.startService(ctx, "worker", 0, func(_, metrics int) func(context.Context) error {
			return func(ctx context.Context) error { return listens(ctx, metrics) }
		})
		return err
	})
	if err != nil {
		return err
	}
	return s.console.step("Starting the API", func() (err error) {
		s.api, err = s.startService(ctx, "api", apiPort, func(port, _ int) func(context.Context) error {
			return func(ctx context.Context) error { return s.healthy(ctx, port) }
		})
		return err
	})
}

func (s *stack) startService(ctx context.Context, name string, preferred int, ready func(port, metrics int) func(context.Context) error) (*service, error) {
	choose := func() ([]int, error) { return devserver.FreePorts(preferred, 0) }
	process, ports, err := devserver.StartOnPorts(ctx, choose, func(ports []int) devserver.Spec {
		return devserver.Spec{
			Name: name, Path: s.binary(name), Dir: s.settings.root, Log: s.room.in(name + ".log"),
			Env:   s.environment("HTTP_ADDR=127.0.0.1:"+strconv.Itoa(ports[0]), "METRICS_PORT="+strconv.Itoa(ports[1])),
			Ready: ready(ports[0], ports[1]), Grace: 30 * time.Second,
		}
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: run `make build`", err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w\n  its log is %s", err, s.room.in(name+".log"))
	}
	return &service{Process: process, port: ports[0], metrics: ports[1]}, s.supervisor.Start(ctx, process)
}

func (s *stack) binary(name string) string { return filepath.Join(s.settings.root, "bin", name) }

func listens(ctx context.Context, port int) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	return conn.Close()
}

func (s *stack) healthy(ctx context.Context, port int) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	address := fmt.Sprintf("http://127.0.0.1:%d/health/ready", port)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := s.http.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, response.Status)
	}
	return nil
}

// environment is what every program of ours is told, with extra behind it. What
// we set replaces what we were given, be it NAME or NAME_FILE.
func (s *stack) environment(extra ...string) []string {
	p := s.secrets.Passwords
	ours := append([]string{
		"ENV=development", "LOG_LEVEL=INFO", "DATA=" + s.source, "AS_OF=" + s.settings.asOf,
		"DATABASE_URL=" + s.databaseURL("football_app", p.App),
		"MIGRATE_DATABASE_URL=" + s.databaseURL("football_owner", p.Owner),
		"BACKUP_DATABASE_URL=" + s.databaseURL("football_backup", p.Backup),
		"RESTORE_DATABASE_URL=" + s.databaseURL("football_restore", p.Restore),
		"REDIS_URL=" + s.redis.URL(), "TEMPORAL_ADDRESS=" + s.temporal.Address(), "TEMPORAL_NAMESPACE=" + temporalNamespace,
		"TEMPORAL_UI_URL=" + s.temporal.UIURL(), "ALERTMANAGER_TOKEN=" + s.secrets.Hook,
		"SECRET_KEY=" + s.secrets.Secret, "JWT_SECRET_KEY_FILE=" + s.tokenFile(), "ENCRYPTION_KEY_FILE=" + s.keyFile(), "UPLOADS_DIR=" + s.room.in("uploads"),
		"BACKUP_DIR=" + s.backupDir(), "BACKUP_KEY_FILE=" + s.backupKeyFile(),
	}, extra...)
	return replaceVariables(os.Environ(), ours)
}

func replaceVariables(given, ours []string) []string {
	set := map[string]bool{}
	for _, pair := range ours {
		name, _, _ := strings.Cut(pair, "=")
		value := strings.TrimSuffix(name, "_FILE")
		set[value], set[value+"_FILE"] = true, true
	}
	var all []string
	for _, pair := range given {
		if name, _, _ := strings.Cut(pair, "="); !set[name] {
			all = append(all, pair)
		}
	}
	return append(all, ours...)
}
