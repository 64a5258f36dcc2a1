//go:build prove

package e2e_test

import "testing"

// TestProveMaintenanceSurvivesAKilledWorker kills it at every kind of step.
func TestProveMaintenanceSurvivesAKilledWorker(t *testing.T) {
	for _, h := range heldUp {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			killMaintenance(t, h.plan, h.table, h.steps)
		})
	}
}
