package modelling

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// Trainer trains, evaluates and promotes models.
type Trainer struct {
	registry Registry
	history  History
	calendar football.Calendar
}

// NewTrainer returns a Trainer.
func NewTrainer(registry Registry, history History, calendar football.Calendar) *Trainer {
	return &Trainer{registry: registry, history: history, calendar: calendar}
}

// Order asks for one model.
type Order struct {
	// Key makes the training repeatable: the same key and name give the same
	// version, so an attempt cut short and tried again leaves one model.
	Key          string
	Name         string // one of [forecast.Names]
	Competitions []football.CompetitionCode
}

// Holdout is how much of the newest past is kept from tuning, to judge models
// by: the last year of results.
const Holdout = 365 * 24 * time.Hour

// Train tunes a model on everything but the held-out year and adds it to the
// registry. progress may be nil.
func (t *Trainer) Train(ctx context.Context, o Order, progress Progress) (string, error) {
	version := version(o)
	if _, err := t.registry.Get(ctx, version); !errors.Is(err, ErrNoModel) {
		return version, err // made by an earlier attempt, or the registry is away
	}
	results, err := t.history.Results(ctx, o.Competitions, t.calendar())
	if err != nil {
		return "", fmt.Errorf("read results: %w", err)
	}
	if len(results) == 0 {
		return "", ErrNoResults
	}
	model, err := forecast.Train(ctx, o.Name, results, forecast.TrainOptions{
		Until: holdoutFrom(results), Progress: progress,
	})
	if err != nil {
		return "", fmt.Errorf("train %s: %w", o.Name, err)
	}
	if err := t.registry.Add(ctx, Entry{Version: version, Model: model, TrainedAt: t.calendar()}); err != nil {
		return "", fmt.Errorf("register %s: %w", version, err)
	}
	return version, nil
}

// Progress is told how far long work has come.
type Progress = forecast.Progress

// ErrNoResults is returned when there is nothing to train on.
var ErrNoResults = &domain.Error{Kind: domain.Conflict, Code: "model.no_results", Detail: "there are no results to train on; ingest first"}

// holdoutFrom is the first day that tuning must not see. A history of under
// two years gives its later half instead of a year.
func holdoutFrom(results []forecast.Result) time.Time {
	first, last := results[0].Date, results[len(results)-1].Date
	cut := last.Add(-Holdout)
	if half := first.Add(last.Sub(first) / 2); cut.Before(half) {
		return half.Truncate(24 * time.Hour)
	}
	return cut
}

// version says what and which run. It holds nothing that changes between two
// attempts at one order, such as the day.
func version(o Order) string {
	sum := sha256.Sum256([]byte(o.Key + "\x00" + o.Name))
	return o.Name + "-" + hex.EncodeToString(sum[:5])
}
