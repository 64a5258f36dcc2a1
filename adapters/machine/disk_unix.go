//go:build unix

package machine

import (
	"os"
	"syscall"

	"github.com/football-prediction/football-prediction/ports/maintaining"
)

// statfs tells the size of the file system that folder is on, and which device
// that is. Free is what those who are not root may still take.
func statfs(folder string) (maintaining.Disk, uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil {
		return maintaining.Disk{}, 0, err
	}
	info, err := os.Stat(folder)
	if err != nil {
		return maintaining.Disk{}, 0, err
	}
	var device uint64
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		device = uint64(stat.Dev) //nolint:unconvert // its type differs between systems
	}
	block := int64(fs.Bsize) //nolint:unconvert // its type differs between systems
	reserved := int64(fs.Bfree) - int64(fs.Bavail)
	total := (int64(fs.Blocks) - reserved) * block
	return maintaining.Disk{Path: folder, Total: total, Free: int64(fs.Bavail) * block}, device, nil
}
