package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// runFile is what a development stack writes of itself, as far as it matters here.
type runFile struct {
	DatabaseURL       string `json:"database_url"`
	OwnerDatabaseURL  string `json:"owner_database_url"`
	RedisURL          string `json:"redis_url"`
	TemporalAddress   string `json:"temporal_address"`
	TemporalNamespace string `json:"temporal_namespace"`
	TemporalUIURL     string `json:"temporal_ui_url"`
	AsOf              string `json:"as_of"`
	KeyFile           string `json:"encryption_key_file"`
	BackupDatabaseURL string `json:"backup_database_url"`
	RestoreURL        string `json:"restore_database_url"`
	BackupDir         string `json:"backup_dir"`
	BackupKeyFile     string `json:"backup_key_file"`
	TokenFile         string `json:"jwt_secret_key_file"`
	APIURL            string `json:"api_url"`
	APIKey            string `json:"api_key"`

	MetricsURLs map[string]string `json:"metrics_urls"`
}

// httpAddr is where the API listens.
func (f runFile) httpAddr() string {
	parsed, err := url.Parse(f.APIURL)
	if err != nil {
		return ""
	}
	return parsed.Host
}

// metricsPort is the port of the API's metrics.
func (f runFile) metricsPort() string {
	parsed, err := url.Parse(f.MetricsURLs["api"])
	if err != nil {
		return ""
	}
	return parsed.Port()
}

// readRunFile reads what make run says of itself.
func (p *program) readRunFile() (runFile, error) {
	var run runFile
	text, err := os.ReadFile(p.runFile)
	if err != nil {
		return run, fmt.Errorf("--local: read %s: %w; is make run up, and is this the folder it was started in?", p.runFile, err)
	}
	if err := json.Unmarshal(text, &run); err != nil {
		return run, fmt.Errorf("--local: %s is not what make run writes: %w", p.runFile, err)
	}
	return run, nil
}

// load reads the configuration that a command needs.
func (p *program) load(r config.Requirement) (config.Config, error) {
	environ, err := p.environment()
	if err != nil {
		return config.Config{}, err
	}
	return config.Load(environ, r)
}

// environment is that of the process; --local fills in what it lacks.
func (p *program) environment() ([]string, error) {
	if !p.local {
		return p.environ, nil
	}
	run, err := p.readRunFile()
	if err != nil {
		return nil, err
	}
	environ := slices.Clone(p.environ)
	for _, v := range []struct{ name, value string }{
		{"DATABASE_URL", run.DatabaseURL},
		{"MIGRATE_DATABASE_URL", run.OwnerDatabaseURL},
		{"REDIS_URL", run.RedisURL},
		{"TEMPORAL_ADDRESS", run.TemporalAddress},
		{"TEMPORAL_NAMESPACE", run.TemporalNamespace},
		{"TEMPORAL_UI_URL", run.TemporalUIURL},
		{"HTTP_ADDR", run.httpAddr()},
		{"METRICS_PORT", run.metricsPort()},
		{"AS_OF", run.AsOf},
		{"ENCRYPTION_KEY_FILE", run.KeyFile},
		{"JWT_SECRET_KEY_FILE", run.TokenFile},
		{"BACKUP_DATABASE_URL", run.BackupDatabaseURL},
		{"RESTORE_DATABASE_URL", run.RestoreURL},
		{"BACKUP_DIR", run.BackupDir},
		{"BACKUP_KEY_FILE", run.BackupKeyFile},
	} {
		base := strings.TrimSuffix(v.name, "_FILE")
		given := func(entry string) bool {
			name, value, _ := strings.Cut(entry, "=")
			return (name == base || name == base+"_FILE") && value != ""
		}
		if v.value != "" && !slices.ContainsFunc(environ, given) {
			environ = append(environ, v.name+"="+v.value)
		}
	}
	return environ, nil
}
