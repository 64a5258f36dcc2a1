package temporal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/temporal"
)

func TestOpenRefusesHalfACertificate(t *testing.T) {
	t.Parallel()
	garbage := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(garbage, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		config temporal.Config
		says   string
	}{
		"a key alone":    {temporal.Config{TLSKey: garbage}, "TEMPORAL_TLS_CERT"},
		"a cert alone":   {temporal.Config{TLSCert: garbage}, "TEMPORAL_TLS_KEY"},
		"no such file":   {temporal.Config{TLSCert: "/nowhere/cert.pem", TLSKey: garbage}, "no such file"},
		"no certificate": {temporal.Config{TLSCert: garbage, TLSKey: garbage}, "TEMPORAL_TLS_CERT"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := temporal.Open(test.config, zap.NewNop()); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %v, want %q in it", err, test.says)
			}
		})
	}
}
