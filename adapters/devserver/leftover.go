package devserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// orphanPatience is how long a server whose parent was killed may take to go.
const orphanPatience = 20 * time.Second

// clearLeftover deals with the postmaster.pid of a server that was not stopped.
// One still on its way out is waited for. A process id that now belongs to
// another program must not keep PostgreSQL from starting.
func clearLeftover(ctx context.Context, data string) error {
	file := filepath.Join(data, "postmaster.pid")
	ctx, cancel := context.WithTimeout(ctx, orphanPatience)
	defer cancel()
	tick := time.NewTicker(2 * readyPoll)
	defer tick.Stop()
	for {
		pid := pidIn(file)
		if pid == 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return nil // PostgreSQL removes a file whose process is gone itself
		}
		if !isPostgres(pid) {
			return os.Remove(file)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another PostgreSQL (process %d) serves %s: stop it first", pid, data)
		case <-tick.C:
		}
	}
}

// pidIn is the process id in the first line of file, or 0.
func pidIn(file string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 0 {
		return 0
	}
	return pid
}

// isPostgres is true where /proc can't tell, which leaves the verdict to
// PostgreSQL.
func isPostgres(pid int) bool {
	comm, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	return err != nil || strings.TrimSpace(string(comm)) == "postgres"
}
