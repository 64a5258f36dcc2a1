package releases

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

var _ releasing.Driver = (*Processes)(nil)

// Processes runs releases as plain processes, which outlive whoever started
// them. It knows them by files with their ids, and believes an id only when the
// process runs the program that it should.
type Processes struct {
	Layout

	Environment []string // of all; that of a colour is added
	Grace       time.Duration
}

// programs are what runs in a colour, in the order in which it is started.
var programs = []struct {
	name string
	args []string
}{{"worker", []string{"--release", "--queues", "ingestion,modelling"}}, {"api", nil}}

// Start implements [releasing.Driver].
func (p *Processes) Start(ctx context.Context, c operation.Colour, release string) error {
	settings, err := p.settings(c)
	if err != nil {
		return fmt.Errorf("read the settings of %s: %w", c, err)
	}
	for _, program := range programs {
		path, err := p.program(release, program.name)
		if err != nil {
			return err
		}
		pid, runs := p.running(c, program.name)
		if pid != 0 && runs == path {
			continue
		}
		if err := p.end(ctx, c, program.name); err != nil {
			return err
		}
		environment := append(append([]string{}, p.Environment...), "HTTP_ADDR=unix:"+p.Socket(c))
		if err := p.begin(c, program.name, path, program.args, append(environment, settings...)); err != nil {
			return fmt.Errorf("start %s of %s: %w", program.name, release, err)
		}
	}
	return nil
}

// Stop implements [releasing.Driver]. The API goes first: a worker is missed by
// nobody. One that died has left its socket, at which nobody answers.
func (p *Processes) Stop(ctx context.Context, c operation.Colour) error {
	for n := len(programs) - 1; n >= 0; n-- {
		if err := p.end(ctx, c, programs[n].name); err != nil {
			return err
		}
	}
	if err := os.Remove(p.Socket(c)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return domain.Errorf(domain.Unavailable, "release.state", "remove the socket of %s: %s", c, err)
	}
	return nil
}

// Migrate implements [releasing.Driver].
func (p *Processes) Migrate(ctx context.Context, release string) error {
	return p.migrate(ctx, release, p.Environment)
}

func (p *Processes) file(c operation.Colour, program, ending string) string {
	return filepath.Join(p.State, string(c)+"-"+program+ending)
}

func (p *Processes) begin(c operation.Colour, name, path string, args, environment []string) error {
	if err := os.MkdirAll(p.State, 0o755); err != nil {
		return err
	}
	log, err := os.OpenFile(p.file(c, name, ".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	command := exec.Command(path, args...) //nolint:noctx // it outlives whoever starts it, on purpose
	command.Env, command.Stdout, command.Stderr, command.Dir = environment, log, log, "/"
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return err
	}
	go func() { _ = command.Wait() }() // so that it is no zombie while we are here
	fresh := p.file(c, name, ".pid.new")
	if err := os.WriteFile(fresh, []byte(strconv.Itoa(command.Process.Pid)), 0o600); err != nil {
		return errors.Join(err, command.Process.Kill())
	}
	return os.Rename(fresh, p.file(c, name, ".pid"))
}

// running is the process of a program of a colour and what it runs, or zero.
func (p *Processes) running(c operation.Colour, name string) (pid int, path string) {
	text, err := os.ReadFile(p.file(c, name, ".pid"))
	if err != nil {
		return 0, ""
	}
	pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, ""
	}
	path, err = os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	path = strings.TrimSuffix(path, " (deleted)")
	// Another process may have the id by now; and one that has ended has no program.
	if err != nil || filepath.Base(path) != name || !strings.HasPrefix(path, p.Releases+string(filepath.Separator)) {
		return 0, ""
	}
	return pid, path
}

// end asks a process to end, and makes it when it does not.
func (p *Processes) end(ctx context.Context, c operation.Colour, name string) error {
	pid, _ := p.running(c, name)
	if pid != 0 {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop %s of %s: %w", name, c, err)
		}
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(p.Grace); pid != 0; { //nolint:forbidigo // a pause between two looks
		select {
		case <-tick.C:
		case <-deadline:
			_ = syscall.Kill(pid, syscall.SIGKILL)
			deadline = nil
		case <-ctx.Done():
			return ctx.Err()
		}
		if still, _ := p.running(c, name); still != pid {
			pid = 0
		}
	}
	if err := os.Remove(p.file(c, name, ".pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return domain.Errorf(domain.Unavailable, "release.state", "forget %s of %s: %s", name, c, err)
	}
	return nil
}
