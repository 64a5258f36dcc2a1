package publishing_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

var kickOff = time.Date(2020, 9, 12, 0, 0, 0, 0, time.UTC)

// world is everything a Publisher needs, in memory.
type world struct {
	modelling.Registry

	champion  modelling.Entry
	err       error
	results   []forecast.Result
	fixtures  []publishing.Fixture
	published []publishing.Published
	ratings   []publishing.Rating
	since     time.Time
}

func (w *world) Champion(context.Context) (modelling.Entry, error) { return w.champion, w.err }

func (w *world) Results(context.Context, []football.CompetitionCode, time.Time) ([]forecast.Result, error) {
	return w.results, nil
}

func (w *world) Upcoming(context.Context, []football.CompetitionCode, time.Time) ([]publishing.Fixture, error) {
	return w.fixtures, nil
}

func (w *world) Publish(_ context.Context, all []publishing.Published) (int, error) {
	w.published = append(w.published, all...)
	return len(all), nil
}

func (w *world) Since(context.Context, string) (time.Time, error) { return w.since, nil }

func (w *world) Keep(_ context.Context, _ string, ratings []publishing.Rating) error {
	w.ratings = append(w.ratings, ratings...)
	return nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{champion: modelling.Entry{Version: "v1"}}
	for day := range 100 {
		w.results = append(w.results, forecast.Result{
			Competition: "made", Date: kickOff.AddDate(0, 0, day-100), Home: "a", Away: "b", HomeGoals: 4,
		})
	}
	for i := range 2500 {
		w.fixtures = append(w.fixtures, publishing.Fixture{
			Match: football.MatchID(fmt.Sprint(i)), KickOff: kickOff,
			Fixture: forecast.Fixture{Competition: "made", Date: kickOff, Home: "a", Away: "b"},
		})
	}
	var err error
	if w.champion.Model, err = forecast.Train(t.Context(), forecast.Default, w.results, forecast.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) publisher() *publishing.Publisher {
	return publishing.NewPublisher(publishing.Dependencies{
		Registry: w, History: w, Fixtures: w, Forecasts: w, Ratings: w, Calendar: func() time.Time { return kickOff },
	})
}

func TestPublishForecastsEveryFixture(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var steps []int
	done, err := w.publisher().Publish(t.Context(), func(done, total int) {
		steps = append(steps, done)
		if total != len(w.fixtures) {
			t.Errorf("total = %d", total)
		}
	})
	if err != nil || done.Fixtures != 2500 || done.Changed != 2500 || len(w.published) != 2500 {
		t.Fatalf("done = %+v, %v; %d published", done, err, len(w.published))
	}
	if len(steps) != 3 || steps[2] != 2500 {
		t.Errorf("progress = %v", steps)
	}
	p := w.published[0]
	if home, _, away := p.Forecast.Outcome(); home <= away {
		t.Errorf("the team that always wins has %v against %v", home, away)
	}
	if p.Model != "v1" || !p.DataUntil.Equal(kickOff.AddDate(0, 0, -1)) {
		t.Errorf("published = %+v", p)
	}
}

// Ratings are kept again for two months back: a league's results may come in
// days after another's.
func TestOnlyRatingsThatMayBeNewAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.since = kickOff.AddDate(0, 0, -3)
	if _, err := w.publisher().Publish(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if len(w.ratings) != 2*62 {
		t.Errorf("%d ratings of two teams on 62 days", len(w.ratings))
	}
	for _, r := range w.ratings {
		if !r.On.After(w.since.AddDate(0, 0, -60)) || r.Competition != "made" {
			t.Errorf("rating %+v", r)
		}
	}
}

func TestAMatchUnderWayIsNotForecast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fixtures = w.fixtures[:3]
	w.fixtures[0].KickOff, w.fixtures[0].TimeKnown = kickOff.Add(-time.Second), true
	w.fixtures[1].KickOff, w.fixtures[1].TimeKnown = kickOff.Add(time.Second), true
	w.fixtures[2].KickOff = kickOff.Add(-9 * time.Hour) // some time today
	if _, err := w.publisher().Publish(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if len(w.published) != 2 || w.published[0].Match != "1" || w.published[1].Match != "2" {
		t.Errorf("published %+v", w.published)
	}
}

func TestNothingIsPublishedWithoutAChampion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.err = modelling.ErrNoChampion
	if _, err := w.publisher().Publish(t.Context(), nil); !errors.Is(err, modelling.ErrNoChampion) || len(w.published) != 0 {
		t.Error(err)
	}
}

// waiting hands out its forecasts until they are settled.
type waiting struct {
	publishing.Settlements

	unsettled []publishing.Unsettled
	settled   []publishing.Settlement
}

func (w *waiting) Unsettled(_ context.Context, limit int) ([]publishing.Unsettled, error) {
	return w.unsettled[:min(limit, len(w.unsettled))], nil
}

func (w *waiting) Settle(_ context.Context, all []publishing.Settlement) error {
	w.settled = append(w.settled, all...)
	w.unsettled = w.unsettled[len(all):]
	return nil
}

func TestSettle(t *testing.T) {
	t.Parallel()
	f, err := forecast.New(forecast.Parameters{LambdaHome: 1.5, LambdaAway: 1, Home: 0.5, Draw: 0.3, Away: 0.2})
	if err != nil {
		t.Fatal(err)
	}
	draw, _ := football.NewScore(1, 1)
	w := &waiting{}
	for i := range 2300 {
		w.unsettled = append(w.unsettled, publishing.Unsettled{
			Forecast: f, Pick: football.Outcome(i % 3), HasPick: i%2 == 0, Result: draw,
		})
	}
	n, err := publishing.NewSettler(w, func() time.Time { return kickOff }).Settle(t.Context(), nil)
	if err != nil || n != 2300 || len(w.settled) != 2300 {
		t.Fatal(n, err)
	}
	for i, s := range w.settled {
		if s.PickRight != (i%2 == 0 && i%3 == int(football.Draw)) {
			t.Fatalf("settlement %d: pick right = %v", i, s.PickRight)
		}
	}
	// ((0.5)² + (0.8−1)²)/2 and −ln 0.3, by hand.
	if s := w.settled[0]; math.Abs(s.RPS-0.145) > 1e-12 || math.Abs(s.LogLoss-1.2039728043259361) > 1e-12 {
		t.Errorf("scores = %v, %v", s.RPS, s.LogLoss)
	}
}

func TestAccuracyShare(t *testing.T) {
	t.Parallel()
	if _, ok := (publishing.Accuracy{}).Share(); ok {
		t.Error("a share of no picks")
	}
	if share, ok := (publishing.Accuracy{Picks: 4, PicksRight: 3}).Share(); !ok || share != 0.75 {
		t.Error(share, ok)
	}
}
