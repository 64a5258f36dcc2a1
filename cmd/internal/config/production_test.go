package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

var goodKey = strings.Repeat("k", 40)

// sound is a production environment without fault.
var sound = []string{
	"ENV=production", "SECRET_KEY=" + goodKey, "JWT_SECRET_KEY=" + goodKey, "METRICS_PORT=9100", "ENCRYPTION_KEY_FILE=production_test.go",
	"ALLOWED_HOSTS=api.football-prediction.com,*.football-prediction.com",
	"DATABASE_URL=postgres://app:pw-of-app@db.internal/football?sslmode=verify-full",
	"REDIS_URL=redis://cache.internal:6379/0", "TEMPORAL_CODEC_KEY_FILE=production_test.go",
}

func TestProductionAcceptsASoundEnvironment(t *testing.T) {
	if _, err := config.Load(sound, config.ForAPI); err != nil {
		t.Error(err)
	}
	if _, err := config.Load(sound, config.ForWorker); err != nil {
		t.Error(err)
	}
}

func TestProductionRefuses(t *testing.T) {
	remote := "postgres://app:pw-of-app@db.internal/football"
	tests := map[string]struct {
		change string // replaces the variable of that name
		want   string // the faulty variable
	}{
		"default secret":       {"SECRET_KEY=", "SECRET_KEY"},
		"default token secret": {"JWT_SECRET_KEY=", "JWT_SECRET_KEY"},
		"one short of two":     {"JWT_SECRET_KEY=" + goodKey + " 0123456789", "JWT_SECRET_KEY"},
		"one known of two":     {"JWT_SECRET_KEY=dev-jwt-secret " + goodKey, "JWT_SECRET_KEY"},
		"documented secret":    {"SECRET_KEY=dev-secret-key-change-in-production", "SECRET_KEY"},
		"derived keys":         {"ENCRYPTION_KEY_FILE=", "ENCRYPTION_KEY_FILE"},
		"readable payloads":    {"TEMPORAL_CODEC_KEY_FILE=", "TEMPORAL_CODEC_KEY_FILE"},
		"anonymous workflows":  {"TEMPORAL_ADDRESS=temporal.internal:7233", "TEMPORAL_TLS_CERT"},
		"short secret":         {"SECRET_KEY=0123456789", "SECRET_KEY"},
		"placeholder":          {"SENTRY_DSN=${SENTRY_DSN_FROM_VAULT}", "SENTRY_DSN"},
		"default password":     {"REDIS_URL=redis://:changeme@cache.internal", "REDIS_URL"},
		"debugging":            {"DEBUG=true", "DEBUG"},
		"any host":             {"ALLOWED_HOSTS=api.football-prediction.com,*", "ALLOWED_HOSTS"},
		"hosts by default":     {"ALLOWED_HOSTS=", "ALLOWED_HOSTS"},
		"any origin":           {"CORS_ORIGINS=*", "CORS_ORIGINS"},
		"a pattern of origins": {"CORS_ORIGINS=https://*.example.com", "CORS_ORIGINS"},
		"public metrics":       {"METRICS_PORT=8000", "METRICS_PORT"},
		"metrics by default":   {"METRICS_PORT=", "METRICS_PORT"},
		"no TLS":               {"DATABASE_URL=" + remote, "DATABASE_URL"},
		"weak TLS":             {"DATABASE_URL=" + remote + "?sslmode=require", "DATABASE_URL"},
		"sslmode twice":        {"DATABASE_URL=" + remote + "?sslmode=verify-full&sslmode=disable", "DATABASE_URL"},
		"replica":              {"DATABASE_READ_URL=" + remote, "DATABASE_READ_URL"},
		"owner":                {"MIGRATE_DATABASE_URL=" + remote, "MIGRATE_DATABASE_URL"},
		"one of two hosts":     {"DATABASE_URL=postgres://app@localhost:5432,db.internal:5432/football", "DATABASE_URL"},
		"host in the query":    {"DATABASE_URL=postgres:///football?host=db.internal", "DATABASE_URL"},
		"host behind socket":   {"DATABASE_URL=postgres://localhost/football?hostaddr=10.1.2.3", "DATABASE_URL"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(append(append([]string{}, sound...), test.change), config.ForAPI)
			if diff := cmp.Diff([]string{test.want}, faulty(err)); diff != "" {
				t.Fatalf("%s\n%v", diff, err)
			}
		})
	}
}

// Secrets that come later, from the file, are looked at like the first.
func TestKeysThatComeLaterMustBeFitToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	write(t, path, "# football token secrets 1\n"+goodKey+" added=2026-11-24T12:00:00Z\n")
	environ := append(append([]string{}, sound...), "JWT_SECRET_KEY=", "JWT_SECRET_KEY_FILE="+path)
	c, err := config.Load(environ, config.ForAPI)
	if err != nil || c.FileOf("JWT_SECRET_KEY") != path || c.FileOf("SECRET_KEY") != "" {
		t.Fatalf("the file is %q, %v", c.FileOf("JWT_SECRET_KEY"), err)
	}
	if c.FitKey(goodKey) != nil || c.FitKey("0123456789") == nil || c.FitKey("dev-jwt-secret") == nil {
		t.Error("a weak secret is fit for production, or a good one is not")
	}
	if (config.Config{}).FitKey("0123456789") != nil {
		t.Error("a weak secret stops development")
	}
}

func TestProductionLetsLocalConnectionsBe(t *testing.T) {
	for _, url := range []string{
		"postgres:///football?host=/run/postgresql", "postgres://app@localhost/football",
		"postgres://app@127.0.0.1:5433/football?sslmode=disable", "postgres://app@[::1]:5432/football",
	} {
		if _, err := config.Load(append(append([]string{}, sound...), "DATABASE_URL="+url), config.ForAPI); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestProductionReportsAllAtOnce(t *testing.T) {
	_, err := config.Load([]string{"ENV=production", "DEBUG=1", "DATABASE_URL=postgres://app@db/football"}, config.ForAPI)
	want := "REDIS_URL DEBUG ALLOWED_HOSTS METRICS_PORT ENCRYPTION_KEY_FILE TEMPORAL_CODEC_KEY_FILE SECRET_KEY JWT_SECRET_KEY DATABASE_URL"
	if got := strings.Join(faulty(err), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The worker seals, signs and invites as the API does, so it needs the same
// keys. It has no public port, and what it never uses must not stop it.
func TestProductionAsksTheWorkerForKeysAndNoMore(t *testing.T) {
	environ := []string{"ENV=production", "DATABASE_URL=postgres://app@localhost/football"}
	_, err := config.Load(environ, config.ForWorker)
	for _, name := range []string{"SECRET_KEY", "JWT_SECRET_KEY", "ENCRYPTION_KEY_FILE", "TEMPORAL_CODEC_KEY_FILE"} {
		if err == nil || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	environ = append(environ, "SECRET_KEY="+goodKey, "JWT_SECRET_KEY="+goodKey, "ENCRYPTION_KEY_FILE=production_test.go", "TEMPORAL_CODEC_KEY_FILE=production_test.go")
	if _, err := config.Load(environ, config.ForWorker); err != nil {
		t.Error(err)
	}
}
