package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
)

// program is the command line with the world it runs in.
type program struct {
	environ  []string
	in       io.Reader
	out, err io.Writer
	runFile  string // what a development stack says of itself

	// The global flags.
	json    bool
	local   bool
	timeout time.Duration
}

func newProgram(environ []string, in io.Reader, out, err io.Writer) *program {
	return &program{environ: environ, in: in, out: out, err: err, runFile: ".data/run.json"}
}

// The exit codes besides zero, which means success and nothing else.
const (
	exitFailure     = 1
	exitUsage       = 2   // the command line is wrong
	exitPartly      = 3   // some of it failed; the result says what
	exitInterrupted = 130 // as shells report Ctrl-C
)

// run runs one command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		p.report(root, err)
		return exitInterrupted
	}
	p.report(root, err)
	return exitCode(err)
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "footballctl",
		Short: "Operate the football prediction platform",
		Long: `footballctl operates the football prediction platform.

It reads the same environment variables as the servers, only those that a
command needs. Beside a system that make run started, --local finds them in
.data/run.json.`,
		Version:       buildinfo.String(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	flags := root.PersistentFlags()
	flags.BoolVar(&p.json, "json", false, "print JSON for machines")
	flags.BoolVar(&p.local, "local", false, "use the system that make run started here")
	flags.DurationVar(&p.timeout, "timeout", 0, "give up after this long, such as 30s (default: 30s for what is quick, no limit for long work)")
	root.AddCommand(
		p.migrate(), p.tenant(), p.apikey(), p.ingest(), p.train(), p.forecast(), p.model(),
		p.backtest(), p.schedules(), p.workflows(), p.openapi(), p.check(), p.audit(), p.keys(), p.admin(), p.cache(),
		p.operations(), p.incident(), p.cutover(), p.queries(), p.profile(), p.backup(), p.maintenance(),
	)
	wrapArgs(root)
	return root
}

// quick is how long a command may take that should take a moment.
const quick = 30 * time.Second

// bounded is the command's context, ended after --timeout, or after fallback
// when the flag is not given; zero is no limit.
func (p *program) bounded(cmd *cobra.Command, fallback time.Duration) (context.Context, context.CancelFunc) {
	limit := p.timeout
	if limit <= 0 {
		limit = fallback
	}
	if limit <= 0 {
		return context.WithCancel(cmd.Context())
	}
	return context.WithTimeout(cmd.Context(), limit)
}

// isTerminal reports whether a person watches w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
