// Command api serves the platform over HTTP. On SIGTERM it becomes unready,
// finishes what it was asked and ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"

	"go.uber.org/dig"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/probe"
)

func main() { os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr)) }

// run returns the exit code: 2 for a command line or an environment that is
// wrong, 1 for a server that could not start or broke down.
func run(args, environ []string, stdout, stderr io.Writer) int {
	set := flag.NewFlagSet("api", flag.ContinueOnError)
	set.SetOutput(stderr)
	version := set.Bool("version", false, "print the version and end")
	asked := set.String("probe", "", "live or ready: ask the API that runs with this environment, and end with 0 if it is")
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case set.NArg() > 0:
		_, _ = fmt.Fprintf(stderr, "api: %q is no option; see --help\n", set.Arg(0))
		return 2
	case *version:
		_, _ = fmt.Fprintln(stdout, "api", buildinfo.String())
		return 0
	case *asked != "":
		return probeRunning(*asked, environ, stderr)
	}
	c, err := config.Load(environ, config.ForAPI)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "api:", err)
		return 2
	}
	return serveUntilStopped(fx.New(options(c)), stderr)
}

// probeRunning is the health check of a container that holds this binary and nothing else.
func probeRunning(what string, environ []string, stderr io.Writer) int {
	if what != "live" && what != "ready" {
		_, _ = fmt.Fprintf(stderr, "api: --probe %s: say live or ready\n", what)
		return 2
	}
	c, err := config.Load(environ, config.ForAPI.Reading("HTTP_ADDR", "SSL_CERT_PATH", "SSL_KEY_PATH"))
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "api:", err)
		return 2
	}
	address := string(c.HTTPAddr)
	socket, is := c.HTTPAddr.Socket()
	if is {
		address = ""
	}
	target := probe.Target{Address: address, Socket: socket, Encrypted: c.SSLCertPath != "", Path: "/health/" + what, Want: http.StatusOK}
	if err := probe.Ask(context.Background(), target); err != nil {
		_, _ = fmt.Fprintln(stderr, "api: is not "+what+":", err)
		return 1
	}
	return 0
}

// serveUntilStopped is what [fx.App.Run] does, without leaving the process.
func serveUntilStopped(app *fx.App, stderr io.Writer) int {
	if err := app.Err(); err != nil {
		_, _ = fmt.Fprintln(stderr, "api:", dig.RootCause(err))
		return 1
	}
	start, cancel := withTimeout(app.StartTimeout())
	defer cancel()
	if err := app.Start(start); err != nil {
		_, _ = fmt.Fprintln(stderr, "api:", dig.RootCause(err))
		return 1
	}
	signal := <-app.Wait()
	stop, cancel := withTimeout(app.StopTimeout())
	defer cancel()
	if err := app.Stop(stop); err != nil {
		_, _ = fmt.Fprintln(stderr, "api: stop:", err)
		return 1
	}
	return signal.ExitCode
}
