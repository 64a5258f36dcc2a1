package operation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

func TestCanariesAreJudged(t *testing.T) {
	fast, slow := 100*time.Millisecond, 501*time.Millisecond
	for name, tt := range map[string]struct {
		canary operation.Canary
		wrong  string
		enough bool
	}{
		"well":                      {operation.Canary{Requests: 100, Failed: 1, P99: fast}, "", true},
		"one too many fails":        {operation.Canary{Requests: 100, Failed: 2, P99: fast}, "2 of 100 requests failed", true},
		"slow":                      {operation.Canary{Requests: 100, P99: slow}, "99th percentile is 501ms", true},
		"nothing can be said":       {operation.Canary{Requests: 49, Failed: 49, P99: slow}, "", false},
		"just enough, and all fail": {operation.Canary{Requests: 50, Failed: 50}, "50 of 50", true},
	} {
		wrong, enough := operation.CanaryRule.Judge(tt.canary)
		if enough != tt.enough || !strings.HasPrefix(strings.TrimPrefix(wrong, "the "), tt.wrong) || (wrong == "") != (tt.wrong == "") {
			t.Errorf("%s: %q, %v", name, wrong, enough)
		}
	}
	for name, good := range map[string]bool{"v1.4.0": true, "2026-11-26.3+abc": true, "": false, "../etc": false, "a/b": false, ".hidden": false, strings.Repeat("x", 101): false} {
		if err := operation.CheckRelease(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}
