// Command worker does what workflows ask for: it serves Temporal's task queues,
// all or those that --queues names. On SIGTERM it takes no new work, lets what
// is under way finish for a while, and ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"go.uber.org/dig"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/probe"
)

func main() { os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr)) }

// run returns the exit code: 2 for a command line or an environment that is
// wrong, 1 for a worker that could not start or stop.
func run(args, environ []string, stdout, stderr io.Writer) int {
	flags, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.version:
		_, _ = fmt.Fprintln(stdout, "worker", buildinfo.String())
		return 0
	case flags.probe:
		return probeRunning(environ, stderr)
	}
	c, err := config.Load(environ, config.ForWorker)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "worker:", err)
		return 2
	}
	app := fx.New(options(c, flags))
	if err := app.Err(); err != nil {
		_, _ = fmt.Fprintln(stderr, "worker:", dig.RootCause(err))
		return 1
	}
	app.Run()
	return 0
}

// probeRunning is the health check of a container that holds this binary and nothing else.
func probeRunning(environ []string, stderr io.Writer) int {
	c, err := config.Load(environ, config.ForWorker.Reading("HTTP_ADDR", "METRICS_PORT"))
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "worker:", err)
		return 2
	}
	address, _ := c.MetricsAddr()
	if err := probe.Ask(context.Background(), probe.Target{Address: address, Path: "/health/live", Want: http.StatusOK}); err != nil {
		_, _ = fmt.Fprintln(stderr, "worker: does not live:", err)
		return 1
	}
	return 0
}

var errArgument = errors.New("unknown argument")

type arguments struct {
	version bool
	probe   bool
	queues  []string // empty for all
	release bool
}

func parse(args []string, stderr io.Writer) (arguments, error) {
	var parsed arguments
	known := strings.Join(temporal.Queues(), ", ")
	set := flag.NewFlagSet("worker", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.BoolVar(&parsed.version, "version", false, "print the version and end")
	set.BoolVar(&parsed.probe, "probe", false, "ask the worker that runs with this environment, and end with 0 if it lives")
	set.BoolVar(&parsed.release, "release", false, "serve as the workers of the release that this program is of: new runs come once a cutover has brought it to users")
	queues := set.String("queues", "", "task queues to serve, divided by commas: "+known+" (default all)")
	if err := set.Parse(args); err != nil {
		return parsed, err
	}
	if set.NArg() > 0 {
		_, _ = fmt.Fprintf(stderr, "worker: %q is no option; see --help\n", set.Arg(0))
		return parsed, errArgument
	}
	for name := range strings.SplitSeq(*queues, ",") {
		if name = strings.TrimSpace(name); name != "" {
			parsed.queues = append(parsed.queues, name)
		}
	}
	return parsed, nil
}
