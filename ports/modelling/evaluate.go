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
	from := holdoutFrom(results)
	e := Evaluation{EvaluatedAt: t.calendar(), From: from, To: results[len(results)-1].Date}
	var rows []forecast.Row
	if e.Scores, rows, err = forecast.Evaluate(ctx, entry.Model, results, from, time.Time{}); err != nil {
		return Evaluation{}, fmt.Errorf("walk %s forward: %w", version, err)
	}
	if e.Baseline, _, err = forecast.Evaluate(ctx, baseRates, results, from, time.Time{}); err != nil {
		return Evaluation{}, fmt.Errorf("walk the base rates forward: %w", err)
	}
	if err := t.compare(ctx, entry, rows, results, &e); err != nil {
		return Evaluation{}, err
	}
	if err := t.registry.Evaluated(ctx, version, e); err != nil {
		return Evaluation{}, fmt.Errorf("keep evaluation of %s: %w", version, err)
	}
	return e, nil
}

// baseRates is the yardstick: the zero Model forecasts with base rates alone.
var baseRates forecast.Model

// compare fills in how the model, which gave rows, did against the champion,
// if there is one.
func (t *Trainer) compare(ctx context.Context, entry Entry, rows []forecast.Row, results []forecast.Result, e *Evaluation) error {
	champion, err := t.registry.Champion(ctx)
	if errors.Is(err, ErrNoChampion) || err == nil && champion.Version == entry.Version {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find champion: %w", err)
	}
	_, theirs, err := forecast.Evaluate(ctx, champion.Model, results, e.From, time.Time{})
	if err != nil {
		return fmt.Errorf("walk champion %s forward: %w", champion.Version, err)
	}
	e.Against = champion.Version
	e.Difference = forecast.Compare(forecast.Scores(rows), forecast.Scores(theirs))
	return nil
}
