package prometheus_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/prometheus"
)

func TestFilesOfKeys(t *testing.T) {
	r := prometheus.NewRegistry()
	k := prometheus.NewKeyFiles(r, "A_FILE", "B_FILE")
	k.Read("A_FILE", false)
	k.Read("A_FILE", false)
	k.Read("B_FILE", false)
	k.Read("B_FILE", true)
	want := []string{
		`key_file_failures_total{file="A_FILE"} 2`, `key_file_failures_total{file="B_FILE"} 1`,
		`key_file_sound{file="A_FILE"} 0`, `key_file_sound{file="B_FILE"} 1`,
	}
	if diff := cmp.Diff(want, scrape(t, r, "key_file_")); diff != "" {
		t.Error(diff)
	}
}
