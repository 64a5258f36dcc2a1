package machine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Logs = (*Logs)(nil)

// Logs are folders of log files.
type Logs struct{ folders []string }

// NewLogs returns the log files in folders, and not below them.
func NewLogs(folders []string) *Logs { return &Logs{folders: folders} }

// largeLog is when a file that is written to should have been rotated.
const largeLog = 256 << 20

var (
	// rotated are names that logrotate and the like give: app.log.1,
	// access.log-20260301.gz, worker-2026-03-01.log.gz.
	rotated = regexp.MustCompile(`\.log([.-][0-9][0-9T.-]*)(\.(gz|xz|zst|bz2))?$|\.log\.(gz|xz|zst|bz2)$|\.log\.old$`)
	current = regexp.MustCompile(`\.log$`)
)

// logFile is a regular file with the name of a log.
type logFile struct {
	root    *os.Root
	name    string // in its folder
	path    string
	bytes   int64
	written time.Time
	rotated bool
}

// Sweep implements [maintaining.Logs]. Links are not followed: a folder that
// others may write to must not lead elsewhere.
func (l *Logs) Sweep(_ context.Context, before time.Time, most int64, dry bool) (swept maintaining.Swept, err error) {
	var files []logFile
	for _, folder := range l.folders {
		root, err := os.OpenRoot(folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return swept, fmt.Errorf("open folder of logs: %w", err)
		}
		defer func() { _ = root.Close() }()
		found, err := logsIn(root, folder)
		if err != nil {
			return swept, fmt.Errorf("list logs in %s: %w", folder, err)
		}
		swept.Folders, files = append(swept.Folders, folder), append(files, found...)
	}
	swept.Files = len(files)
	slices.SortFunc(files, func(a, b logFile) int { return cmp.Or(a.written.Compare(b.written), cmp.Compare(a.path, b.path)) })
	for _, f := range files {
		swept.Left += f.bytes
	}
	for _, f := range files {
		old, many := f.written.Before(before), f.rotated && swept.Left > most
		switch {
		case old || many:
			if err := f.remove(dry); err != nil {
				return swept, fmt.Errorf("remove %s: %w", f.path, err)
			}
			swept.Removed = append(swept.Removed, f.path)
			swept.Freed, swept.Left = swept.Freed+f.bytes, swept.Left-f.bytes
		case !f.rotated && f.bytes > largeLog:
			swept.Large = append(swept.Large, f.path)
		}
	}
	return swept, nil
}

func (f logFile) remove(dry bool) error {
	if dry {
		return nil
	}
	if err := f.root.Remove(f.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func logsIn(root *os.Root, folder string) (files []logFile, err error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		isRotated := rotated.MatchString(name)
		if !entry.Type().IsRegular() || !isRotated && !current.MatchString(name) {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone just now
		}
		if err != nil {
			return nil, err
		}
		files = append(files, logFile{
			root: root, name: name, path: filepath.Join(folder, name), bytes: info.Size(), written: info.ModTime(), rotated: isRotated,
		})
	}
	return files, nil
}
