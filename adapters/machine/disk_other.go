//go:build !unix

package machine

import "github.com/football-prediction/football-prediction/ports/maintaining"

// statfs knows nothing here.
func statfs(string) (maintaining.Disk, uint64, error) { return maintaining.Disk{}, 0, nil }
