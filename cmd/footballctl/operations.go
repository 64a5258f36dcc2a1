package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
)

func (p *program) operations() *cobra.Command {
	return group("operations", "Start, watch, approve and abort what runs for long (DATABASE_URL, TEMPORAL_ADDRESS, ENCRYPTION_KEY_FILE)",
		"  footballctl operations list\n  footballctl operations approve 0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05 --as ada@example.com",
		p.operationsList(), p.operationsGet(), p.operationsStart(), p.operationsApprove(), p.operationsAbort())
}

// bench is what the commands about operations work with.
type bench struct {
	dispatcher    *operating.Dispatcher
	desk          *authenticating.Desk
	authenticator *access.Authenticator
}

// onBench does something as a user of the platform when one is named, and else
// as whoever has the database at hand.
func (p *program) onBench(cmd *cobra.Command, limit time.Duration, a persona, do func(context.Context, *operating.Dispatcher) error) error {
	ctx, cancel := p.bounded(cmd, limit)
	defer cancel()
	var b bench
	return p.with(ctx, operatingGraph, func() error {
		if a.given() {
			return p.as(ctx, a, b.desk, b.authenticator, func(ctx context.Context) error { return do(ctx, b.dispatcher) })
		}
		return do(access.With(ctx, operator()), b.dispatcher)
	}, &b.dispatcher, &b.desk, &b.authenticator)
}

func (p *program) operationsList() *cobra.Command {
	var (
		f      operating.Filter
		status string
		limit  int
	)
	cmd := &cobra.Command{
		Use: "list", Short: "List what runs or has run, newest first", Args: cobra.NoArgs,
		Example: "  footballctl operations list --kind restores\n  footballctl operations list --status running --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > catalogue.MaxLimit {
				return usagef("--limit %d: say 1 to %d", limit, catalogue.MaxLimit)
			}
			f.Status = operating.Status(status)
			return p.onBench(cmd, quick, persona{}, func(ctx context.Context, d *operating.Dispatcher) error {
				all, err := d.List(ctx, f, catalogue.Page{Limit: limit})
				if err != nil {
					return err
				}
				return p.showOperations(all)
			})
		},
	}
	cmd.Flags().StringVar(&f.Kind, "kind", "", "only of this kind: "+kindNames())
	cmd.Flags().StringVar(&status, "status", "", "only those that stand so, such as running")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many")
	return cmd
}

func kindNames() string {
	kinds := operating.Served(temporal.Serves)
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}

func (p *program) operationsGet() *cobra.Command {
	return p.watching(&cobra.Command{
		Use: "get ID", Short: "Show an operation, or follow it to its end", Args: cobra.ExactArgs(1),
		Long:    "Show an operation with its progress, what it waits for and where its history is.\nWith --follow it ends with code 0 only when the operation completes.",
		Example: "  footballctl operations get 0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05 --follow",
	}, named)
}

func (p *program) operationsStart() *cobra.Command {
	var (
		a      persona
		input  string
		follow bool
	)
	cmd := &cobra.Command{
		Use: "start KIND", Short: "Start an operation", Args: cobra.ExactArgs(1),
		Long: "Start an operation of a kind: " + kindNames() + ".\n" +
			"Asking for the same again while it goes on shows the one that goes on. With --as it is asked for by a user of the\n" +
			"platform, whom an approval cannot be of; without, nobody known asked for it, and two people must approve.",
		Example: "  footballctl operations start ingestions --input '{\"competitions\":[\"premier-league\"]}' --follow",
		RunE: func(cmd *cobra.Command, args []string) error {
			limit := quick
			if follow {
				limit = 0
			}
			return p.onBench(cmd, limit, a, func(ctx context.Context, d *operating.Dispatcher) error {
				o, err := d.Start(ctx, operating.Request{Kind: args[0], Input: []byte(input)})
				if err == nil && follow {
					return p.followOperation(ctx, d, o)
				}
				if err != nil {
					return err
				}
				return p.showOperation(o)
			})
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&input, "input", "{}", "what is asked for, as JSON")
	cmd.Flags().BoolVar(&follow, "follow", false, "show progress until it ends")
	return cmd
}

func (p *program) operationsApprove() *cobra.Command {
	return p.approving(&cobra.Command{
		Use: "approve ID", Short: "Approve what an operation waits for, as a user of the platform", Args: cobra.ExactArgs(1),
		Long: "Approve what an operation waits for. Two people stand behind each: whoever asked for it cannot approve it, here as little as\n" +
			"at the API. Therefore the user signs in, with password and second factor.",
		Example: "  footballctl operations approve 0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05 --as ada@example.com",
	}, named)
}

func (p *program) operationsAbort() *cobra.Command {
	return p.aborting(&cobra.Command{
		Use: "abort ID", Short: "Ask an operation to stop; what it has kept stays kept", Args: cobra.ExactArgs(1),
		Example: "  footballctl operations abort 0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05 --reason \"wrong season\"",
	}, named)
}

// pick says which operation the arguments of a command mean.
type pick func(ctx context.Context, d *operating.Dispatcher, args []string) (id string, err error)

// named is the operation whose id is the argument.
func named(_ context.Context, _ *operating.Dispatcher, args []string) (string, error) {
	return args[0], nil
}

// watching has a command show an operation, or follow it.
func (p *program) watching(cmd *cobra.Command, meant pick) *cobra.Command {
	follow := cmd.Flags().Bool("follow", false, "show progress until it ends")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		limit := quick
		if *follow {
			limit = 0
		}
		return p.onOperation(cmd, limit, persona{}, meant, args, func(ctx context.Context, d *operating.Dispatcher, id string) error {
			o, err := d.Get(ctx, id)
			if err == nil && *follow {
				return p.followOperation(ctx, d, o)
			}
			return p.showUnless(err, o)
		})
	}
	return cmd
}

