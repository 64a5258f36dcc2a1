package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/adapters/temporal"
)

// verificationJSON is what replaying a workflow type found, on the wire.
type verificationJSON struct {
	Workflow string          `json:"workflow"`
	Replayed int             `json:"replayed"`
	Failures []replayFailure `json:"failures"`
}

type replayFailure struct {
	ID     string `json:"id"`
	RunID  string `json:"run_id"`
	Reason string `json:"reason"`
}

var errReplay = errors.New("some histories do not replay: this program cannot continue those runs")

func (p *program) workflows() *cobra.Command {
	var limit int
	verify := &cobra.Command{
		Use: "verify-histories", Short: "Replay recent runs of a live server with this program", Args: cobra.NoArgs,
		Long: `Replay the latest runs of each workflow type, running and closed, against the definitions of this program.
It fails when one does not replay: deploying this program would then stop that run.`,
		Example: "  footballctl workflows verify-histories\n  footballctl workflows verify-histories --limit 500 --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit %d: say 1 or more", limit)
			}
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			var histories *temporal.Histories
			return p.with(ctx, temporalGraph, func() error {
				found, err := histories.Verify(ctx, limit)
				if err != nil {
					return err
				}
				return p.showVerifications(found)
			}, &histories)
		},
	}
	verify.Flags().IntVar(&limit, "limit", 100, "at most so many runs of each workflow type")
	return group("workflows", "Look after workflow definitions (TEMPORAL_ADDRESS), and show sealed payloads",
		"  footballctl workflows verify-histories", verify, p.codecServer())
}

func (p *program) showVerifications(found []temporal.Verification) error {
	wire := make([]verificationJSON, len(found))
	rows := make([][]string, len(found))
	failed := 0
	for i, v := range found {
		wire[i] = verificationJSON{Workflow: v.Workflow, Replayed: v.Replayed, Failures: []replayFailure{}}
		for _, f := range v.Failures {
			wire[i].Failures = append(wire[i].Failures, replayFailure(f))
		}
		rows[i] = []string{v.Workflow, fmt.Sprint(v.Replayed), fmt.Sprint(len(v.Failures))}
		failed += len(v.Failures)
	}
	err := p.print(wire, func(w io.Writer) {
		table(w, "WORKFLOW REPLAYED FAILED", rows)
		for _, v := range found {
			for _, f := range v.Failures {
				fmt.Fprintf(w, "%s %s (run %s): %s\n", v.Workflow, f.ID, f.RunID, f.Reason)
			}
		}
	})
	if err == nil && failed > 0 {
		return errReplay
	}
	return err
}
