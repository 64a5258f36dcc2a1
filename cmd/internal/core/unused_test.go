package core

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func TestSettingsWithoutEffectAreNamed(t *testing.T) {
	environ := []string{"SENTRY_DSN=https://key@sentry.example/1", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318"}
	for name, tt := range map[string]struct{ environ, want []string }{
		"set":     {environ, []string{"SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT"}},
		"not set": {nil, nil},
	} {
		c, err := config.Load(tt.environ, config.Everything)
		if err != nil {
			t.Fatal(err)
		}
		core, logs := observer.New(zap.WarnLevel)
		warnUnused(c, zap.New(core))
		var got []string
		for _, entry := range logs.All() {
			for _, one := range entry.ContextMap()["variables"].([]any) {
				got = append(got, one.(string))
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
