//go:build prove

package e2e_test

import "testing"

// TestProveSwitchingColoursLosesNoRequest goes back and forth fifty times, by one
// process of nginx and by several.
func TestProveSwitchingColoursLosesNoRequest(t *testing.T) {
	switchColours(t, 50, 1)
	switchColours(t, 50, 4)
}
