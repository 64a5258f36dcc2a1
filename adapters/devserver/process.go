package devserver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

// Errors of processes. Match them with [errors.Is].
var (
	ErrRunning = errors.New("the process is already running")
	// ErrExited means that a process ended before it was ready.
	ErrExited = errors.New("ended before it was ready")
	// ErrKilled means that a process did not end when asked to.
	ErrKilled = errors.New("did not end in time and was killed")
)

// Process is a program that can be started, stopped and started again. Its
// methods may be called from several goroutines, Start and Stop one at a time.
type Process struct {
	spec Spec
	log  *logFile

	mu  sync.Mutex
	run *run // the latest one; nil before the first
}

type run struct {
	pid  int
	done chan struct{} // closed once the child has been waited for
	err  error         // why it ended; read it after done
}

// NewProcess returns a process that is not running yet.
func NewProcess(spec Spec) *Process {
	return &Process{spec: spec.withDefaults(), log: newLogFile(spec.Log)}
}

// Name is the name for people.
func (p *Process) Name() string { return p.spec.Name }

// LogPath is the file that holds what the process prints, or nothing.
func (p *Process) LogPath() string { return p.spec.Log }

// Tail is the end of what the present or latest run printed.
func (p *Process) Tail() string { return p.log.lastLines(20) }

// PID is the process id of the present or latest run, or 0.
func (p *Process) PID() int {
	if r := p.latest(); r != nil {
		return r.pid
	}
	return 0
}

// Done is closed while the process is not running. Each start makes a new one.
func (p *Process) Done() <-chan struct{} {
	if r := p.latest(); r != nil {
		return r.done
	}
	return closed
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Running tells whether the child is there, ready or not.
func (p *Process) Running() bool {
	select {
	case <-p.Done():
		return false
	default:
		return true
	}
}

// Start runs the program and returns once it is ready. The context bounds the
// start only. A child that isn't ready in time is stopped again. It returns
// [ErrRunning], or [ErrExited] with the end of the log.
func (p *Process) Start(ctx context.Context) error {
	if p.Running() {
		return fmt.Errorf("start %s: %w", p.spec.Name, ErrRunning)
	}
	r, err := p.spawn()
	if err != nil {
		return fmt.Errorf("start %s: %w", p.spec.Name, err)
	}
	if err := p.awaitReady(ctx, r); err != nil {
		_ = p.Stop(context.WithoutCancel(ctx))
		return fmt.Errorf("start %s: %w%s", p.spec.Name, err, indentedTail(p.Tail()))
	}
	return nil
}

// Wait blocks until the present run has ended and returns why, nil for exit
// code 0.
func (p *Process) Wait() error {
	r := p.latest()
	if r == nil {
		return nil
	}
	<-r.done
	return r.err
}

// Stop ends the process and everything in its group: with the stop signal, and
// with SIGKILL when the grace or ctx is over, which returns [ErrKilled]. When it
// returns, the process is gone. Stopping what is not running does nothing.
func (p *Process) Stop(ctx context.Context) error {
	defer p.log.close()
	r := p.latest()
	if r == nil || !p.Running() {
		return nil
	}
	grace := time.NewTimer(p.spec.Grace)
	defer grace.Stop()
	_ = syscall.Kill(r.pid, p.spec.Stop)
	select {
	case <-r.done:
		return nil
	case <-grace.C:
	case <-ctx.Done():
	}
	p.Kill()
	return fmt.Errorf("stop %s: %w", p.spec.Name, ErrKilled)
}

// Kill ends the process with SIGKILL, as a crash would, and waits for its end.
func (p *Process) Kill() {
	r := p.latest()
	if r == nil || !p.Running() {
		return
	}
	signalGroup(r.pid, syscall.SIGKILL)
	<-r.done
}

// Signal sends sig to the process and its group.
func (p *Process) Signal(sig syscall.Signal) {
	if r := p.latest(); r != nil && p.Running() {
		signalGroup(r.pid, sig)
	}
}

func (p *Process) latest() *run {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.run
}
