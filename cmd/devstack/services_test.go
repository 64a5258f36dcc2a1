package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReplaceVariables(t *testing.T) {
	given := []string{"PATH=/bin", "ENV=production", "REDIS_URL_FILE=/run/redis", "FOOTBALL_DATA_ORG_TOKEN=kept", "JWT_SECRET_KEY=theirs"}
	got := replaceVariables(given, []string{"ENV=development", "REDIS_URL=redis://x", "JWT_SECRET_KEY_FILE=/ours"})
	want := []string{"PATH=/bin", "FOOTBALL_DATA_ORG_TOKEN=kept", "ENV=development", "REDIS_URL=redis://x", "JWT_SECRET_KEY_FILE=/ours"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
