package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/forecast"
)

// backtestFlags are what a backtest is asked.
type backtestFlags struct {
	data                       string
	competitions               []string
	testFrom, testTo, from     string
	features, model, predicted string
}

func (p *program) backtest() *cobra.Command {
	var f backtestFlags
	cmd := &cobra.Command{
		Use: "backtest", Short: "Measure a model on past seasons, walking forward; needs no server", Args: cobra.NoArgs,
		Long: `Train a model on the matches of a folder before --test-from, walk it forward through the days after, and score it.
A forecast uses only matches dated strictly before its own. Figures are pooled over matches: RPS of home/draw/away
halved, log loss in nats, Brier summed over the three outcomes, accuracy of the likeliest outcome.

The folder holds NAME/season-XXYY.csv in football-data.co.uk columns, or SEASON/LEAGUE.json of openfootball.`,
		Example: "  footballctl backtest --data leagues --test-from 2012-07-01 --json\n" +
			"  footballctl backtest --data leagues --competition premier-league --test-from 2020-08-01 --predictions out.csv\n" +
			"  footballctl backtest --model list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.model == "list" {
				return p.listMethods()
			}
			ctx, cancel := p.bounded(cmd, 0)
			defer cancel()
			return p.runBacktest(ctx, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.data, "data", "", "folder of matches")
	flags.StringArrayVar(&f.competitions, "competition", nil, "only this competition, as the folder names it; may be repeated (default: all)")
	flags.StringVar(&f.testFrom, "test-from", "", "first day to forecast, YYYY-MM-DD")
	flags.StringVar(&f.testTo, "test-to", "", "last day to forecast (default: the last there is)")
	flags.StringVar(&f.from, "train-from", "", "first day whose matches are used at all (default: the first there is)")
	flags.StringVar(&f.features, "features", string(forecast.Results), "what forecasts may look at: results")
	flags.StringVar(&f.model, "model", forecast.Default, "model to measure; list names them")
	flags.StringVar(&f.predicted, "predictions", "", "write a row a match into this CSV file")
	return cmd
}

// listMethods names the models.
func (p *program) listMethods() error {
	type methodJSON struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	var (
		wire []methodJSON
		rows [][]string
	)
	for _, n := range forecast.Names() {
		wire = append(wire, methodJSON(n))
		rows = append(rows, []string{n.Name, n.Description})
	}
	return p.print(wire, func(w io.Writer) { table(w, "MODEL DESCRIPTION", rows) })
}

// figures are what a backtest prints.
type figures struct {
	Matches  int     `json:"matches"`
	RPS      float64 `json:"rps"`
	LogLoss  float64 `json:"log_loss"`
	Brier    float64 `json:"brier"`
	Accuracy float64 `json:"accuracy"`
	Seconds  float64 `json:"seconds"`
}

func (p *program) runBacktest(ctx context.Context, f backtestFlags) error {
	began := time.Now()
	options, err := f.options()
	if err != nil {
		return err
	}
	// A file that cannot be written is better known before the work than after.
	predictions, err := createPredictions(f.predicted)
	if err != nil {
		return err
	}
	defer predictions.discard()
	meter := p.meter()
	defer meter.done()
	history, err := readHistory(ctx, f.data, f.competitions, meter)
	if err != nil {
		return err
	}
	p.tellLeftOut(history)
	if err := history.covers(options.TestFrom, options.TestTo); err != nil {
		return err
	}
	options.Progress = forecast.Progress(meter.show)
	report, err := forecast.Backtest(ctx, history.results, options)
	if err != nil {
		return err
	}
	if err := predictions.write(report.Rows, history); err != nil {
		return err
	}
	meter.done()
	e := report.Evaluation
	return p.print(figures{
		Matches: e.Matches, RPS: e.RPS.Mean, LogLoss: e.LogLoss.Mean, Brier: e.Brier.Mean, Accuracy: e.Accuracy.Mean,
		Seconds: time.Since(began).Seconds(),
	}, func(w io.Writer) { showBacktest(w, report, time.Since(began)) })
}

func showBacktest(w io.Writer, r forecast.Report, took time.Duration) {
	from, to := r.Model.Range()
	fmt.Fprintf(w, "%s, trained on %d matches", r.Model.Name(), r.Model.Matches())
	if !from.IsZero() {
		fmt.Fprintf(w, " from %s to %s", date(from), date(to))
	}
	fmt.Fprintln(w)
	if !r.Model.Sufficient() {
		fmt.Fprintln(w, "too few matches to tune on: the model rests on its defaults")
	}
	e, base := r.Evaluation, r.Yardstick
	rows := [][]string{
		{"matches", fmt.Sprint(e.Matches), ""},
		scoreRow("RPS", e.RPS, base.RPS), scoreRow("log loss (nats)", e.LogLoss, base.LogLoss),
		scoreRow("Brier", e.Brier, base.Brier), scoreRow("accuracy", e.Accuracy, base.Accuracy),
		{"picks right", fmt.Sprintf("%.1f %% of %d, from confidence %.1f %%", 100*e.PickAccuracy.Mean, e.Picks, 100*r.Model.PickThreshold()), ""},
		{"skill", fmt.Sprintf("%.2f %% better than base rates in RPS", 100*r.Skill), ""},
	}
	table(w, "MEASURE MODEL BASE-RATES", rows)
	fmt.Fprintf(w, "%.1f s\n", took.Seconds())
}

func scoreRow(name string, model, base forecast.Score) []string {
	return []string{name, fmt.Sprintf("%.5f ± %.5f", model.Mean, model.StdErr), fmt.Sprintf("%.5f", base.Mean)}
}