// approving has a command approve what an operation waits for.
func (p *program) approving(cmd *cobra.Command, meant pick) *cobra.Command {
	var a persona
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.onOperation(cmd, quick, a, meant, args, func(ctx context.Context, d *operating.Dispatcher, id string) error {
			o, err := d.Approve(ctx, id)
			return p.showUnless(err, o)
		})
	}
	a.flags(cmd)
	require(cmd, "as")
	return cmd
}

// aborting has a command ask an operation to stop.
func (p *program) aborting(cmd *cobra.Command, meant pick) *cobra.Command {
	var a persona
	why := cmd.Flags().String("reason", "", "why, for the record")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.onOperation(cmd, quick, a, meant, args, func(ctx context.Context, d *operating.Dispatcher, id string) error {
			o, err := d.Abort(ctx, id, *why)
			return p.showUnless(err, o)
		})
	}
	a.flags(cmd)
	require(cmd, "reason")
	return cmd
}

// onOperation does something with the operation that is meant, as somebody.
func (p *program) onOperation(cmd *cobra.Command, limit time.Duration, a persona, meant pick, args []string, do func(context.Context, *operating.Dispatcher, string) error) error {
	return p.onBench(cmd, limit, a, func(ctx context.Context, d *operating.Dispatcher) error {
		id, err := meant(ctx, d, args)
		if err != nil {
			return err
		}
		return do(ctx, d, id)
	})
}

func (p *program) showUnless(err error, o operating.Operation) error {
	if err != nil {
		return err
	}
	return p.showOperation(o)
}

// followEvery is how often a followed operation is looked at.
const followEvery = time.Second

// followOperation shows how far an operation is until it ends.
func (p *program) followOperation(ctx context.Context, d *operating.Dispatcher, o operating.Operation) error {
	meter := p.meter()
	defer meter.done()
	for !o.Seen.Status.Ended() {
		meter.show(share(o))
		select {
		case <-ctx.Done():
			return fmt.Errorf("no longer following: %w; the operation goes on", context.Cause(ctx))
		case <-time.After(followEvery):
		}
		next, err := d.Get(ctx, o.ID)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if err == nil {
			o = next
		}
	}
	meter.done()
	if err := p.showOperation(o); err != nil || o.Seen.Status == operating.Completed {
		return err
	}
	return alreadyTold{errors.New(o.Seen.Outcome)}
}

// share is how far an operation is, for a meter.
func share(o operating.Operation) (done, total int, text string) {
	switch {
	case o.Seen.Awaiting != nil:
		return 0, 0, "waits for an approval: " + o.Seen.Awaiting.Question
	case !o.Live:
		return 0, 0, "Temporal does not answer"
	case o.Seen.Progress == nil:
		return 0, 0, "waiting for a worker"
	}
	text = o.Seen.Progress.Step
	if o.Seen.Progress.Message != "" {
		text = o.Seen.Progress.Message
	}
	return o.Seen.Progress.Done, o.Seen.Progress.Total, text
}
