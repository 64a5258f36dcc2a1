package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/pausing"
)

func (p *program) maintenanceMode() *cobra.Command {
	return group("mode", "Let the service rest: callers get 503, workers leave their work for later (DATABASE_URL)",
		"  footballctl maintenance mode on --reason 'a new disk' --for 30m\n  footballctl maintenance mode off\n  footballctl maintenance mode status",
		p.modeOn(), p.modeOff(), p.modeStatus())
}

func (p *program) modeOn() *cobra.Command {
	var (
		reason string
		last   time.Duration
	)
	cmd := &cobra.Command{
		Use: "on", Short: "Let the service rest for a time", Args: cobra.NoArgs,
		Long: `Let the service rest. Within a second the API answers 503 with Retry-After to all but health, documents, sign-in and
operations, and workers begin no activity. What is under way is finished. It ends by itself after the time given, so
that nobody can forget it; saying it again begins the time anew.`,
		Example: "  footballctl maintenance mode on --reason 'a new disk' --for 30m",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.switching(cmd, func(ctx context.Context, s *pausing.Switch) error {
				return s.On(ctx, operator().Subject, reason, last)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for whoever asks and for the audit log (required)")
	cmd.Flags().DurationVar(&last, "for", 15*time.Minute, "when it ends by itself, from 1m to 24h")
	return cmd
}

func (p *program) modeOff() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "off", Short: "Let the service go on", Args: cobra.NoArgs,
		Example: "  footballctl maintenance mode off",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.switching(cmd, func(ctx context.Context, s *pausing.Switch) error { return s.Off(ctx, force) })
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "also when it is a run that needs the service to rest")
	return cmd
}

func (p *program) modeStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Tell whether the service rests, who asked for it, and until when", Args: cobra.NoArgs,
		Example: "  footballctl maintenance mode status --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.switching(cmd, func(context.Context, *pausing.Switch) error { return nil })
		},
	}
}

// pauseJSON is a pause on the wire.
type pauseJSON struct {
	Resting bool       `json:"resting"`
	Since   *time.Time `json:"since,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
	By      string     `json:"by,omitempty"`
	Reason  string     `json:"reason,omitempty"`
}

// switching does something and tells how the service is then.
func (p *program) switching(cmd *cobra.Command, do func(context.Context, *pausing.Switch) error) error {
	ctx, cancel := p.bounded(cmd, quick)
	defer cancel()
	ctx = access.With(ctx, operator())
	var (
		s      *pausing.Switch
		pauses pausing.Pauses
	)
	return p.with(ctx, pausingGraph, func() error {
		if err := do(ctx, s); err != nil {
			return err
		}
		last, ok, err := pauses.Last(ctx)
		if err != nil {
			return err
		}
		wire := pauseJSON{Resting: ok && last.Left > 0}
		if wire.Resting {
			until := time.Now().Add(last.Left).UTC().Truncate(time.Second)
			wire.Since, wire.Until, wire.By, wire.Reason = &last.Since, &until, last.Holder, last.Purpose
		}
		return p.print(wire, func(w io.Writer) {
			if !wire.Resting {
				fmt.Fprintln(w, "the service is open")
				return
			}
			fmt.Fprintf(w, "the service rests until %s: %s (%s, since %s)\n", wire.Until.Format(time.RFC3339), wire.Reason, wire.By, wire.Since.Format(time.RFC3339))
		})
	}, &s, &pauses)
}
