// Package modelling trains models, measures them against the champion, and
// decides which one forecasts.
package modelling

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// Errors of the registry.
var (
	ErrNoModel    = &domain.Error{Kind: domain.NotFound, Code: "model.unknown", Detail: "there is no such model"}
	ErrNoChampion = &domain.Error{Kind: domain.NotFound, Code: "model.no_champion", Detail: "no model has been promoted yet; train one first"}
	ErrOvertaken  = &domain.Error{Kind: domain.Conflict, Code: "model.overtaken", Detail: "another model became champion meanwhile; look again before deciding"}
	ErrNoFormer   = &domain.Error{Kind: domain.Conflict, Code: "model.no_former", Detail: "there is no former champion to roll back to"}
)

// Entry is a model in the registry.
type Entry struct {
	Version   string // stable, fit for a URL
	Model     forecast.Model
	TrainedAt time.Time
	Champion  bool
	// Evaluation is nil until the model has been evaluated.
	Evaluation *Evaluation
}

// Evaluation is how a model did on held-out matches it was not tuned on.
type Evaluation struct {
	EvaluatedAt time.Time
	From, To    time.Time // the held-out days, both included
	Scores      forecast.Evaluation
	// Baseline are league base rates on the same matches.
	Baseline forecast.Evaluation
	// Against is the champion's version at that time, empty when there was none.
	Against string
	// Difference is this model's RPS less the champion's on the same matches;
	// negative is better.
	Difference forecast.Paired
}

// Promotion is a change of champion.
type Promotion struct {
	Version, Previous string
	At                time.Time
	By                string // who or what decided
	Reason            string
	Rollback          bool
}

// Registry keeps models and knows the champion.
type Registry interface {
	// Add keeps a new model. Adding a version again changes nothing.
	Add(ctx context.Context, e Entry) error
	// Get returns a model, or [ErrNoModel].
	Get(ctx context.Context, version string) (Entry, error)
	// Champion returns the model in force, or [ErrNoChampion].
	Champion(ctx context.Context) (Entry, error)
	// Evaluated keeps the evaluation of a version in place of an earlier one.
	Evaluated(ctx context.Context, version string, e Evaluation) error
	// Promote makes p.Version the champion in place of p.Previous and keeps a
	// record; promoting the champion changes nothing. [ErrNoModel] when there
	// is none such, [ErrOvertaken] when the champion is not p.Previous.
	Promote(ctx context.Context, p Promotion) error
	// Former returns the version that was champion before the present one
	// came by promotion, or [ErrNoFormer].
	Former(ctx context.Context) (string, error)
}

// History is what has been played.
type History interface {
	// Results are the finished matches of competitions (all when empty)
	// before a day, in order of date.
	Results(ctx context.Context, competitions []football.CompetitionCode, before time.Time) ([]forecast.Result, error)
}
