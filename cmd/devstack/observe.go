package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/football-prediction/football-prediction/adapters/devserver"
)

// Where people expect Prometheus and Alertmanager.
const (
	prometheusPort   = 9090
	alertmanagerPort = 9093
)

// alerting sends everything to the platform itself: here is nobody to wake.
const alerting = `route: {receiver: platform, group_by: [alertname, component], group_wait: 5s, group_interval: 1m, repeat_interval: 1h}
receivers:
  - name: platform
    webhook_configs:
      - {url: '%s/api/v1/hooks/alertmanager', send_resolved: true, http_config: {authorization: {credentials_file: hook_token}}}
`

// observe starts Prometheus and Alertmanager on the deployed rules, where
// OBSERVE=1 asks for them and they are installed.
func (s *stack) observe(ctx context.Context) error {
	if !s.settings.observe {
		return nil
	}
	err := s.console.step("Starting Prometheus and Alertmanager", func() error {
		return errors.Join(s.startAlertmanager(ctx), s.startPrometheus(ctx))
	})
	if errors.Is(err, devserver.ErrMissing) {
		s.console.note("  " + err.Error() + "\n  OBSERVE=1 needs them; everything else goes on without.")
		return nil
	}
	return err
}

func (s *stack) startAlertmanager(ctx context.Context) error {
	dir := s.room.in("alertmanager")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, text := range map[string]string{"alertmanager.yml": fmt.Sprintf(alerting, s.api.url()), "hook_token": s.secrets.Hook} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	started, err := devserver.StartAlertmanager(ctx, dir, alertmanagerPort)
	if err != nil {
		return err
	}
	s.alertmanager = started
	return s.supervisor.Start(ctx, started)
}

func (s *stack) startPrometheus(ctx context.Context) error {
	targets := map[string][]devserver.Target{
		"football-prediction": {
			{Targets: []string{hostOf(s.api.metricsURL())}, Labels: map[string]string{"component": "api"}},
			{Targets: []string{hostOf(s.worker.metricsURL())}, Labels: map[string]string{"component": "worker"}},
		},
		"temporal": {{Targets: []string{s.temporal.MetricsAddress()}}},
	}
	if s.alertmanager != nil {
		targets["alertmanager"] = []devserver.Target{{Targets: []string{s.alertmanager.Address()}}}
	}
	started, err := devserver.StartPrometheus(ctx, devserver.PrometheusOptions{
		Dir: s.room.in("prometheus"), Deployed: filepath.Join(s.settings.root, "deploy", "prometheus"), Port: prometheusPort, Targets: targets,
	})
	if err != nil {
		return err
	}
	s.prometheus = started
	return s.supervisor.Start(ctx, started)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// watchers says where they are, in the words of the summary.
func (s *stack) watchers() (lines string) {
	if s.prometheus != nil {
		lines += "\n  Prometheus     " + s.prometheus.URL()
	}
	if s.alertmanager != nil {
		lines += "\n  Alertmanager   " + s.alertmanager.URL()
	}
	return lines
}
