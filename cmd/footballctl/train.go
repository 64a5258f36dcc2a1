package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/workflows/retraining"
)

func (p *program) train() *cobra.Command {
	var (
		in     retraining.Input
		detach bool
	)
	cmd := &cobra.Command{
		Use: "train", Short: "Train models, and promote the best if it is not worse", Args: cobra.NoArgs,
		Long: `Start the workflow RetrainModel, or attach to it when it runs already, and follow it to its end.
It trains each model, measures it on held-out recent matches against the champion, and promotes the best one when it is not worse.`,
		Example: "  footballctl train\n  footballctl train --model score-driven --competition premier-league",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var result retraining.Result
			return p.follow(cmd, detach, order{
				name: "retrain", workflow: retraining.RetrainWorkflow, summary: "Train and compare models, asked for by an operator",
				input: in, result: &result, human: func(w io.Writer) { showTraining(w, result) },
				partly: func() bool { return len(result.Failures) > 0 },
			})
		},
	}
	cmd.Flags().StringArrayVar(&in.Models, "model", nil, "only this model (see backtest --model list); may be repeated")
	cmd.Flags().StringArrayVar(&in.Competitions, "competition", nil, "only this competition, by code; may be repeated")
	cmd.Flags().BoolVar(&in.SkipForecasts, "skip-forecasts", false, "leave forecasts as they are")
	detachFlag(cmd, &detach)
	return cmd
}

func showTraining(w io.Writer, r retraining.Result) {
	rows := make([][]string, len(r.Models))
	for i, c := range r.Models {
		e := c.Evaluation
		verdict := "no"
		if c.Promoted {
			verdict = "yes"
		}
		rows[i] = []string{c.Version, fmt.Sprint(e.Matches), fmt.Sprintf("%.5f", e.RPS), fmt.Sprintf("%.5f", e.BaselineRPS), verdict, c.Reason}
	}
	table(w, "MODEL MATCHES RPS BASE-RATES PROMOTED REASON", rows)
	for _, f := range r.Failures {
		fmt.Fprintf(w, "%s could not be trained: %s\n", f.Model, f.Reason)
	}
	if len(r.Unfit) > 0 {
		fmt.Fprintf(w, "left out for their data quality: %s (see footballctl check data)\n", strings.Join(r.Unfit, ", "))
	}
}
