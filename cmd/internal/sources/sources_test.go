package sources_test

import (
	"testing"

	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/sources"
)

// A worker that nobody told what to load must not make matches up.
func TestAutoIsNeverSimulated(t *testing.T) {
	for data, want := range map[string]string{"auto": "openfootball", "": "openfootball", "simulated": "simulated", "/data": "/data"} {
		if got := sources.Config(config.Config{Data: data}).Data; got != want {
			t.Errorf("DATA=%s reads %s, want %s", data, got, want)
		}
	}
}
