//go:build prove

package e2e_test

import "testing"

// TestProveASystemRestoreSurvivesAKilledWorker kills it at every step.
func TestProveASystemRestoreSurvivesAKilledWorker(t *testing.T) {
	for _, i := range interruptions {
		t.Run(i.name, func(t *testing.T) {
			t.Parallel()
			interrupt(t, i)
		})
	}
}

// TestProveARestoreSurvivesAKilledWorker is the same for the database alone.
func TestProveARestoreSurvivesAKilledWorker(t *testing.T) {
	for _, i := range []interruption{whileFetching, whileRestoring, whileExchanging} {
		t.Run(i.name, func(t *testing.T) {
			t.Parallel()
			interruptDatabase(t, i)
		})
	}
}
