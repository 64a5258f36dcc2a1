package prometheus

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
)

const (
	// refreshEvery is how old a figure may be that costs a query.
	refreshEvery = 30 * time.Second
	// refreshTimeout bounds how long one figure may take.
	refreshTimeout = 5 * time.Second
	// refreshPace is how often it is looked which figures are due.
	refreshPace = time.Second
)

// Refresher reads figures from databases and servers on a timer, one after
// another, so that a scrape costs nothing, however many scrape. What was read
// last stays while a database is away, and a metric says how old it is.
type Refresher struct {
	now    domain.Clock
	log    *zap.Logger
	tasks  []*task
	failed *prom.CounterVec
	read   *prom.GaugeVec

	cancel  context.CancelFunc
	running sync.WaitGroup
}

type task struct {
	what  string
	every time.Duration
	next  time.Time
	run   func(context.Context) error
}

// NewRefresher returns a Refresher that tells about itself in r.
func NewRefresher(r prom.Registerer, now domain.Clock, log *zap.Logger) *Refresher {
	f := &Refresher{
		now: now, log: log, cancel: func() {},
		failed: prom.NewCounterVec(prom.CounterOpts{Name: "figures_refresh_failures_total", Help: "Figures that could not be read; those read before stay."}, []string{"figures"}),
		read:   prom.NewGaugeVec(prom.GaugeOpts{Name: "figures_refreshed_timestamp_seconds", Help: "When figures were read last."}, []string{"figures"}),
	}
	r.MustRegister(f.failed, f.read)
	return f
}

// Run refreshes until ctx ends. Nothing is added any more while it runs.
func (f *Refresher) Run(ctx context.Context) {
	ticker := time.NewTicker(refreshPace)
	defer ticker.Stop()
	for {
		f.Refresh(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Refresh reads what is due.
func (f *Refresher) Refresh(ctx context.Context) {
	for _, t := range f.tasks {
		if f.now().Before(t.next) || ctx.Err() != nil {
			continue
		}
		t.next = f.now().Add(t.every)
		bounded, cancel := context.WithTimeout(ctx, refreshTimeout)
		err := t.run(bounded)
		cancel()
		switch {
		case err == nil:
			f.read.WithLabelValues(t.what).Set(float64(f.now().Unix()))
		case ctx.Err() == nil:
			f.failed.WithLabelValues(t.what).Inc()
			f.log.Warn("figures for metrics not refreshed", zap.String("what", t.what), zap.Error(err))
		}
	}
}

// latest is what was read last; nil before the first time.
type latest[T any] struct{ atomic.Pointer[T] }

func (l *latest[T]) get() (value T) {
	if read := l.Load(); read != nil {
		return *read
	}
	return value
}

// refreshed has f read something every so often.
func refreshed[T any](f *Refresher, what string, every time.Duration, read func(context.Context) (T, error)) *latest[T] {
	value := new(latest[T])
	f.failed.WithLabelValues(what)
	f.tasks = append(f.tasks, &task{what: what, every: every, run: func(ctx context.Context) error {
		found, err := read(ctx)
		if err == nil {
			value.Store(&found)
		}
		return err
	}})
	return value
}

// Start has figures read beside what else the process does, until Stop.
func (f *Refresher) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	f.cancel = cancel
	f.running.Go(func() { f.Run(ctx) })
}

// Stop returns once nothing is being read any more.
func (f *Refresher) Stop() {
	f.cancel()
	f.running.Wait()
}
