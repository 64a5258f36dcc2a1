package config_test

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

// faulty are the names in the faults that err joins, in order.
func faulty(err error) []string {
	var names []string
	var walk func(error)
	walk = func(err error) {
		if fault, ok := err.(*config.Fault); ok {
			names = append(names, fault.Name)
			return
		}
		switch wrapper := err.(type) {
		case interface{ Unwrap() error }:
			walk(wrapper.Unwrap())
		case interface{ Unwrap() []error }:
			for _, inner := range wrapper.Unwrap() {
				walk(inner)
			}
		}
	}
	walk(err)
	return names
}

func TestDefaults(t *testing.T) {
	c, err := config.Load(nil, config.Everything)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.Environment, c.Debug, c.LogLevel, c.DBPoolSize, c.TemporalAddress, c.TemporalNamespace, c.HTTPAddr, c.PrometheusEnabled, c.MetricsPort, c.Data, c.AsOf.IsZero(), c.AllowedHosts, c.BackupEngine}
	want := []any{config.Development, false, config.LevelInfo, 20, config.HostPort("127.0.0.1:7233"), "default", config.Listen(":8000"), true, 8000, "auto", true, []string{"*"}, config.EngineDump}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryTypeIsRead(t *testing.T) {
	c, err := config.Load([]string{
		"ENV=Staging", "DEBUG=TRUE", "LOG_LEVEL=DEBUG", "DB_POOL_SIZE=7", "AS_OF=2019-03-01", "HTTP_ADDR=127.0.0.1:0",
		"REDIS_CLUSTER_NODES=a:1, b:2,", "TRUSTED_PROXIES=10.0.0.0/8,::1", "DATABASE_URL=postgres://u:p@h/d", "DATA=/some/folder",
	}, config.Everything)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.Environment, c.Debug, c.LogLevel, c.DBPoolSize, c.AsOf, c.HTTPAddr, c.RedisClusterNodes, string(c.DatabaseURL), c.Data}
	want := []any{config.Staging, true, config.LevelDebug, 7, time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC), config.Listen("127.0.0.1:0"), []config.HostPort{"a:1", "b:2"}, "postgres://u:p@h/d", "/some/folder"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}; c.TrustedProxies[0] != proxies[0] || c.TrustedProxies[1] != proxies[1] {
		t.Errorf("proxies %v, want %v", c.TrustedProxies, proxies)
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	_, err := config.Load([]string{
		"ENV=prod", "DEBUG=maybe", "LOG_LEVEL=loud", "DATABASE_READ_URL=mysql://u:hunter2@h/d", "DB_POOL_SIZE=0",
		"REDIS_CLUSTER_NODES=a,b:x", "TEMPORAL_ADDRESS=temporal", "TEMPORAL_TLS_CERT=/does/not/exist", "HTTP_ADDR=:99999",
		"TRUSTED_PROXIES=everybody", "CORS_ORIGINS=https://a.example/path", "METRICS_PORT=port", "AS_OF=2019-02-30",
		"S3_ACCESS_KEY=key", "FOOTBALL_DATA_ORG_TOKEN_FILE=/does/not/exist",
	}, config.ForAPI)
	want := []string{
		"ENV", "DEBUG", "LOG_LEVEL", "DATABASE_URL", "DATABASE_READ_URL", "DB_POOL_SIZE", "REDIS_URL", "REDIS_CLUSTER_NODES",
		"TEMPORAL_ADDRESS", "TEMPORAL_TLS_CERT", "HTTP_ADDR", "TRUSTED_PROXIES", "METRICS_PORT", "AS_OF",
		"FOOTBALL_DATA_ORG_TOKEN_FILE", "S3_SECRET_KEY", "CORS_ORIGINS",
	}
	if diff := cmp.Diff(want, faulty(err)); diff != "" {
		t.Fatal(diff)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(err.Error()), "\n") {
		if strings.HasSuffix(line, "faults:") {
			continue
		}
		if name, rest, ok := strings.Cut(line, ": "); !ok || !strings.Contains(rest, "; ") || strings.ToUpper(name) != name {
			t.Errorf("line %q is not of the form NAME: what is wrong; what to do", line)
		}
	}
}

func TestOnlyReadsWhatItNames(t *testing.T) {
	bad := []string{"SMTP_URL=nonsense", "DB_POOL_SIZE=lots", "MIGRATE_DATABASE_URL=postgres://u@h/d"}
	if _, err := config.Load(bad, config.Only("MIGRATE_DATABASE_URL")); err != nil {
		t.Errorf("a variable of another purpose stops it: %v", err)
	}
	_, err := config.Load(bad, config.Only("DATABASE_URL").With("DB_POOL_SIZE"))
	if diff := cmp.Diff([]string{"DATABASE_URL", "DB_POOL_SIZE"}, faulty(err)); diff != "" {
		t.Error(diff)
	}
}

