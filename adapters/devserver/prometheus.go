package devserver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Target is something that Prometheus scrapes, with its labels. JSON is YAML.
type Target struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels,omitempty"`
}

// PrometheusOptions say what to watch. Dir and Deployed are needed.
type PrometheusOptions struct {
	Dir      string // keeps configuration, data and the log
	Deployed string // the folder of the configuration: deploy/prometheus
	Port     int    // preferred
	// Every replaces how often is scraped and evaluated; 0 leaves it.
	Every time.Duration
	// Targets are the files in targets/ by name, without their ending. Those that
	// are not given are empty: nothing of that kind is here.
	Targets map[string][]Target
	// Edit changes the text of each rule file, when it is set.
	Edit func(text string) string
}

// interval finds what [PrometheusOptions.Every] replaces.
var interval = regexp.MustCompile(`(scrape|evaluation)_interval: \S+|scrape_timeout: \S+`)

// StartPrometheus starts a server on the deployed configuration with other
// targets.
func StartPrometheus(ctx context.Context, o PrometheusOptions) (*Monitor, error) {
	path, err := FindMonitor("prometheus", "prometheus")
	if err != nil {
		return nil, err
	}
	if err := o.write(); err != nil {
		return nil, fmt.Errorf("prepare Prometheus: %w", err)
	}
	return StartMonitor(ctx, MonitorOptions{
		Name: "prometheus", Path: path, Dir: o.Dir, Port: o.Port, Ready: "/-/ready",
		Args: func(address string) []string {
			// It watches itself where it turns out to listen.
			_ = o.target("prometheus", []Target{{Targets: []string{address}}})
			return []string{
				"--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address=" + address,
				"--storage.tsdb.retention.time=15d", "--web.enable-lifecycle", "--log.level=warn",
			}
		},
	})
}

func (o PrometheusOptions) write() error {
	for _, folder := range []string{"rules", "targets"} {
		if err := os.MkdirAll(filepath.Join(o.Dir, folder), 0o700); err != nil {
			return err
		}
	}
	config, err := os.ReadFile(filepath.Join(o.Deployed, "prometheus.yml"))
	if err != nil {
		return err
	}
	if o.Every > 0 {
		config = interval.ReplaceAllFunc(config, func(found []byte) []byte {
			name, _, _ := bytes.Cut(found, []byte(":"))
			return fmt.Appendf(nil, "%s: %s", name, o.Every)
		})
	}
	if err := os.WriteFile(filepath.Join(o.Dir, "prometheus.yml"), config, 0o600); err != nil {
		return err
	}
	rules, err := filepath.Glob(filepath.Join(o.Deployed, "rules", "*.yml"))
	if err != nil {
		return err
	}
	if len(rules) == 0 {
		return fmt.Errorf("no rules in %s", o.Deployed)
	}
	for _, rule := range rules {
		text, err := os.ReadFile(rule)
		if err != nil {
			return err
		}
		if o.Edit != nil {
			text = []byte(o.Edit(string(text)))
		}
		if err := os.WriteFile(filepath.Join(o.Dir, "rules", filepath.Base(rule)), text, 0o600); err != nil {
			return err
		}
	}
	deployed, err := filepath.Glob(filepath.Join(o.Deployed, "targets", "*.yml"))
	if err != nil {
		return err
	}
	for _, file := range deployed {
		name := filepath.Base(file[:len(file)-len(filepath.Ext(file))])
		if err := o.target(name, o.Targets[name]); err != nil {
			return err
		}
	}
	return nil
}

// target writes a file that Prometheus reads again when it changes.
func (o PrometheusOptions) target(name string, targets []Target) error {
	if targets == nil {
		targets = []Target{}
	}
	text, err := json.Marshal(targets)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.Dir, "targets", name+".yml"), text, 0o600)
}

// StartAlertmanager starts a server on alertmanager.yml in dir.
func StartAlertmanager(ctx context.Context, dir string, port int) (*Monitor, error) {
	path, err := FindMonitor("prometheus-alertmanager", "prometheus-alertmanager")
	if err != nil {
		// Elsewhere than on Debian it has its own name.
		if path, err = FindMonitor("alertmanager", "prometheus-alertmanager"); err != nil {
			return nil, err
		}
	}
	return StartMonitor(ctx, MonitorOptions{
		Name: "alertmanager", Path: path, Dir: dir, Port: port, Ready: "/-/ready",
		Args: func(address string) []string {
			return []string{
				"--config.file=alertmanager.yml", "--storage.path=data", "--web.listen-address=" + address,
				"--cluster.listen-address=", "--log.level=warn",
			}
		},
	})
}
