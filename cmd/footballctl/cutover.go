package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

func (p *program) cutover() *cobra.Command {
	return group("cutover", "Bring a release to users step by step, and back (DATABASE_URL, TEMPORAL_ADDRESS, ENCRYPTION_KEY_FILE)",
		"  footballctl cutover start v1.4.0\n  footballctl cutover rollback --reason \"prices are wrong\"",
		p.cutoverStart(), p.cutoverStatus(), p.cutoverApprove(), p.cutoverRollback(), p.cutoverAbort(), p.cutoverList())
}

func (p *program) cutoverStart() *cobra.Command {
	var (
		a          persona
		in         operating.Cutover
		step, bake time.Duration
	)
	cmd := &cobra.Command{
		Use: "start RELEASE", Short: "Start a release beside the one that runs, and move requests to it", Args: cobra.ExactArgs(1),
		Long: "Start a release beside the one that runs, move requests to it slot by slot while what clients see is watched, and then\n" +
			"all. What fails more than 1 % of requests, or is slower than 500 ms at the 99th percentile, is taken back at once. It is\n" +
			"followed until it ends; Ctrl-C stops following, and the cutover goes on.",
		Example: "  footballctl cutover start v1.4.0 --ramp 1,5,10 --step 2m --bake 10m --approve --as ada@example.com",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Release, in.StepSeconds, in.BakeSeconds = args[0], int(step.Seconds()), int(bake.Seconds())
			return p.startCutover(cmd, a, in)
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&in.Reason, "reason", "", "why, for the record")
	cmd.Flags().BoolVar(&in.Approve, "approve", false, "wait for the approval of another person before users see anything of it")
	cmd.Flags().BoolVar(&in.AtOnce, "at-once", false, "move all requests in one step")
	cmd.Flags().IntSliceVar(&in.Ramp, "ramp", []int{1, 5, 10}, "how many of the twenty slots lead to it, step by step")
	cmd.Flags().DurationVar(&step, "step", time.Minute, "how long each step is watched")
	cmd.Flags().DurationVar(&bake, "bake", 5*time.Minute, "how long it is watched with all requests, before the old one is stopped")
	return cmd
}

func (p *program) cutoverRollback() *cobra.Command {
	var (
		a   persona
		why string
	)
	cmd := &cobra.Command{
		Use: "rollback", Short: "Go back to the release that was live before, at once", Args: cobra.NoArgs,
		Long: "Start the release that was live before the one that is, and move all requests to it in one step. The schema stays: a\n" +
			"release works with that of the one after it.",
		Example: "  footballctl cutover rollback --reason \"prices are wrong\" --as ada@example.com",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.startCutover(cmd, a, operating.Cutover{Release: "previous", Reason: why, AtOnce: true, BakeSeconds: 10})
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&why, "reason", "", "why, for the record")
	require(cmd, "reason")
	return cmd
}

func (p *program) startCutover(cmd *cobra.Command, a persona, in operating.Cutover) error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return p.onBench(cmd, 0, a, func(ctx context.Context, d *operating.Dispatcher) error {
		o, err := d.Start(ctx, operating.Request{Kind: cutovers, Input: text})
		if err != nil {
			return err
		}
		return p.followOperation(ctx, d, o)
	})
}

const cutovers = "cutovers"

// cutoverMeant is the one that an argument names, or else the newest, which is the
// one that goes on when one does.
func cutoverMeant(ctx context.Context, d *operating.Dispatcher, args []string) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	newest, err := d.List(ctx, operating.Filter{Kind: cutovers}, catalogue.Page{Limit: 1})
	if err == nil && len(newest) == 0 {
		err = domain.Errorf(domain.NotFound, "release.none", "there was no cutover yet; begin one with footballctl cutover start RELEASE")
	}
	if err != nil {
		return "", err
	}
	return newest[0].ID, nil
}

func (p *program) cutoverStatus() *cobra.Command {
	return p.watching(&cobra.Command{
		Use: "status [ID]", Short: "Show a cutover, the newest without ID, or follow it to its end", Args: cobra.MaximumNArgs(1),
		Long:    "Show how far a cutover is, what it waits for, and where its history is; the newest one when no ID is given.\nWith --follow it ends with code 0 only when the release is live.",
		Example: "  footballctl cutover status --follow",
	}, cutoverMeant)
}

func (p *program) cutoverApprove() *cobra.Command {
	return p.approving(&cobra.Command{
		Use: "approve [ID]", Short: "Let users see a release, as another person than asked for it", Args: cobra.MaximumNArgs(1),
		Long: "Let a release have requests of users, when it was started with --approve; the newest cutover when no ID is given. Two people\n" +
			"stand behind it: whoever started it cannot approve it. Therefore the user signs in, with password and second factor.",
		Example: "  footballctl cutover approve --as grace@example.com",
	}, cutoverMeant)
}

func (p *program) cutoverAbort() *cobra.Command {
	return p.aborting(&cobra.Command{
		Use: "abort [ID]", Short: "Take a release back that is on its way to users, the newest without ID", Args: cobra.MaximumNArgs(1),
		Example: "  footballctl cutover abort --reason \"the wrong one\"",
	}, cutoverMeant)
}

// releaseJSON is a release on the wire.
type releaseJSON struct {
	ID        string                  `json:"id"`
	Release   string                  `json:"release"`
	Colour    operation.Colour        `json:"colour"`
	Status    operation.ReleaseStatus `json:"status"`
	Reason    string                  `json:"reason,omitempty"`
	Why       string                  `json:"why,omitempty"`
	StartedAt time.Time               `json:"started_at"`
	EndedAt   *time.Time              `json:"ended_at"`
}

func (p *program) cutoverList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List what was released, newest first (DATABASE_URL)", Args: cobra.NoArgs,
		Example: "  footballctl cutover list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var kept releasing.Releases
			return p.with(ctx, databaseGraph, func() error {
				all, err := kept.List(ctx, 50)
				if err != nil {
					return err
				}
				wire, rows := make([]releaseJSON, len(all)), make([][]string, len(all))
				for i, r := range all {
					wire[i] = releaseJSON{r.ID, r.Name, r.Colour, r.Status, r.Reason, r.Why, r.StartedAt.UTC(), orNull(r.EndedAt)}
					rows[i] = []string{r.StartedAt.UTC().Format(time.RFC3339), r.Name, string(r.Colour), string(r.Status), r.Why}
				}
				return p.print(wire, func(w io.Writer) {
					if len(rows) == 0 {
						fmt.Fprintln(w, "Nothing was released here.")
						return
					}
					table(w, "STARTED RELEASE COLOUR STATUS WHY", rows)
				})
			}, &kept)
		},
	}
}
