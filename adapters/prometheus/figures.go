package prometheus

import (
	"context"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

// Settled sums up how published forecasts did, and whether they were in time.
type Settled interface {
	Accuracy(ctx context.Context) ([]publishing.Accuracy, error)
	publishing.Timekeeper
}

// Data tells the state of the data.
type Data interface {
	Reports(ctx context.Context) ([]catalogue.Report, error)
	Freshness(ctx context.Context) ([]catalogue.Freshness, error)
}

// Figures shows what the platform is worth: how its picks did, whether they
// came in time and how good its data are.
type Figures struct {
	now         domain.Clock
	accuracy    *latest[[]publishing.Accuracy]
	punctuality *latest[[]publishing.Punctuality]
	reports     *latest[[]catalogue.Report]
	freshness   *latest[[]catalogue.Freshness]
}

// NewFigures returns Figures that are in r and read by f.
func NewFigures(r prom.Registerer, f *Refresher, settled Settled, data Data, now domain.Clock) *Figures {
	figures := &Figures{
		now:         now,
		accuracy:    refreshed(f, "accuracy", refreshEvery, settled.Accuracy),
		punctuality: refreshed(f, "punctuality", refreshEvery, settled.Punctuality),
		reports:     refreshed(f, "data_quality", refreshEvery, data.Reports),
		freshness:   refreshed(f, "data_freshness", refreshEvery, data.Freshness),
	}
	r.MustRegister(figures)
	return figures
}

var (
	accuracyLabels    = []string{"competition", "model"}
	competitionLabels = []string{"competition"}
	accuracyDesc      = prom.NewDesc("prediction_accuracy", "Share of settled published picks that were right.", accuracyLabels, nil)
	picksDesc         = prom.NewDesc("prediction_picks", "Settled published picks that prediction_accuracy is the share of.", accuracyLabels, nil)
	rpsDesc           = prom.NewDesc("forecast_rps", "Mean ranked probability score of settled forecasts; 0 is best.", accuracyLabels, nil)
	logLossDesc       = prom.NewDesc("forecast_log_loss", "Mean logarithmic loss of settled forecasts in nats; 0 is best.", accuracyLabels, nil)
	dueDesc           = prom.NewDesc("forecast_due_matches", "Matches of the last seven days that were known before they kicked off.", competitionLabels, nil)
	inTimeDesc        = prom.NewDesc("forecast_in_time_matches", "Those of forecast_due_matches with a forecast from before kick-off.", competitionLabels, nil)
	qualityDesc       = prom.NewDesc("data_quality_score", "Quality of the data from 0 to 1.", competitionLabels, nil)
	freshnessDesc     = prom.NewDesc("data_freshness_seconds", "Time since a source last brought something.", []string{"source"}, nil)
)

// Describe implements [prom.Collector].
func (f *Figures) Describe(out chan<- *prom.Desc) {
	for _, d := range []*prom.Desc{accuracyDesc, picksDesc, rpsDesc, logLossDesc, dueDesc, inTimeDesc, qualityDesc, freshnessDesc} {
		out <- d
	}
}

// Collect implements [prom.Collector].
func (f *Figures) Collect(out chan<- prom.Metric) {
	for _, a := range newestModels(f.accuracy.get()) {
		show(out, rpsDesc, a.RPS, string(a.Competition), a.Model)
		show(out, logLossDesc, a.LogLoss, string(a.Competition), a.Model)
		show(out, picksDesc, float64(a.Picks), string(a.Competition), a.Model)
		if share, ok := a.Share(); ok {
			show(out, accuracyDesc, share, string(a.Competition), a.Model)
		}
	}
	for _, p := range f.punctuality.get() {
		show(out, dueDesc, float64(p.Due), string(p.Competition))
		show(out, inTimeDesc, float64(p.InTime), string(p.Competition))
	}
	for _, r := range f.reports.get() {
		show(out, qualityDesc, r.Score(), string(r.Competition))
	}
	for _, s := range f.freshness.get() {
		show(out, freshnessDesc, f.now().Sub(s.At).Seconds(), s.Source)
	}
}

func show(out chan<- prom.Metric, d *prom.Desc, value float64, labels ...string) {
	out <- prom.MustNewConstMetric(d, prom.GaugeValue, value, labels...)
}

func count(out chan<- prom.Metric, d *prom.Desc, value float64, labels ...string) {
	out <- prom.MustNewConstMetric(d, prom.CounterValue, value, labels...)
}
