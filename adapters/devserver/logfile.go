package devserver

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	maxLogBytes  = 16 << 20 // of the file and of the one before it, each
	maxTailBytes = 32 << 10
)

// logFile keeps what a child prints: all of it in a file of bounded size (the
// file before is kept as .1), and the end of the present run in memory.
type logFile struct {
	path string

	mu   sync.Mutex
	file *os.File
	size int64
	tail []byte
}

func newLogFile(path string) *logFile { return &logFile{path: path} }

// open starts the log of another run behind that of the runs before.
func (l *logFile) open() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = nil
	if l.path == "" || l.file != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	return l.reopen()
}

// Write never fails: a full disk must not end the child with a broken pipe.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = append(l.tail, p...)
	if over := len(l.tail) - maxTailBytes; over > 0 {
		l.tail = bytes.Clone(l.tail[over:])
	}
	if l.file == nil {
		return len(p), nil
	}
	if l.size+int64(len(p)) > maxLogBytes {
		l.rotate()
	}
	n, _ := l.file.Write(p)
	l.size += int64(n)
	return len(p), nil
}

func (l *logFile) rotate() {
	_ = l.file.Close()
	_ = os.Rename(l.path, l.path+".1")
	if err := l.reopen(); err != nil {
		l.file = nil
	}
}

func (l *logFile) reopen() error {
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	l.file, l.size = file, 0
	if info, err := file.Stat(); err == nil {
		l.size = info.Size()
	}
	return nil
}

// lastLines are the last n lines of the present run, or n lines from where a Go
// program panicked: the reason stands before a long stack.
func (l *logFile) lastLines(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.Split(strings.TrimRight(string(l.tail), "\n"), "\n")
	from := max(0, len(lines)-n)
	if panicked := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "panic: ") }); panicked >= 0 {
		from = min(from, max(0, panicked-1))
	}
	return strings.Join(lines[from:min(from+n, len(lines))], "\n")
}

// mentions tells whether the end of the present run has words in it, in any case.
func (l *logFile) mentions(words string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(bytes.ToLower(l.tail), []byte(words))
}

func (l *logFile) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		_ = l.file.Close()
		l.file = nil
	}
}
