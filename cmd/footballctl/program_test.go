package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/issuing"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/removing"
	"github.com/football-prediction/football-prediction/ports/sealing"
)

func TestGraphs(t *testing.T) {
	c, err := config.Load([]string{"DATABASE_URL=postgres://u@h/d", "REDIS_URL=redis://h"}, config.ForAPI)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		graph graph
		wants any // a function of what commands ask of it
	}{
		"access":     {accessGraph, func(*provisioning.Registrar) {}},
		"audit":      {auditGraph, func(*auditing.Reader, *auditing.Checker, *sealing.Renewer, provisioning.Tenants) {}},
		"identity":   {identityGraph, func(*membership.Members, *issuing.Clerk, *provisioning.Registrar) {}},
		"operations": {operatingGraph, func(*operating.Dispatcher, *authenticating.Desk, *access.Authenticator) {}},
		"database":   {databaseGraph, func(catalogue.Catalogue, catalogue.Models, *bun.DB) {}},
		"champion":   {championGraph, func(*modelling.Promoter) {}},
		"temporal":   {temporalGraph, func(*temporal.Runs, *temporal.Schedules, *temporal.Histories, client.Client, config.Config) {}},
		"redis":      {redisGraph, func(redis.UniversalClient) {}},
		"export":     {exportGraph("here"), func(*removing.Remover) {}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := fx.ValidateApp(test.graph.options(c), fx.Provide(zap.NewNop), fx.Invoke(test.wants), fx.NopLogger); err != nil {
				t.Error(err)
			}
		})
	}
}

// Every command explains itself.
func TestEveryCommandHasHelp(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == "help" || c.Name() == "completion" {
			return
		}
		if c.HasParent() && (c.Short == "" || !strings.Contains(c.Example, "footballctl ")) {
			t.Errorf("%q has no summary or no example", c.CommandPath())
		}
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		if a := ctl(t, nil, args...); a.code != 0 || !strings.Contains(a.out, "Usage:") {
			t.Errorf("%v: code %d, prints %q", args, a.code, a.out)
		}
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(newProgram(nil, nil, nil, nil).root())
}

func TestVersionAndCompletion(t *testing.T) {
	if out := succeed(t, nil, "--version"); !strings.HasPrefix(out, "footballctl version ") {
		t.Errorf("--version prints %q", out)
	}
	if out := succeed(t, nil, "completion", "bash"); !strings.Contains(out, "footballctl") {
		t.Error("no completion for bash")
	}
}

func TestUsageErrors(t *testing.T) {
	tests := map[string]struct {
		args []string
		says string
	}{
		"unknown command":    {[]string{"bogus"}, "bogus"},
		"unknown subcommand": {[]string{"tenant", "bogus"}, "create, delete"},
		"no subcommand":      {[]string{"model"}, "promote"},
		"unknown flag":       {[]string{"ingest", "--bogus"}, "--bogus"},
		"bad duration":       {[]string{"ingest", "--timeout", "soon"}, "soon"},
		"missing argument":   {[]string{"tenant", "create"}, "footballctl tenant create NAME"},
		"too many arguments": {[]string{"train", "now"}, "train"},
		"missing flag":       {[]string{"apikey", "create", "--tenant", "acme"}, "name"},
		"bad scope":          {[]string{"apikey", "create", "--tenant", "acme", "--name", "x", "--scope", "all"}, "read, predict, manage or operate"},
		"bad lifetime":       {[]string{"apikey", "create", "--tenant", "acme", "--name", "x", "--expires", "-3d"}, "90d"},
		"key for an ID":      {[]string{"apikey", "revoke", "--tenant", "acme", "fp_live_secret"}, "ID"},
		"bad format":         {[]string{"openapi", "--format", "toml"}, "yaml"},
		"bad limit":          {[]string{"workflows", "verify-histories", "--limit", "0"}, "--limit"},
		"bad rule":           {[]string{"check", "data", "--rule", "bogus"}, "bogus"},
		"bad severity":       {[]string{"check", "data", "--severity", "fatal"}, "warning"},
		"bad season":         {[]string{"check", "data", "--season", "soon"}, "soon"},
		"bad place":          {[]string{"check", "data", "--after", "yesterday"}, "--after"},
		"contradiction":      {[]string{"check", "data", "--rejected", "--severity", "info"}, "--rejected"},
		"no confirmation":    {[]string{"tenant", "delete", "acme", "--reason", "why"}, "confirm"},
		"nobody to invite":   {[]string{"tenant", "onboard", "acme"}, "admin-email"},
		"unconfirmed":        {[]string{"migrate", "down"}, "--yes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := ctl(t, nil, test.args...)
			if a.code != exitUsage || !strings.Contains(a.err, test.says) || a.out != "" {
				t.Errorf("code %d, out %q, err %q; want code %d and %q", a.code, a.out, a.err, exitUsage, test.says)
			}
		})
	}
}

