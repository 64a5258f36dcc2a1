package pgtools

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Starter starts a program in a process group that ends with us, and returns
// how to signal all of it.
type Starter func(*exec.Cmd) (signal func(syscall.Signal), err error)

// Programs are PostgreSQL's.
type Programs struct {
	Dir   string // the folder they are in; PATH when empty
	Start Starter
	// As is who they run as; we ourselves when nil.
	As *syscall.Credential
}

// keptOutput is how much of what a program complains about is told.
const keptOutput = 2000

// run runs a program to its end. When ctx ends, so does the program.
func (p Programs) run(ctx context.Context, env []string, name string, args ...string) (output string, err error) {
	path := name
	if p.Dir != "" {
		path = filepath.Join(p.Dir, name)
	}
	var out, complaints bytes.Buffer
	cmd := exec.Command(path, args...) //nolint:noctx // its whole group is ended below
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &out, &complaints
	p.disguise(cmd)
	signal, err := p.Start(cmd)
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("%s is not installed: on Debian run `apt-get install %s`", name, packageOf(name))
	}
	if err != nil {
		return "", fmt.Errorf("start %s: %w", name, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err = <-ended:
	case <-ctx.Done():
		signal(syscall.SIGKILL)
		<-ended //nolint:errcheck // that it was killed is no news
		return "", context.Cause(ctx)
	}
	// What it started must not go on without it.
	signal(syscall.SIGKILL)
	if err != nil {
		return out.String(), &failure{program: name, output: last(complaints.String() + out.String()), complaint: complaints.String(), err: err}
	}
	return out.String(), nil
}

// disguise makes a program run as another user, who may not enter the folder
// that we are in.
func (p Programs) disguise(cmd *exec.Cmd) {
	if p.As != nil {
		cmd.SysProcAttr, cmd.Dir = &syscall.SysProcAttr{Credential: p.As}, "/"
	}
}

func packageOf(program string) string {
	if program == "pgbackrest" {
		return program
	}
	return "postgresql-client"
}

// failure is a program that ended badly.
type failure struct {
	program, output string
	complaint       string // all of it
	err             error
}

func (f *failure) Error() string {
	return fmt.Sprintf("%s: %v: %s", f.program, f.err, f.output)
}

func (f *failure) Unwrap() error { return f.err }

// passing are what programs say when it is not the backup that is at fault.
var passing = []string{
	"No space left on device", "could not extend file", "connection to server", "server closed the connection",
	"terminating connection", "shutting down", "starting up", "recovery mode", "out of memory", "too many clients", "lock timeout",
}

// passes reports whether the same program may do better another time: it was
// killed, or what it stands on went away.
func (f *failure) passes() bool {
	var exit *exec.ExitError
	if !errors.As(f.err, &exit) || exit.ExitCode() < 0 {
		return true
	}
	return slices.ContainsFunc(passing, func(text string) bool { return strings.Contains(f.output, text) })
}

// last is the end of what a program printed, on one line.
func last(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.TrimSpace(text), func(r rune) bool { return r == '\n' || r == '\r' }), " | ")
	if len(text) > keptOutput {
		text = "…" + strings.ToValidUTF8(text[len(text)-keptOutput:], "")
	}
	return text
}
