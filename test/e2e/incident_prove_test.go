//go:build prove

package e2e_test

import (
	"testing"
	"time"
)

// TestProveNoAlertIsLost has servers away for longer than the ten minutes that
// Alertmanager waits at most between attempts.
func TestProveNoAlertIsLost(t *testing.T) { loseNoAlert(t, 11*time.Minute) }
