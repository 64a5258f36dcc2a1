package prometheus

import (
	"context"
	"sync"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

// Settled sums up how published forecasts did.
type Settled interface {
	Accuracy(ctx context.Context) ([]publishing.Accuracy, error)
}

// Data tells the state of the data.
type Data interface {
	Reports(ctx context.Context) ([]catalogue.Report, error)
	Freshness(ctx context.Context) ([]catalogue.Freshness, error)
}

const (
	// refreshEvery bounds how often scrapes reach the database.
	refreshEvery = 30 * time.Second
	// refreshTimeout bounds how long a scrape waits for it.
	refreshTimeout = 3 * time.Second
)

// Figures shows what the platform is worth: how its picks did and how good its
// data are. The values last read stay while the database is away.
type Figures struct {
	settled Settled
	data    Data
	now     domain.Clock
	log     *zap.Logger

	mu        sync.Mutex
	next      time.Time
	accuracy  []publishing.Accuracy
	reports   []catalogue.Report
	freshness []catalogue.Freshness
}

// NewFigures returns Figures that are in r.
func NewFigures(r prom.Registerer, settled Settled, data Data, now domain.Clock, log *zap.Logger) *Figures {
	f := &Figures{settled: settled, data: data, now: now, log: log}
	r.MustRegister(f)
	return f
}

var (
	accuracyLabels = []string{"competition", "model"}
	accuracyDesc   = prom.NewDesc("prediction_accuracy", "Share of settled published picks that were right.", accuracyLabels, nil)
	rpsDesc        = prom.NewDesc("forecast_rps", "Mean ranked probability score of settled forecasts; 0 is best.", accuracyLabels, nil)
	logLossDesc    = prom.NewDesc("forecast_log_loss", "Mean logarithmic loss of settled forecasts in nats; 0 is best.", accuracyLabels, nil)
	qualityDesc    = prom.NewDesc("data_quality_score", "Quality of the data from 0 to 1.", []string{"competition"}, nil)
	freshnessDesc  = prom.NewDesc("data_freshness_seconds", "Time since a source last brought something.", []string{"source"}, nil)
)

// Describe implements [prom.Collector].
func (f *Figures) Describe(out chan<- *prom.Desc) {
	for _, d := range []*prom.Desc{accuracyDesc, rpsDesc, logLossDesc, qualityDesc, freshnessDesc} {
		out <- d
	}
}

// Collect implements [prom.Collector].
func (f *Figures) Collect(out chan<- prom.Metric) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if !now.Before(f.next) {
		f.refresh()
		f.next = now.Add(refreshEvery)
	}
	for _, a := range f.accuracy {
		show(out, rpsDesc, a.RPS, string(a.Competition), a.Model)
		show(out, logLossDesc, a.LogLoss, string(a.Competition), a.Model)
		if share, ok := a.Share(); ok {
			show(out, accuracyDesc, share, string(a.Competition), a.Model)
		}
	}
	for _, r := range f.reports {
		show(out, qualityDesc, r.Score(), string(r.Competition))
	}
	for _, s := range f.freshness {
		show(out, freshnessDesc, now.Sub(s.At).Seconds(), s.Source)
	}
}

func show(out chan<- prom.Metric, d *prom.Desc, value float64, labels ...string) {
	out <- prom.MustNewConstMetric(d, prom.GaugeValue, value, labels...)
}

// refresh reads what it can; what it cannot read stays as it was.
func (f *Figures) refresh() {
	ctx, cancel := context.WithTimeout(context.Background(), refreshTimeout)
	defer cancel()
	accuracy, err := f.settled.Accuracy(ctx)
	if f.read("accuracy", err) {
		f.accuracy = newestModels(accuracy)
	}
	reports, err := f.data.Reports(ctx)
	if f.read("data quality", err) {
		f.reports = reports
	}
	freshness, err := f.data.Freshness(ctx)
	if f.read("data freshness", err) {
		f.freshness = freshness
	}
}

func (f *Figures) read(what string, err error) bool {
	if err != nil {
		f.log.Warn("figures for metrics not refreshed", zap.String("what", what), zap.Error(err))
	}
	return err == nil
}
