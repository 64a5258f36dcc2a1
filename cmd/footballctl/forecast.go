package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

func (p *program) forecast() *cobra.Command {
	var settleOnly, detach bool
	cmd := &cobra.Command{
		Use: "forecast", Short: "Settle what is over and forecast what is coming", Args: cobra.NoArgs,
		Long: `Start the workflows SettleMatches and then PublishForecasts, or attach to them when they run already, and follow them to their end.
Settling scores the forecasts of matches that are over; publishing forecasts every coming fixture with the champion.`,
		Example: "  footballctl forecast\n  footballctl forecast --settle-only --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var (
				settled   forecasting.Settled
				published forecasting.Publication
			)
			orders := []order{{
				name: "settle", workflow: forecasting.SettleWorkflow, summary: "Settle what is over, asked for by an operator",
				input: forecasting.SettleInput{}, result: &settled,
				human: func(w io.Writer) {
					fmt.Fprintf(w, "%s settled\n", plural(settled.Forecasts, "forecast", "forecasts"))
				},
			}}
			if !settleOnly {
				orders = append(orders, order{
					name: "publish", workflow: forecasting.PublishWorkflow, summary: "Forecast all coming fixtures, asked for by an operator",
					input: forecasting.PublishInput{}, result: &published,
					human: func(w io.Writer) { showPublication(w, published) },
				})
			}
			return p.follow(cmd, detach, orders...)
		},
	}
	cmd.Flags().BoolVar(&settleOnly, "settle-only", false, "settle and publish nothing new")
	detachFlag(cmd, &detach)
	return cmd
}

func showPublication(w io.Writer, r forecasting.Publication) {
	fmt.Fprintf(w, "%s forecast with %s, %d of them new or different, %s\n",
		plural(r.Fixtures, "coming fixture", "coming fixtures"), r.Model, r.Changed, plural(r.Picks, "pick", "picks"))
}