func TestEmptyCountsAsAbsent(t *testing.T) {
	c, err := config.Load([]string{"DB_POOL_SIZE=", "DATABASE_URL="}, config.Only("DATABASE_URL").With("DB_POOL_SIZE"))
	if diff := cmp.Diff([]string{"DATABASE_URL"}, faulty(err)); diff != "" {
		t.Error(diff)
	}
	if c.DBPoolSize != 0 {
		t.Error("a faulty configuration was handed out")
	}
}

func TestMetricsHaveAPortOfTheirOwnPerProgram(t *testing.T) {
	environ := []string{"DATABASE_URL=postgres://u@localhost/d", "REDIS_URL=redis://localhost"}
	api, errA := config.Load(environ, config.ForAPI)
	worker, errW := config.Load(environ, config.ForWorker)
	if err := errors.Join(errA, errW); err != nil {
		t.Fatal(err)
	}
	if addr, shared := api.MetricsAddr(); !shared || addr != ":8000" {
		t.Errorf("API: %s, shared %v", addr, shared)
	}
	if addr, shared := worker.MetricsAddr(); shared || addr != ":8001" {
		t.Errorf("worker: %s, shared %v", addr, shared)
	}
}

func TestSecretFromFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, "abc def\n")
	c, err := config.Load([]string{"FOOTBALL_DATA_ORG_TOKEN_FILE=" + path}, config.Everything)
	if err != nil || string(c.FootballDataOrgToken) != "abc def" {
		t.Errorf("got %q, %v", string(c.FootballDataOrgToken), err)
	}
	url := filepath.Join(t.TempDir(), "url")
	write(t, url, "postgres://u:p@localhost/d\n")
	c, err = config.Load([]string{"DATABASE_URL_FILE=" + url}, config.Only("DATABASE_URL"))
	if err != nil || string(c.DatabaseURL) != "postgres://u:p@localhost/d" {
		t.Errorf("got %q, %v", string(c.DatabaseURL), err)
	}
}

func TestSecretFileFaults(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "empty"), "\n")
	write(t, filepath.Join(dir, "huge"), strings.Repeat("x", 70_000))
	write(t, filepath.Join(dir, "good"), "s3cr3t-in-file")
	write(t, filepath.Join(dir, "bad-url"), "s3cr3t-in-file")
	tests := map[string]struct {
		environ []string
		name    string
		says    string
	}{
		"absent":    {[]string{"SENTRY_DSN_FILE=" + dir + "/none"}, "SENTRY_DSN_FILE", dir + "/none"},
		"folder":    {[]string{"SENTRY_DSN_FILE=" + dir}, "SENTRY_DSN_FILE", dir},
		"empty":     {[]string{"SENTRY_DSN_FILE=" + dir + "/empty"}, "SENTRY_DSN_FILE", "empty"},
		"huge":      {[]string{"SENTRY_DSN_FILE=" + dir + "/huge"}, "SENTRY_DSN_FILE", "bytes"},
		"both":      {[]string{"SENTRY_DSN=a", "SENTRY_DSN_FILE=" + dir + "/good"}, "SENTRY_DSN", "twice"},
		"bad value": {[]string{"SMTP_URL_FILE=" + dir + "/bad-url"}, "SMTP_URL", "smtp://"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(test.environ, config.Everything)
			if diff := cmp.Diff([]string{test.name}, faulty(err)); diff != "" {
				t.Fatal(diff)
			}
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("says %q", err)
			}
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEnginesOfBackups(t *testing.T) {
	for name, tt := range map[string]struct {
		environ []string
		want    []string
	}{
		"dumps go anywhere":         {[]string{"BACKUP_ENGINE=pg_dump", "S3_BUCKET=b", "S3_ENDPOINT=http://127.0.0.1:9000", "PGBACKREST_DIR=x"}, nil},
		"pgBackRest":                {[]string{"BACKUP_ENGINE=pgBackRest", "S3_BUCKET=b", "S3_ENDPOINT=https://s3.example"}, nil},
		"pgBackRest without TLS":    {[]string{"BACKUP_ENGINE=pgbackrest", "S3_BUCKET=b", "S3_ENDPOINT=http://127.0.0.1:9000"}, []string{"S3_ENDPOINT"}},
		"a place that is not fixed": {[]string{"BACKUP_ENGINE=pgbackrest", "PGBACKREST_DIR=here"}, []string{"PGBACKREST_DIR"}},
		"another":                   {[]string{"BACKUP_ENGINE=wal-g"}, []string{"BACKUP_ENGINE"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(tt.environ, config.Everything)
			if diff := cmp.Diff(tt.want, faulty(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
