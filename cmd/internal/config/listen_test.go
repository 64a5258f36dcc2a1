package config_test

import (
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func TestListen(t *testing.T) {
	for text, want := range map[string]string{
		":8000": "tcp :8000", "127.0.0.1:0": "tcp 127.0.0.1:0", "unix:/run/football/blue.sock": "unix /run/football/blue.sock",
		"8000": "", "unix:blue.sock": "", "unix:": "", "unix:/" + strings.Repeat("x", 107): "",
	} {
		c, err := config.Load([]string{"HTTP_ADDR=" + text}, config.Everything)
		if (err == nil) != (want != "") {
			t.Errorf("%s: error %v", text, err)
		}
		if network, address := c.HTTPAddr.Network(); want != "" && network+" "+address != want {
			t.Errorf("%s is %s %s, want %s", text, network, address, want)
		}
	}
	c, err := config.Load([]string{"HTTP_ADDR=unix:/run/blue.sock", "METRICS_PORT=9100"}, config.Everything)
	if at, shared := c.MetricsAddr(); err != nil || shared || at != "127.0.0.1:9100" {
		t.Errorf("metrics are at %s, shared %v, %v", at, shared, err)
	}
}
