// Command devstack runs the whole system on one machine without Docker; it is
// what `make run` starts. It composes and supervises: the servers come from
// adapters/devserver, all football happens in the worker, the API and
// footballctl, which it starts as anybody else would.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
	"github.com/football-prediction/football-prediction/domain"
)

// stopTimeout bounds a graceful end of everything; each process has a shorter
// grace of its own.
const stopTimeout = 2 * time.Minute

func main() {
	if len(os.Args) > 1 {
		explain(os.Args[1])
	}
	settings, err := readSettings(os.Getenv, time.Now())
	if err != nil {
		fmt.Fprintln(os.Stderr, "devstack can't start:\n"+err.Error())
		os.Exit(2)
	}
	os.Exit(run(fx.New(options(settings))))
}

func options(settings settings) fx.Option {
	return fx.Options(
		fx.NopLogger,
		fx.StopTimeout(stopTimeout),
		devserver.Module,
		fx.Supply(settings, domain.Clock(time.Now)),
		fx.Provide(newConsole, reporter, newStack),
		fx.Invoke(bringUp),
	)
}

// run returns the exit code: 0 after an orderly end, also one by Ctrl-C once
// everything was up.
func run(app *fx.App) int {
	if err := app.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "devstack:", err)
		return 1
	}
	if err := app.Start(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "devstack:", err)
		return 1
	}
	why := <-app.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), app.StopTimeout())
	defer cancel()
	// A second Ctrl-C ends the patience with what doesn't stop.
	ctx, ignore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer ignore()
	code, began := why.ExitCode, time.Now()
	err := app.Stop(ctx)
	fmt.Printf("Stopped after %.1f s.\n", time.Since(began).Seconds())
	if err != nil {
		var unfinished unfinishedError
		if errors.As(err, &unfinished) {
			return cmp.Or(code, exitInterrupted)
		}
		fmt.Fprintln(os.Stderr, "devstack:", err)
		code = max(code, 1)
	}
	return code
}

// explain answers --version and --help, and refuses all other arguments.
func explain(argument string) {
	switch argument {
	case "--version", "-v":
		fmt.Println("devstack", buildinfo.String())
		os.Exit(0)
	case "--help", "-h":
		fmt.Print(help)
		os.Exit(0)
	}
	fmt.Fprintf(os.Stderr, "devstack takes no argument %q\n\n%s", argument, help)
	os.Exit(2)
}

const help = `devstack runs the whole system on this machine. The environment steers it:

  DATA   auto (openfootball, or simulated when it can't be reached), openfootball,
         simulated, football-data.co.uk, football-data.org, or a folder. Default: auto
  AS_OF  YYYY-MM-DD: the world as it was known then. Default: today
  EXIT   1: stop with code 0 once everything is up and printed
  OBSERVE
         1: also start Prometheus and Alertmanager, when they are installed
`
