//go:build prove

package e2e_test

import (
	"net/http"
	"testing"
)

// TestProveASystemRestoreSurvivesAKilledWorker kills it at every step.
func TestProveASystemRestoreSurvivesAKilledWorker(t *testing.T) {
	for _, i := range interruptions {
		t.Run(i.name, func(t *testing.T) {
			t.Parallel()
			interrupt(t, i)
		})
	}
}

var whileFetching = interruption{"while fetching the backup", func(t *testing.T, r *restorable) (func() bool, func()) {
	t.Helper()
	return held(r, http.MethodGet, r.newest(t, "database"))
}}

// TestProveARestoreSurvivesAKilledWorker is the same for the database alone.
func TestProveARestoreSurvivesAKilledWorker(t *testing.T) {
	for _, i := range []interruption{whileFetching, whileRestoring, whileExchanging} {
		t.Run(i.name, func(t *testing.T) {
			t.Parallel()
			interruptDatabase(t, i)
		})
	}
}
