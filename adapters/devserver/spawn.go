package devserver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// readyPoll is the pause between two questions whether a child is ready.
const readyPoll = 25 * time.Millisecond

func (p *Process) spawn() (*run, error) {
	if err := p.log.open(); err != nil {
		return nil, fmt.Errorf("open its log: %w", err)
	}
	cmd := exec.Command(p.spec.Path, p.spec.Args...) //nolint:noctx // Stop ends it, in order
	cmd.Env, cmd.Dir = p.spec.Env, p.spec.Dir
	cmd.Stdout, cmd.Stderr = p.log, p.log
	cmd.SysProcAttr = attributes(p.spec)
	// Descendants may keep the output open after the child itself has gone.
	cmd.WaitDelay = 2 * time.Second
	if p.spec.Stdin != "" {
		cmd.Stdin = strings.NewReader(p.spec.Stdin)
	}
	if p.spec.Folder != "" {
		folder, err := os.Open(p.spec.Folder)
		if err != nil {
			return nil, err
		}
		defer func() { _ = folder.Close() }()
		cmd.ExtraFiles = []*os.File{folder}
	}
	if err := startOnLastingThread(cmd); err != nil {
		return nil, err
	}
	r := &run{pid: cmd.Process.Pid, done: make(chan struct{})}
	p.mu.Lock()
	p.run = r
	p.mu.Unlock()
	go func() {
		r.err = cmd.Wait()
		signalGroup(r.pid, syscall.SIGKILL) // nothing of it stays behind
		close(r.done)
	}()
	return r, nil
}

func (p *Process) awaitReady(ctx context.Context, r *run) error {
	if p.spec.Ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, p.spec.ReadyWithin)
	defer cancel()
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		err := p.spec.Ready(ctx)
		select {
		case <-r.done:
			return fmt.Errorf("%w: %v", ErrExited, reason(r.err))
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w (last answer: %w)", context.Cause(ctx), err)
		default:
		}
		if err == nil {
			return nil
		}
		select {
		case <-r.done:
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// signalGroup signals the group that the child leads. The group may be empty.
func signalGroup(pid int, sig syscall.Signal) { _ = syscall.Kill(-pid, sig) }

func reason(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

func indentedTail(tail string) string {
	if tail == "" {
		return ""
	}
	return "\n    " + strings.ReplaceAll(tail, "\n", "\n    ")
}
