package maintenance_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/ports/notifying"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
)

var today = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// world has reports in memory, a machine that waits for updates, and a mail
// box. The steps that it can take are health, updates and logs.
type world struct {
	mu      sync.Mutex
	reports map[string]operation.Report
	pages   map[string][]byte
	mails   []notifying.Message

	away     bool  // the database does not answer the step health
	lost     int   // how often asking for updates fails after it has begun
	broken   error // asking for updates never works
	hold     chan struct{}
	unkept   error // reports cannot be begun
	nobody   bool
	unmailed error
}

func newWorld() *world {
	return &world{reports: map[string]operation.Report{}, pages: map[string][]byte{}}
}

func (w *world) Begin(_ context.Context, r operation.Report) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unkept != nil {
		return "", w.unkept
	}
	for id, known := range w.reports {
		if known.Run == r.Run {
			return id, nil
		}
	}
	r.ID = fmt.Sprintf("report-%d", len(w.reports)+1)
	w.reports[r.ID] = r
	return r.ID, nil
}

func (w *world) Keep(_ context.Context, id string, s operation.StepResult) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.reports[id]
	r.Results = append(r.Results, s)
	w.reports[id] = r
	return nil
}

func (w *world) Get(_ context.Context, id string) (operation.Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.reports[id]
	if !ok {
		return r, maintaining.ErrNoReport
	}
	return r, nil
}

func (w *world) Conclude(_ context.Context, r operation.Report, page []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reports[r.ID], w.pages[r.ID] = r, page
	return nil
}

func (w *world) Sent(_ context.Context, id string, people int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.reports[id]
	r.Sent = people
	w.reports[id] = r
	return nil
}

func (w *world) Page(_ context.Context, id string) ([]byte, error) { return w.pages[id], nil }

func (w *world) List(context.Context, operation.Plan, int) ([]operation.Report, error) {
	return nil, errors.New("nobody lists here")
}

// only is the one report that there is.
func (w *world) only() operation.Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.reports {
		return r
	}
	return operation.Report{}
}

type renderer struct{}

func (renderer) Page(r operation.Report) ([]byte, error) { return []byte("<html>" + r.ID), nil }

func (w *world) Operators(context.Context) ([]string, error) {
	if w.nobody {
		return nil, nil
	}
	return []string{"op@example.com", "boss@example.com"}, nil
}

func (w *world) Send(_ context.Context, m notifying.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.unmailed != nil {
		return w.unmailed
	}
	w.mails = append(w.mails, m)
	return nil
}

// Pending implements [maintaining.Updates].
func (w *world) Pending(ctx context.Context) ([]maintaining.Update, error) {
	if w.hold != nil {
		select {
		case <-w.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lost > 0 {
		w.lost--
		return nil, errors.New("the connection was lost just then")
	}
	if w.broken != nil {
		return nil, w.broken
	}
	return nil, nil
}

func (w *world) activities() *maintenance.Activities {
	probe := func(context.Context) error {
		if w.away {
			return errors.New("connection refused")
		}
		return nil
	}
	now := domain.Clock(func() time.Time { return today })
	return maintenance.NewActivities(maintaining.New(maintaining.Parts{
		Reports: w, Renderer: renderer{}, Recipients: w, Notifier: w, Updates: w, Now: now,
		Checker: checking.NewChecker([]checking.Dependency{{Name: "PostgreSQL", Critical: true, Probe: probe}}, time.Second, now),
	}))
}

func (w *world) register(r worker.Registry) { w.activities().Register(r) }

// weekly are the steps that this world can take of the weekly plan.
var weekly = maintenance.Input{Plan: "weekly", Steps: []string{"logs", "updates"}}

// healthy is the step of the daily plan that it can take.
var healthy = maintenance.Input{Steps: []string{"health"}}