func TestMissingConfigurationIsNamed(t *testing.T) {
	tests := map[string]struct {
		args []string
		name string
	}{
		"migrate": {[]string{"migrate", "up"}, "MIGRATE_DATABASE_URL"},
		"tenant":  {[]string{"tenant", "list"}, "DATABASE_URL"},
		"model":   {[]string{"model", "list"}, "DATABASE_URL"},
		"data":    {[]string{"check", "data"}, "DATABASE_URL"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := ctl(t, []string{"DB_POOL_SIZE=nonsense"}, test.args...)
			if a.code != exitFailure || !strings.Contains(a.err, test.name+": is not set; ") || strings.Contains(a.err, "DB_POOL_SIZE") {
				t.Errorf("code %d, err %q", a.code, a.err)
			}
		})
	}
}

func TestErrorsAsJSON(t *testing.T) {
	a := ctl(t, nil, "tenant", "list", "--json")
	told := decode[map[string]string](t, a.err)
	if a.code != exitFailure || !strings.Contains(told["error"], "DATABASE_URL") {
		t.Errorf("code %d, told %v", a.code, told)
	}
}

// Beside a development stack, a lack of variables is answered with the remedy,
// and --local reads them from it.
func TestLocal(t *testing.T) {
	p := newProgram([]string{"TEMPORAL_ADDRESS=given:1", "JWT_SECRET_KEY=given"}, nil, nil, nil)
	p.runFile = filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(p.runFile, []byte(`{"database_url":"postgres://a@h/d","owner_database_url":"postgres://o@h/d",
		"temporal_address":"h:7","jwt_secret_key_file":"/none","as_of":"2019-03-01","api_key":"fp_live_x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := p.load(config.Only("MIGRATE_DATABASE_URL"))
	if err == nil || !strings.Contains(p.remedy(err), "--local") {
		t.Errorf("error %v, remedy %q", err, p.remedy(err))
	}
	p.local = true
	c, err := p.load(config.Only("MIGRATE_DATABASE_URL", "DATABASE_URL").With("TEMPORAL_ADDRESS", "AS_OF", "JWT_SECRET_KEY"))
	if err != nil {
		t.Fatal(err)
	}
	if c.MigrateDatabaseURL != "postgres://o@h/d" || c.TemporalAddress != "given:1" || c.AsOf.Year() != 2019 {
		t.Errorf("got %v %v %v: the file fills in what is absent and no more", c.MigrateDatabaseURL, c.TemporalAddress, c.AsOf)
	}
	p.runFile += ".gone"
	if _, err := p.load(config.Everything); err == nil || !strings.Contains(err.Error(), p.runFile) {
		t.Errorf("a missing file gives %v", err)
	}
}

func TestCheckConfig(t *testing.T) {
	environ := []string{"DATABASE_URL=postgres://app:hunter2@h/d", "REDIS_URL=redis://h"}
	out := succeed(t, environ, "check", "config")
	if !strings.Contains(out, "postgres://app:xxxxx@h/d") || strings.Contains(out, "hunter2") {
		t.Errorf("it prints %q", out)
	}
	a := ctl(t, append(environ, "ENV=production"), "check", "config")
	for _, name := range []string{"ALLOWED_HOSTS", "METRICS_PORT", "SECRET_KEY", "JWT_SECRET_KEY", "DATABASE_URL"} {
		if a.code == 0 || !strings.Contains(a.err, name+": ") {
			t.Errorf("%s is not refused: %q", name, a.err)
		}
	}
}

func TestOpenAPI(t *testing.T) {
	if doc := decode[map[string]any](t, succeed(t, nil, "openapi")); doc["openapi"] != "3.1.0" {
		t.Errorf("openapi is %v", doc["openapi"])
	}
	if doc := decode[map[string]any](t, succeed(t, nil, "openapi", "--format", "3.0")); !strings.HasPrefix(doc["openapi"].(string), "3.0") {
		t.Errorf("openapi is %v", doc["openapi"])
	}
	dir := filepath.Join(t.TempDir(), "docs")
	succeed(t, nil, "openapi", "--out", dir)
	for _, name := range []string{"openapi.json", "openapi.yaml", "openapi-3.0.json"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || len(text) < 1000 {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
	}
}
