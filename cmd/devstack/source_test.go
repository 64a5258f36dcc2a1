package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestChooseSource(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer up.Close()
	broken := httptest.NewServer(http.NotFoundHandler())
	defer broken.Close()
	away := httptest.NewServer(nil)
	away.Close()
	tests := map[string]struct {
		data, probe, want string
		reason            bool
	}{
		"auto, reachable":   {"auto", up.URL, "openfootball", false},
		"auto, not found":   {"auto", broken.URL, "simulated", true},
		"auto, unreachable": {"auto", away.URL, "simulated", true},
		"named":             {"/some/folder", away.URL, "/some/folder", false},
	}
	for name, tt := range tests {
		source, reason := chooseSource(t.Context(), tt.data, tt.probe)
		if source != tt.want || (reason != "") != tt.reason {
			t.Errorf("%s: %q, %q", name, source, reason)
		}
	}
}
