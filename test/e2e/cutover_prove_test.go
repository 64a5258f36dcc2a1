//go:build prove

package e2e_test

import "testing"

// TestProveACutoverSurvivesAKilledWorker kills it at every step.
func TestProveACutoverSurvivesAKilledWorker(t *testing.T) {
	for _, m := range moments {
		t.Run(m.name, func(t *testing.T) { killCutover(t, m) })
	}
}
