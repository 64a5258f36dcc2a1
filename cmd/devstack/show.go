package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// temporalNamespace is the one that Temporal's development server begins with.
const temporalNamespace = "default"

// runFile is what .data/run.json tells tools while everything is up.
type runFile struct {
	APIURL          string `json:"api_url"`
	DocsURL         string `json:"docs_url"`
	TemporalUIURL   string `json:"temporal_ui_url"`
	TemporalAddress string `json:"temporal_address"`
	// TemporalNamespace and OwnerDatabaseURL are what an operator needs beside
	// what services do.
	TemporalNamespace string            `json:"temporal_namespace"`
	DatabaseURL       string            `json:"database_url"`
	KeyFile           string            `json:"encryption_key_file"`
	TokenFile         string            `json:"jwt_secret_key_file"`
	OwnerDatabaseURL  string            `json:"owner_database_url"`
	BackupDatabaseURL string            `json:"backup_database_url"`
	RestoreURL        string            `json:"restore_database_url"`
	BackupDir         string            `json:"backup_dir"`
	BackupKeyFile     string            `json:"backup_key_file"`
	RedisURL          string            `json:"redis_url"`
	MetricsURLs       map[string]string `json:"metrics_urls"`
	PrometheusURL     string            `json:"prometheus_url,omitempty"`
	AlertmanagerURL   string            `json:"alertmanager_url,omitempty"`
	SignIn            signIn            `json:"sign_in"`
	APIKey            string            `json:"api_key"`
	Data              string            `json:"data"`
	AsOf              string            `json:"as_of"`
	PID               int               `json:"pid"`
	StartedAt         time.Time         `json:"started_at"`
}

type signIn struct {
	Tenant   string `json:"tenant"`
	Email    string `json:"email"`
	Password string `json:"password"`
	APIKey   string `json:"api_key"`
}

// show prints the forecasts and where everything is, and writes the run file.
func (s *stack) show(ctx context.Context) error {
	forecasts, err := s.forecasts(ctx)
	if err != nil {
		return joinFailure(err, s.api)
	}
	facts := s.facts()
	if err := writePrivately(s.runPath(), facts); err != nil {
		return fmt.Errorf("write %s: %w", s.runPath(), err)
	}
	s.console.note("")
	if len(forecasts) == 0 {
		s.console.note("The data holds no coming fixtures. AS_OF=YYYY-MM-DD goes back to a day that had some.")
	} else {
		printForecasts(s.console.out, forecasts)
	}
	s.console.note(fmt.Sprintf(`
  API            %s
  Documentation  %s
  Temporal       %s
  Metrics        %s (API), %s (worker)%s
  Sign-in        tenant %s, e-mail %s, password %s
  Machines       header X-API-Key: %s
  Logs           %s
`, facts.APIURL, facts.DocsURL, facts.TemporalUIURL, facts.MetricsURLs["api"], facts.MetricsURLs["worker"], s.watchers(),
		facts.SignIn.Tenant, facts.SignIn.Email, facts.SignIn.Password, facts.APIKey, filepath.Join(s.room.path, "*.log")))
	if !s.settings.exit {
		s.console.note("Everything is up. Ctrl-C stops it.")
	}
	return nil
}

func (s *stack) facts() runFile {
	facts := runFile{
		APIURL: s.api.url(), DocsURL: s.api.url() + "/docs",
		TemporalUIURL: s.temporal.UIURL(), TemporalAddress: s.temporal.Address(),
		TemporalNamespace: temporalNamespace,
		DatabaseURL:       s.databaseURL("football_app", s.secrets.Passwords.App), KeyFile: s.keyFile(), TokenFile: s.tokenFile(),
		OwnerDatabaseURL: s.databaseURL("football_owner", s.secrets.Passwords.Owner), RedisURL: s.redis.URL(),
		BackupDatabaseURL: s.databaseURL("football_backup", s.secrets.Passwords.Backup), RestoreURL: s.databaseURL("football_restore", s.secrets.Passwords.Restore),
		BackupDir: s.backupDir(), BackupKeyFile: s.backupKeyFile(),
		MetricsURLs: map[string]string{"api": s.api.metricsURL(), "worker": s.worker.metricsURL()},
		SignIn:      signIn{Tenant: demoTenant, Email: demoEmail, Password: s.secrets.Password, APIKey: s.secrets.APIKey}, APIKey: s.secrets.APIKey,
		Data: s.source, AsOf: s.settings.asOf, PID: os.Getpid(), StartedAt: s.now().UTC(),
	}
	if s.prometheus != nil {
		facts.PrometheusURL = s.prometheus.URL()
	}
	if s.alertmanager != nil {
		facts.AlertmanagerURL = s.alertmanager.URL()
	}
	return facts
}

func (s *stack) runPath() string { return filepath.Join(s.dataDir(), "run.json") }

// removeRunFile leaves the file of another devstack alone.
func (s *stack) removeRunFile() {
	var found runFile
	text, err := os.ReadFile(s.runPath())
	if err == nil && json.Unmarshal(text, &found) == nil && found.PID == os.Getpid() {
		_ = os.Remove(s.runPath())
	}
}
