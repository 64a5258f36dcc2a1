package config_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func TestMasked(t *testing.T) {
	c, err := config.Load([]string{
		"DATABASE_URL=postgres://app:hunter2@db:5432/football?sslmode=disable&sslpassword=hunter2", "TEMPORAL_API_KEY=hunter2",
		"REDIS_URL=redis://:hunter2@cache/0", "AS_OF=2019-03-01", "REDIS_CLUSTER_NODES=a:1,b:2",
	}, config.Everything)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]config.Setting)
	for _, s := range c.Masked() {
		got[s.Name] = s
	}
	want := map[string]config.Setting{
		"DATABASE_URL":        {Value: "postgres://app:xxxxx@db:5432/football?sslmode=disable&sslpassword=xxxxx", Origin: config.Given},
		"TEMPORAL_API_KEY":    {Value: "xxxxx", Origin: config.Given},
		"REDIS_URL":           {Value: "redis://:xxxxx@cache/0", Origin: config.Given},
		"SECRET_KEY":          {Value: "xxxxx", Origin: config.Default},
		"AS_OF":               {Value: "2019-03-01", Origin: config.Given},
		"REDIS_CLUSTER_NODES": {Value: "a:1,b:2", Origin: config.Given},
		"SENTRY_DSN":          {Value: "", Origin: config.Unset},
	}
	for name, w := range want {
		w.Name = name
		if got[name] != w {
			t.Errorf("got %+v, want %+v", got[name], w)
		}
	}
}

// Every variable of the contract is there.
func TestContract(t *testing.T) {
	const contract = `ENV DEBUG LOG_LEVEL DATABASE_URL DATABASE_READ_URL DB_POOL_SIZE REDIS_URL REDIS_CLUSTER_NODES SECRET_KEY
		JWT_SECRET_KEY ALLOWED_HOSTS SSL_CERT_PATH SSL_KEY_PATH PROMETHEUS_ENABLED METRICS_PORT SENTRY_DSN HTTP_ADDR
		MIGRATE_DATABASE_URL BACKUP_DATABASE_URL RESTORE_DATABASE_URL TEMPORAL_ADDRESS TEMPORAL_NAMESPACE TEMPORAL_TLS_CERT
		TEMPORAL_TLS_KEY TEMPORAL_API_KEY ENCRYPTION_KEY_FILE S3_ENDPOINT S3_REGION S3_BUCKET S3_ACCESS_KEY S3_SECRET_KEY
		BACKUP_DIR BACKUP_KEY_FILE BACKUP_ENGINE PGBACKREST_DIR UPLOADS_DIR SMTP_URL SLACK_WEBHOOK_URL DINGTALK_WEBHOOK_URL DINGTALK_SECRET
		ALERTMANAGER_TOKEN PROMETHEUS_URL FOOTBALL_DATA_ORG_TOKEN TRUSTED_PROXIES CORS_ORIGINS OTEL_EXPORTER_OTLP_ENDPOINT DATA AS_OF`
	known := make(map[string]bool)
	for field := range reflect.TypeFor[config.Config]().Fields() {
		known[field.Tag.Get("env")] = true
	}
	for _, name := range strings.Fields(contract) {
		if !known[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

// FuzzSecretsStaySecret puts a secret wherever one may stand and looks for it
// in everything that is printed.
func FuzzSecretsStaySecret(f *testing.F) {
	f.Add("plain", "production")
	f.Add("a b%zz\x00", "development")
	f.Add("@:/?#[]", "staging")
	f.Add("${X}", "production")
	f.Add("é\n\"'", "wrong")
	var secrets, urls []string
	for field := range reflect.TypeFor[config.Config]().Fields() {
		switch field.Type {
		case reflect.TypeFor[config.Secret]():
			secrets = append(secrets, field.Tag.Get("env"))
		case reflect.TypeFor[config.URL]():
			urls = append(urls, field.Tag.Get("env"))
		}
	}
	f.Fuzz(func(t *testing.T, tail, env string) {
		const mark = "s3cr3tmark"
		secret := mark + tail
		environ := []string{"ENV=" + env}
		for _, name := range secrets {
			environ = append(environ, name+"="+secret)
		}
		for i, name := range urls {
			scheme := []string{"postgres", "redis", "smtp", "https"}[i%4]
			environ = append(environ, name+"="+scheme+"://user:"+secret+"@host/path")
		}
		c, err := config.Load(environ, config.Everything)
		if err != nil {
			refuse(t, mark, err.Error())
			// Nothing but the passwords may still be looked at.
			c, err = config.Load(environ[:1+len(secrets)], config.Everything)
			if err != nil {
				refuse(t, mark, err.Error())
			}
		}
		whole, _ := json.Marshal(c)
		refuse(t, mark, fmt.Sprint(c.Masked()), fmt.Sprintf("%v %+v %#v", c, c, c), string(whole))
	})
}

func refuse(t *testing.T, secret string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(text, secret) {
			t.Errorf("a secret shows in %q", text)
		}
	}
}
