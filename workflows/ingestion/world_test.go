package ingestion_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/assessing"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

// world is a source and a store in memory, and what they were asked.
type world struct {
	mu       sync.Mutex
	editions []ingesting.Edition
	away     error            // what listing returns
	broken   map[string]error // what reading a locator returns
	hold     chan struct{}    // reading waits until it is closed
	loaded   map[string]string
	reads    map[string]int
	left     []string // errands that were started
	reading  int
	most     int // readings at once
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// newWorld offers n seasons, from 1990-91 on.
func newWorld(n int) *world {
	w := &world{broken: map[string]error{}, loaded: map[string]string{}, reads: map[string]int{}}
	for i := range n {
		season, _ := football.NewSeason(1900+i%200, 1901+i%200)
		w.editions = append(w.editions, ingesting.Edition{
			Source: "made", Season: season, Locator: fmt.Sprintf("%s-%d.csv", season, i/200), Fingerprint: "v1",
			Competition: football.Competition{Code: "serie-a", Name: "Serie A", Country: "Italy", TimeZone: "Europe/Rome"},
		})
	}
	return w
}

func (w *world) Name() string { return "made" }

func (w *world) Editions(context.Context) ([]ingesting.Edition, error) { return w.editions, w.away }

func (w *world) Read(ctx context.Context, e ingesting.Edition, _ string) (ingesting.Batch, error) {
	w.enter(e.Locator)
	defer w.leave()
	if w.hold != nil {
		select {
		case <-w.hold:
		case <-ctx.Done():
			return ingesting.Batch{}, ctx.Err()
		}
	}
	if err := w.broken[e.Locator]; err != nil {
		return ingesting.Batch{}, err
	}
	return ingesting.Batch{Rows: 10, Fingerprint: e.Fingerprint}, nil
}

func (w *world) enter(locator string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads[locator]++
	w.reading++
	w.most = max(w.most, w.reading)
}

// begun is how many editions were read so far. An aborted run leaves its
// activities to end by themselves, so they may still be reading.
func (w *world) begun() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.reads)
}

func (w *world) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading--
}

func (w *world) Fingerprints(context.Context, string) (map[string]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.loaded), nil
}

func (w *world) Load(_ context.Context, e ingesting.Edition, b ingesting.Batch, _ time.Time) (ingesting.Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loaded[e.Locator] = b.Fingerprint
	rejected := len(b.Findings)
	return ingesting.Outcome{Rows: b.Rows, Inserted: b.Rows - rejected, Rejected: rejected}, nil
}

func (w *world) Inspect(context.Context, time.Time) ([]quality.Report, error) {
	return []quality.Report{{Competition: "serie-a", Rows: 100, MeasuredAt: start, Newest: start}}, nil
}

func (w *world) Save(context.Context, []quality.Report, float64) error { return nil }

// register adds the definitions over the world. Errands to the other queue are
// noted, not done.
func (w *world) register(r worker.Registry) {
	w.activities().Register(r)
	r.RegisterWorkflowWithOptions(func(workflow.Context, forecasting.PublishInput) (forecasting.Publication, error) {
		w.note(forecasting.PublishWorkflow)
		return forecasting.Publication{}, nil
	}, workflow.RegisterOptions{Name: forecasting.PublishWorkflow})
	r.RegisterWorkflowWithOptions(func(workflow.Context, forecasting.SettleInput) (forecasting.Settled, error) {
		w.note(forecasting.SettleWorkflow)
		return forecasting.Settled{}, nil
	}, workflow.RegisterOptions{Name: forecasting.SettleWorkflow})
}

func (w *world) activities() *ingestion.Activities {
	now := func() time.Time { return start }
	return ingestion.NewActivities(
		ingesting.NewIngestor([]ingesting.Source{w}, w, now),
		assessing.NewAssessor(w, now),
	)
}

func (w *world) note(errand string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = append(w.left, errand)
}
