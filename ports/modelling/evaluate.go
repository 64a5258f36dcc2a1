package modelling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// Evaluate walks a model, the champion and the base rates forward over the
// held-out year, on the same matches, and keeps the figures with the model.
//
// A champion trained lately has been tuned on part of that year, which
// flatters the champion, never the challenger.
func (t *Trainer) Evaluate(ctx context.Context, version string, competitions []football.CompetitionCode) (Evaluation, error) {
	entry, err := t.registry.Get(ctx, version)
	if err != nil {
		return Evaluation{}, fmt.Errorf("get model %s: %w", version, err)
	}
	results, err := t.history.Results(ctx, competitions, t.calendar())
	if err != nil {
		return Evaluation{}, fmt.Errorf("read results: %w", err)
	}
	if len(results) == 0 {
		return Evaluation{}, ErrNoResults
	}
	trial := trial{results: results, from: holdoutFrom(results)}
	e := Evaluation{EvaluatedAt: t.calendar(), From: trial.from, To: results[len(results)-1].Date}
	own, err := trial.run(ctx, entry.Model, &e.Scores)
	if err != nil {
		return Evaluation{}, err
	}
	if _, err := trial.run(ctx, baseRates, &e.Baseline); err != nil {
		return Evaluation{}, err
	}
	if err := t.compare(ctx, trial, entry, own, &e); err != nil {
		return Evaluation{}, err
	}
	if err := t.registry.Evaluated(ctx, version, e); err != nil {
		return Evaluation{}, fmt.Errorf("keep evaluation of %s: %w", version, err)
	}
	return e, nil
}

// compare fills in how the model did against the champion, if there is one.
func (t *Trainer) compare(ctx context.Context, trial trial, entry Entry, own []float64, e *Evaluation) error {
	champion, err := t.registry.Champion(ctx)
	if errors.Is(err, ErrNoChampion) || err == nil && champion.Version == entry.Version {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find champion: %w", err)
	}
	theirs, err := trial.run(ctx, champion.Model, new(forecast.Evaluation))
	if err != nil {
		return err
	}
	e.Against = champion.Version
	e.Difference = forecast.Compare(own, theirs)
	return nil
}

// baseRates is the yardstick: the zero Model forecasts with base rates alone.
var baseRates forecast.Model

// trial is a stretch of history that models are measured on.
type trial struct {
	results []forecast.Result
	from    time.Time
}

// run walks m forward and returns its RPS for each match of the trial.
func (t trial) run(ctx context.Context, m forecast.Model, into *forecast.Evaluation) ([]float64, error) {
	var scores []float64
	evaluator := forecast.NewEvaluator(m.PickThreshold())
	err := forecast.Walk(ctx, m.Start(), t.results, t.from, time.Time{}, func(r forecast.Result, f forecast.Forecast) error {
		home, draw, away := f.Outcome()
		scores = append(scores, forecast.RPS(home, draw, away, r.Outcome()))
		evaluator.Add(f, r.Outcome())
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("walk %s forward: %w", m.Name(), err)
	}
	*into = evaluator.Evaluation()
	return scores, nil
}
