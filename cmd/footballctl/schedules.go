package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
)

func (p *program) schedules() *cobra.Command {
	return group("schedules", "Apply, list, pause and resume the schedules (TEMPORAL_ADDRESS)",
		"  footballctl schedules apply\n  footballctl schedules pause ingest --note \"source is being moved\"",
		p.schedulesApply(), p.schedulesList(),
		p.scheduleChange("pause", "paused", "Keep a schedule from starting runs", (*temporal.Schedules).Pause),
		p.scheduleChange("resume", "resumed", "Let a schedule start runs again", (*temporal.Schedules).Resume),
	)
}

func (p *program) schedulesApply() *cobra.Command {
	return &cobra.Command{
		Use: "apply", Short: "Make the schedules those of this program", Args: cobra.NoArgs,
		Long: `Create, update and remove schedules so that they are those this program defines. Repeating it is safe, and an
operator's pause stays. Search attributes that the namespace lacks are registered: workflows cannot run without them. With AS_OF they are paused, since nothing new happens in a world that stands still.`,
		Example: "  footballctl schedules apply",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var (
				schedules *temporal.Schedules
				c         config.Config
			)
			return p.with(ctx, temporalGraph, func() error {
				if err := schedules.Prepare(ctx, c.TemporalNamespace); err != nil {
					return err
				}
				changes, err := schedules.Apply(ctx, !c.AsOf.IsZero(), temporal.Definitions())
				if err != nil {
					return err
				}
				wire := make([]map[string]string, len(changes))
				for i, change := range changes {
					wire[i] = map[string]string{"id": change.ID, "done": change.Done}
				}
				return p.print(wire, func(w io.Writer) {
					for _, change := range changes {
						fmt.Fprintf(w, "%s %s\n", change.Done, change.ID)
					}
				})
			}, &schedules, &c)
		},
	}
}

// scheduleJSON is a schedule on the wire.
type scheduleJSON struct {
	ID       string     `json:"id"`
	Workflow string     `json:"workflow"`
	Paused   bool       `json:"paused"`
	Note     string     `json:"note,omitempty"`
	Next     *time.Time `json:"next"`
	Last     *time.Time `json:"last"`
}

func (p *program) schedulesList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the schedules with their last and next runs", Args: cobra.NoArgs,
		Example: "  footballctl schedules list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var schedules *temporal.Schedules
			return p.with(ctx, temporalGraph, func() error {
				all, err := schedules.List(ctx)
				if err != nil {
					return err
				}
				wire, rows := make([]scheduleJSON, len(all)), make([][]string, len(all))
				for i, s := range all {
					wire[i] = scheduleJSON{ID: s.ID, Workflow: s.Workflow, Paused: s.Paused, Note: s.Note, Next: orNull(s.Next), Last: orNull(s.Last)}
					state := "active"
					if s.Paused {
						state = "paused"
					}
					rows[i] = []string{s.ID, s.Workflow, state, moment(s.Last), moment(s.Next), orDash(s.Note)}
				}
				return p.print(wire, func(w io.Writer) { table(w, "SCHEDULE WORKFLOW STATE LAST NEXT NOTE", rows) })
			}, &schedules)
		},
	}
}

type changeSchedule func(s *temporal.Schedules, ctx context.Context, id, note string) error

func (p *program) scheduleChange(verb, done, short string, change changeSchedule) *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use: verb + " ID", Short: short, Args: cobra.ExactArgs(1),
		Example: fmt.Sprintf("  footballctl schedules %s ingest --note \"by the on-call engineer\"", verb),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			if note == "" {
				note = done + " by " + operator().Subject
			}
			var schedules *temporal.Schedules
			return p.with(ctx, temporalGraph, func() error {
				if err := change(schedules, ctx, args[0], note); err != nil {
					return err
				}
				return p.print(map[string]string{"id": args[0], "done": done}, func(w io.Writer) { fmt.Fprintf(w, "%s %s\n", done, args[0]) })
			}, &schedules)
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "why, for whoever reads the list (default: who)")
	return cmd
}

// orNull is t, or null in JSON when it is zero.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
