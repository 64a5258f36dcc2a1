package forecast

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// ErrFeatures is returned for features that no forecaster here uses.
var ErrFeatures = &domain.Error{Kind: domain.Invalid, Code: "forecast.features"}

// Features names what forecasters may look at besides the date and the teams.
type Features string

// Results are the goals of earlier matches. It is the only set so far.
const Results Features = "results"

// ParseFeatures returns the features that text names, [Results] when it is
// empty, and [ErrFeatures] for others.
func ParseFeatures(text string) (Features, error) {
	if text == "" || text == string(Results) {
		return Results, nil
	}
	return "", domain.Errorf(domain.Invalid, ErrFeatures.Code,
		"features %q are not available; there is %q", text, Results)
}

// ErrTestFrom is returned for a backtest that would train on what it tests.
var ErrTestFrom = &domain.Error{
	Kind: domain.Invalid, Code: "forecast.test_from",
	Detail: "a backtest needs the first day to test: what was played before it is for training",
}

// BacktestOptions say what to measure.
type BacktestOptions struct {
	Model string // one of [Names]; empty is [Default]
	// TestFrom and TestTo are the first and the last day whose matches are
	// forecast and scored. A zero TestTo is no bound.
	TestFrom, TestTo time.Time
	// TrainFrom is the first day whose matches are used at all; zero is no bound.
	TrainFrom time.Time
	Features  string // see [ParseFeatures]
	Progress  Progress
}

// Report is what a backtest found.
type Report struct {
	Model      Model // trained on matches before TestFrom alone
	Evaluation Evaluation
	// Yardstick is the evaluation of base rates on the same matches, and
	// Advantage the paired difference in RPS, negative when the model is better.
	Yardstick Evaluation
	Advantage Paired
	Skill     float64 // see [Evaluation.Skill]
	Rows      []Row   // in the order of [Walk]
}

// Backtest trains a model on the matches before TestFrom and walks it forward
// through the test days. It returns [ErrMethod], [ErrFeatures],
// [ErrTestFrom] or the error of ctx.
func Backtest(ctx context.Context, history []Result, options BacktestOptions) (Report, error) {
	if _, err := ParseFeatures(options.Features); err != nil {
		return Report{}, err
	}
	if options.TestFrom.IsZero() {
		return Report{}, ErrTestFrom
	}
	if options.Model == "" {
		options.Model = Default
	}
	sorted := since(chronological(history), options.TrainFrom)
	model, err := Train(ctx, options.Model, sorted, TrainOptions{Until: options.TestFrom, Progress: options.Progress})
	if err != nil {
		return Report{}, fmt.Errorf("backtest: %w", err)
	}
	report := Report{Model: model}
	report.Evaluation, report.Rows, err = Evaluate(ctx, model, sorted, options.TestFrom, options.TestTo)
	if err != nil {
		return Report{}, fmt.Errorf("backtest: %w", err)
	}
	var base []Row
	report.Yardstick, base, err = Evaluate(ctx, Model{name: BaseRates}, sorted, options.TestFrom, options.TestTo)
	if err != nil {
		return Report{}, fmt.Errorf("backtest base rates: %w", err)
	}
	report.Advantage = Compare(Scores(report.Rows), Scores(base))
	report.Skill = report.Evaluation.Skill(report.Yardstick)
	return report, nil
}

// since leaves out what was played before from; history is chronological.
func since(history []Result, from time.Time) []Result {
	if from.IsZero() {
		return history
	}
	for len(history) > 0 && day(history[0].Date) < day(from) {
		history = history[1:]
	}
	return history
}
