package redis

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Starter starts a program in a process group that ends with us, and returns
// how to signal all of it.
type Starter func(*exec.Cmd) (signal func(syscall.Signal), err error)

// Programs are Redis' own: redis-server and redis-check-rdb.
type Programs struct {
	Dir   string // the folder they are in; PATH when empty
	Start Starter
}

// running is a program that was started.
type running struct {
	name   string
	output tail
	signal func(syscall.Signal)
	ended  chan struct{}
	err    error // why it ended; read it after ended
}

// start starts a program in dir that reads stdin. When ctx ends, so does the
// program. The caller kills it.
func (p Programs) start(ctx context.Context, dir, stdin, name string, args ...string) (*running, error) {
	path := name
	if p.Dir != "" {
		path = filepath.Join(p.Dir, name)
	}
	r := &running{name: name, ended: make(chan struct{})}
	cmd := exec.Command(path, args...) //nolint:noctx // its whole group is ended below
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(stdin), &r.output, &r.output
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	if value, ok := os.LookupEnv("PATH"); ok { //nolint:forbidigo // programs need a path, whatever the configuration is
		cmd.Env = append(cmd.Env, "PATH="+value)
	}
	signal, err := p.Start(cmd)
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is not installed: on Debian run `apt-get install redis-server redis-tools`, no older than the server that is backed up", name)
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	r.signal = signal
	forget := context.AfterFunc(ctx, r.kill)
	go func() {
		r.err = cmd.Wait()
		close(r.ended)
		forget()
	}()
	return r, nil
}

// kill ends the program, if it has not ended, and waits for that.
func (r *running) kill() {
	select {
	case <-r.ended:
		return
	default:
	}
	r.signal(syscall.SIGKILL)
	<-r.ended
}

// run runs a program to its end.
func (p Programs) run(ctx context.Context, dir, name string, args ...string) (output string, err error) {
	r, err := p.start(ctx, dir, "", name, args...)
	if err != nil {
		return "", err
	}
	<-r.ended
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case r.err != nil:
		return "", r.failure()
	}
	return r.output.String(), nil
}

func (r *running) failure() error {
	return &failure{program: r.name, output: oneLine(r.output.String()), err: r.err}
}

// failure is a program that ended badly.
type failure struct {
	program, output string
	err             error
}

func (f *failure) Error() string { return fmt.Sprintf("%s: %v: %s", f.program, f.err, f.output) }

func (f *failure) Unwrap() error { return f.err }

// exhausted is what Redis says when it is not the file that is at fault.
var exhausted = []string{"Out Of Memory allocating", "No space left on device", "Can't allocate", "Cannot allocate memory", "Too many open files"}

// told tells a program that found fault with a file from one that could not do
// its work: that was killed, or found no memory.
func told(err error) (fault string, _ error) {
	var f *failure
	if !errors.As(err, &f) {
		return "", err
	}
	var exit *exec.ExitError
	if errors.As(f.err, &exit) && exit.ExitCode() < 0 || slices.ContainsFunc(exhausted, func(text string) bool { return strings.Contains(f.output, text) }) {
		return "", err
	}
	return f.Error(), nil
}

// keptOutput is how much of what a program prints is remembered.
const keptOutput = 2000

// tail remembers the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if surplus := len(t.text) - keptOutput; surplus > 0 {
		t.text = append(t.text[:0], t.text[surplus:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ToValidUTF8(string(t.text), "")
}

func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(strings.TrimSpace(text), func(r rune) bool { return r == '\n' || r == '\r' }), " | ")
}
