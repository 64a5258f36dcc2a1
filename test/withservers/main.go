// Command withservers runs a command beside real servers for tests:
//
//	go run ./test/withservers -- go test ./...
//
// It starts PostgreSQL, Redis and Temporal once, tells the command where they
// are (see package harness), stops them, and exits as the command did. An
// interrupt goes to the command first, a second one kills it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/test/harness"
)

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: withservers [--] command [argument]...")
		os.Exit(2)
	}
	code, err := run(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "withservers:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// run returns the exit code of the command.
func run(args []string) (code int, err error) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	dir, err := os.MkdirTemp("", "football-test-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	began := time.Now()
	supervisor, ctx := devserver.NewSupervisor(context.Background(), time.Now, func(message string) {
		fmt.Fprintln(os.Stderr, "withservers:", message)
	})
	defer func() { err = errors.Join(err, supervisor.Stop(context.Background())) }()
	servers, err := start(ctx, supervisor, dir, signals)
	if err != nil {
		return 1, err
	}
	environment, err := servers.Environment()
	if err != nil {
		return 1, err
	}
	fmt.Fprintf(os.Stderr, "withservers: PostgreSQL, Redis and Temporal are up after %.1f s\n", time.Since(began).Seconds())
	return command(ctx, args, environment, signals)
}

// start starts all three servers at once. A signal ends the attempt.
func start(ctx context.Context, supervisor *devserver.Supervisor, dir string, signals <-chan os.Signal) (harness.Servers, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case s := <-signals:
			cancel(fmt.Errorf("%s while starting", s))
		case <-ctx.Done():
		}
	}()
	var servers harness.Servers
	group, ctx := errgroup.WithContext(ctx)
	for _, begin := range []func(context.Context, string) (devserver.Unit, error){
		servers.StartPostgres, servers.StartRedis, servers.StartTemporal,
	} {
		group.Go(func() error {
			unit, err := begin(ctx, dir)
			if err != nil {
				return err
			}
			return supervisor.Start(ctx, unit)
		})
	}
	err := group.Wait()
	return servers, err
}

// command runs args in a process group of its own and passes signals on to all
// of it: `go test` has children. No second signal is waited for politely.
func command(ctx context.Context, args []string, environment string, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(args[0], args[1:]...) //nolint:noctx // it runs what it is asked to run, and ends it with signals
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), environment)
	group, err := devserver.StartInGroup(cmd)
	if err != nil {
		return 1, err
	}
	var ended error // read it after done
	done := make(chan struct{})
	go func() {
		ended = cmd.Wait()
		close(done)
	}()
	sent := 0
	for {
		select {
		case <-done:
			group(syscall.SIGKILL)
			return exitCode(cmd, ended, sent > 0)
		case s := <-signals:
			if sent++; sent > 1 {
				s = syscall.SIGKILL
			}
			group(s.(syscall.Signal)) // on Unix every signal is one
		case <-ctx.Done():
			group(syscall.SIGKILL)
			<-done
			return 1, context.Cause(ctx)
		}
	}
}

func exitCode(cmd *exec.Cmd, err error, interrupted bool) (int, error) {
	var failed *exec.ExitError
	switch {
	case interrupted:
		return 130, nil // what a shell says after Ctrl-C
	case errors.As(err, &failed) && cmd.ProcessState.ExitCode() > 0:
		return cmd.ProcessState.ExitCode(), nil
	case err != nil:
		return 1, fmt.Errorf("run %s: %w", cmd.Path, err)
	}
	return 0, nil
}
