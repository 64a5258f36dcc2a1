package retraining_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/assessing"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

var today = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// world is a registry, a history and the state of the data in memory.
type world struct {
	mu       sync.Mutex
	models   map[string]modelling.Entry
	champion string
	results  []forecast.Result
	reports  []quality.Report
	failing  map[string]int // how often adding a model of that name still fails after keeping it
	promoted []string
	left     []string // errands that were started
	reading  chan struct{}
}

// newWorld has two seasons of a league of ten in which lower numbers win more.
func newWorld() *world {
	w := &world{
		models: map[string]modelling.Entry{}, failing: map[string]int{},
		reports: []quality.Report{{Competition: "serie-a", Rows: 100}, {Competition: "serie-b", Rows: 100, Broken: map[quality.Rule]int{quality.UnreadableRow: 50}}},
	}
	chance := rand.New(rand.NewPCG(1, 2))
	day := today.AddDate(-2, 0, 0).Truncate(24 * time.Hour)
	for range 6 {
		for home := range 10 {
			for away := range 10 {
				if home == away {
					continue
				}
				w.results = append(w.results, forecast.Result{
					Competition: "serie-a", Date: day, Home: team(home), Away: team(away),
					HomeGoals: goals(chance, away-home+4), AwayGoals: goals(chance, home-away+2),
				})
				if len(w.results)%5 == 0 {
					day = day.AddDate(0, 0, 6)
				}
			}
		}
	}
	return w
}

func team(n int) football.TeamID { return football.TeamID(fmt.Sprintf("team-%d", n)) }

func goals(chance *rand.Rand, strength int) int {
	n := 0
	for range 4 {
		if chance.IntN(24) < strength+5 {
			n++
		}
	}
	return n
}

func (w *world) Add(_ context.Context, e modelling.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.models[e.Version]; !known {
		w.models[e.Version] = e
	}
	if name := e.Model.Name(); w.failing[name] > 0 {
		w.failing[name]--
		return fmt.Errorf("the connection was lost just then")
	}
	return nil
}

func (w *world) Get(_ context.Context, version string) (modelling.Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, ok := w.models[version]
	if !ok {
		return e, modelling.ErrNoModel
	}
	e.Champion = version == w.champion
	return e, nil
}

func (w *world) Champion(ctx context.Context) (modelling.Entry, error) {
	if w.champion == "" {
		return modelling.Entry{}, modelling.ErrNoChampion
	}
	return w.Get(ctx, w.champion)
}

func (w *world) Evaluated(_ context.Context, version string, e modelling.Evaluation) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	entry := w.models[version]
	entry.Evaluation = &e
	w.models[version] = entry
	return nil
}

func (w *world) Promote(_ context.Context, p modelling.Promotion) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.champion = p.Version
	w.promoted = append(w.promoted, p.Version)
	return nil
}

func (w *world) Former(context.Context) (string, error) { return "", modelling.ErrNoFormer }

func (w *world) Results(ctx context.Context, _ []football.CompetitionCode, before time.Time) ([]forecast.Result, error) {
	if w.reading != nil {
		select {
		case <-w.reading:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var known []forecast.Result
	for _, r := range w.results {
		if r.Date.Before(before) {
			known = append(known, r)
		}
	}
	return known, nil
}

func (w *world) Inspect(context.Context, time.Time) ([]quality.Report, error) { return w.reports, nil }

func (w *world) Save(context.Context, []quality.Report, float64) error { return nil }

func (w *world) activities() *retraining.Activities {
	calendar := football.Calendar(func() time.Time { return today })
	return retraining.NewActivities(assessing.NewAssessor(w, calendar), modelling.NewTrainer(w, w, calendar))
}

// register adds the definitions over the world. Forecasts are noted, not made.
func (w *world) register(r worker.Registry) {
	w.activities().Register(r)
	w.registerErrand(r)
}

func (w *world) registerErrand(r worker.Registry) {
	r.RegisterWorkflowWithOptions(func(workflow.Context, forecasting.PublishInput) (forecasting.Publication, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.left = append(w.left, forecasting.PublishWorkflow)
		return forecasting.Publication{}, nil
	}, workflow.RegisterOptions{Name: forecasting.PublishWorkflow})
}
