package main

import (
	"strings"
	"testing"
)

func TestRoomName(t *testing.T) {
	tests := map[string]struct{ source, asOf, prefix string }{
		"name":             {"simulated", "", "simulated-"},
		"folder and day":   {"/data/My Leagues", "2019-03-01", "my-leagues-2019-03-01-"},
		"nothing readable": {"/data/联赛", "", "data-"},
		"dots":             {"football-data.co.uk", "", "football-data.co.uk-"},
	}
	seen := map[string]bool{}
	for name, tt := range tests {
		got := roomName(tt.source, tt.asOf)
		if !strings.HasPrefix(got, tt.prefix) || len(got) != len(tt.prefix)+8 {
			t.Errorf("%s: %q, want %q and eight digits", name, got, tt.prefix)
		}
		seen[got] = true
	}
	if roomName("/a/leagues", "") == roomName("/b/leagues", "") || roomName("x", "") == roomName("x", "2019-03-01") {
		t.Error("two pairs share a room")
	}
}

func TestRoomHoldsOneDevstack(t *testing.T) {
	data := t.TempDir()
	first, err := enterRoom(data, "simulated", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enterRoom(data, "simulated", ""); err == nil || !strings.Contains(err.Error(), "another devstack (process ") {
		t.Errorf("second entry: %v", err)
	}
	if other, err := enterRoom(data, "simulated", "2019-03-01"); err != nil {
		t.Errorf("another pair: %v", err)
	} else {
		other.leave()
	}
	first.leave()
	again, err := enterRoom(data, "simulated", "")
	if err != nil {
		t.Fatal(err)
	}
	again.leave()
}
