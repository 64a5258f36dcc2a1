package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

func (p *program) ingest() *cobra.Command {
	var (
		in     ingestion.Input
		detach bool
	)
	cmd := &cobra.Command{
		Use: "ingest", Short: "Take in what the sources have, and follow it", Args: cobra.NoArgs,
		Long: `Start the workflow Ingest, or attach to it when it runs already, and follow it to its end.
The worker decides where from: by its DATA.`,
		Example: "  footballctl ingest\n  footballctl ingest --competition premier-league --detach",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var result ingestion.Result
			return p.follow(cmd, detach, order{
				name: "ingest", workflow: ingestion.IngestWorkflow, summary: "Take in what is new, asked for by an operator",
				input: in, result: &result, human: func(w io.Writer) { showIngestion(w, result) },
				partly: func() bool { return result.Failed > 0 },
			})
		},
	}
	cmd.Flags().StringArrayVar(&in.Sources, "source", nil, "only from this source; may be repeated")
	cmd.Flags().StringArrayVar(&in.Competitions, "competition", nil, "only this competition, by code; may be repeated")
	cmd.Flags().BoolVar(&in.SkipForecasts, "skip-forecasts", false, "leave forecasts as they are")
	detachFlag(cmd, &detach)
	return cmd
}

func showIngestion(w io.Writer, r ingestion.Result) {
	fmt.Fprintf(w, "%s: %s new, %d changed, %d as they were, %s kept aside\n",
		plural(r.Editions, "season taken in", "seasons taken in"), plural(r.Inserted, "match", "matches"),
		r.Updated, r.Unchanged, plural(r.Rejected, "row", "rows"))
	if r.Skipped > 0 {
		fmt.Fprintf(w, "%s unchanged since the last time, not read\n", plural(r.Skipped, "season", "seasons"))
	}
	if r.Missing > 0 {
		fmt.Fprintf(w, "%s not there\n", plural(r.Missing, "season is", "seasons are"))
	}
	if r.Inserted+r.Updated == 0 {
		fmt.Fprintln(w, "nothing changed")
	}
	for _, f := range r.Failures {
		fmt.Fprintf(w, "not taken in: %s: %s\n", f.What, f.Reason)
	}
	if more := r.Failed - len(r.Failures); more > 0 {
		fmt.Fprintf(w, "and %d more that were not taken in\n", more)
	}
	rows := make([][]string, len(r.Quality))
	for i, q := range r.Quality {
		rows[i] = []string{q.Competition, strconv.FormatFloat(q.Score, 'f', 3, 64), stale(q.Stale)}
	}
	if len(rows) > 0 {
		table(w, "COMPETITION QUALITY FRESH", rows)
	}
}

func stale(is bool) string {
	if is {
		return "stale"
	}
	return "yes"
}
