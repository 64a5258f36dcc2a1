package forecasting_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/ports/publishing"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

var today = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// world holds a champion, fixtures and forecasts in memory.
type world struct {
	mu        sync.Mutex
	champion  *modelling.Entry
	fixtures  []publishing.Fixture
	away      int           // how often listing still fails
	wrong     bool          // listing fails for good
	hold      chan struct{} // listing waits until it is closed
	published map[football.MatchID]publishing.Published
	unsettled []publishing.Unsettled
	settled   int
}

// newWorld has a champion, n fixtures and n matches that are over.
func newWorld(n int) *world {
	model, err := forecast.Train(context.Background(), forecast.Default, nil, forecast.TrainOptions{})
	if err != nil {
		panic(err)
	}
	made, err := forecast.New(forecast.Parameters{LambdaHome: 1.5, LambdaAway: 1.1, Home: 0.5, Draw: 0.3, Away: 0.2})
	if err != nil {
		panic(err)
	}
	w := &world{
		champion:  &modelling.Entry{Version: "v1", Model: model, Champion: true},
		published: map[football.MatchID]publishing.Published{},
	}
	for i := range n {
		id := football.MatchID(fmt.Sprintf("match-%d", i))
		w.fixtures = append(w.fixtures, publishing.Fixture{Match: id, KickOff: today.AddDate(0, 0, 1), Fixture: forecast.Fixture{
			Competition: "serie-a", Date: today.AddDate(0, 0, 1), Home: "a", Away: "b",
		}})
		w.unsettled = append(w.unsettled, publishing.Unsettled{Match: id, Forecast: made})
	}
	return w
}

func (w *world) list(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wrong {
		return domain.Errorf(domain.Invalid, "made.invalid", "nothing is right here")
	}
	if w.away > 0 {
		w.away--
		return fmt.Errorf("the database is starting up")
	}
	if w.hold != nil {
		select {
		case <-w.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (w *world) Champion(context.Context) (modelling.Entry, error) {
	if w.champion == nil {
		return modelling.Entry{}, modelling.ErrNoChampion
	}
	return *w.champion, nil
}

func (w *world) Upcoming(ctx context.Context, _ []football.CompetitionCode, _ time.Time) ([]publishing.Fixture, error) {
	return w.fixtures, w.list(ctx)
}

func (w *world) Publish(_ context.Context, all []publishing.Published) (changed int, err error) {
	for _, p := range all {
		if _, known := w.published[p.Match]; !known {
			changed++
		}
		w.published[p.Match] = p
	}
	return changed, nil
}

func (w *world) Results(context.Context, []football.CompetitionCode, time.Time) ([]forecast.Result, error) {
	return nil, nil
}

func (w *world) Since(context.Context, string) (time.Time, error) { return time.Time{}, nil }

func (w *world) Keep(context.Context, string, []publishing.Rating) error { return nil }

func (w *world) Unsettled(ctx context.Context, limit int) ([]publishing.Unsettled, error) {
	if err := w.list(ctx); err != nil {
		return nil, err
	}
	return w.unsettled[:min(limit, len(w.unsettled))], nil
}

func (w *world) Settle(_ context.Context, all []publishing.Settlement) error {
	w.unsettled = w.unsettled[len(all):]
	w.settled += len(all)
	return nil
}

func (w *world) Accuracy(context.Context) ([]publishing.Accuracy, error) { return nil, nil }

// bets are what users predicted: of one match that is over, three.
type bets struct{}

func (bets) Over(context.Context, int) ([]predicting.Over, error) {
	return []predicting.Over{{Match: "m"}}, nil
}

func (bets) Settle(context.Context, predicting.Over, int, func(prediction.Prediction) prediction.Prediction) (int, error) {
	return 3, nil
}

// registry is the part of the world that knows models.
type registry struct {
	modelling.Registry
	world *world
}

func (r registry) Champion(ctx context.Context) (modelling.Entry, error) {
	return r.world.Champion(ctx)
}

func (w *world) register(r worker.Registry) {
	calendar := football.Calendar(func() time.Time { return today })
	forecasting.NewActivities(
		publishing.NewPublisher(publishing.Dependencies{
			Registry: registry{world: w}, History: w, Fixtures: w, Forecasts: w, Ratings: w, Calendar: calendar,
		}),
		publishing.NewSettler(w, calendar), predicting.NewSettler(bets{}, time.Now),
	).Register(r)
}
