//go:build prove

package e2e_test

import "testing"

// TestProveBackupSurvivesAKilledWorker kills it at every step.
func TestProveBackupSurvivesAKilledWorker(t *testing.T) {
	for _, k := range killings {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			killAt(t, k)
		})
	}
}
