//go:build prove

package e2e_test

import "testing"

// TestProveACutoverSurvivesAKilledWorker kills it at every step.
func TestProveACutoverSurvivesAKilledWorker(t *testing.T) {
	for _, k := range cutIn {
		t.Run(k.name, func(t *testing.T) { killCutover(t, k.slots) })
	}
}
