// Package machine looks at the computer that a process runs on: its load,
// memory and disks, the log files and packages on it, and the process's own
// binary. It changes nothing but log files that are old.
package machine

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Machine = (*Machine)(nil)

// Machine reads /proc. Where there is none, what it tells is left out.
type Machine struct {
	proc    string
	folders []string
}

// New returns the Machine that the process runs on. Disks are those of folders;
// two folders on one file system count once.
func New(folders []string) *Machine { return &Machine{proc: "/proc", folders: folders} }

// Look implements [maintaining.Machine].
func (m *Machine) Look(context.Context) (maintaining.State, error) {
	s := maintaining.State{CPUs: runtime.NumCPU()}
	var err error
	if s.Host, err = os.Hostname(); err != nil {
		return s, fmt.Errorf("read the host's name: %w", err)
	}
	s.Load = m.load()
	s.Memory, s.Available = m.memory()
	s.Disks, err = m.disks()
	return s, err
}

// load is the third number of /proc/loadavg, over 15 minutes (proc(5)).
func (m *Machine) load() float64 {
	text, err := os.ReadFile(filepath.Join(m.proc, "loadavg"))
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 3 {
		return 0
	}
	load, _ := strconv.ParseFloat(fields[2], 64)
	return load
}

// memory is MemTotal and MemAvailable of /proc/meminfo (proc(5)), in bytes.
func (m *Machine) memory() (total, available int64) {
	text, err := os.ReadFile(filepath.Join(m.proc, "meminfo"))
	if err != nil {
		return 0, 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		switch name {
		case "MemTotal":
			total = kilobytes << 10
		case "MemAvailable":
			available = kilobytes << 10
		}
	}
	return total, available
}

func (m *Machine) disks() ([]maintaining.Disk, error) {
	var disks []maintaining.Disk
	seen := make(map[uint64]bool)
	for _, folder := range m.folders {
		disk, device, err := statfs(folder)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look at the disk of %s: %w", folder, err)
		}
		if !seen[device] && disk.Total > 0 {
			seen[device] = true
			disks = append(disks, disk)
		}
	}
	return disks, nil
}
