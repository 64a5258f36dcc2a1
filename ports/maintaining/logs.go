package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
)

// Logs are the folders of log files on the worker's machine.
type Logs interface {
	// Sweep removes rotated and abandoned log files that nobody has written to
	// since a time, and then the oldest rotated ones while there is more than a
	// number of bytes. In a dry run it only says what it would remove.
	Sweep(ctx context.Context, before time.Time, most int64, dry bool) (Swept, error)
}

// Swept is what a sweep found and removed.
type Swept struct {
	Folders []string
	Files   int // that were looked at
	Removed []string
	Freed   int64
	Left    int64 // bytes of what stays
	// Large are files that are written to and that nothing rotates.
	Large []string
}

const (
	logsKept = 30 * 24 * time.Hour
	logsMost = 2 << 30
)

// logs removes old log files. Only names that a log has are touched, in the
// folders that are named and not below them; containers and their images are
// never any of it.
func (m *Maintainer) logs(ctx context.Context, s *session) error {
	if m.Logs == nil {
		s.skip("", "No log files are kept here: the programs log to standard output, and whatever takes it rotates it. LOG_DIRS names folders to sweep.")
		return nil
	}
	swept, err := m.Logs.Sweep(ctx, s.at.Add(-logsKept), logsMost, s.dry)
	if err != nil {
		return fmt.Errorf("sweep logs: %w", err)
	}
	rows := make([][]string, len(swept.Removed))
	for i, path := range swept.Removed {
		rows[i] = []string{path}
	}
	s.list("Log files that "+s.would("were")+" removed", "File", rows)
	for _, path := range swept.Large {
		s.warn("Have it rotated, by logrotate for instance.", "%s is large, and still written to.", path)
	}
	s.figure("Log files that stay", float64(swept.Left), operation.Bytes)
	s.say("Of %s in %s, %d %s removed: %s.", many(swept.Files, "log file", "log files"), many(len(swept.Folders), "folder", "folders"),
		len(swept.Removed), s.would("were"), size(float64(swept.Freed)))
	return nil
}
