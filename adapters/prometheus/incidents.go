package prometheus

import (
	"context"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
)

var openIncidentsDesc = prom.NewDesc("incident_open", "Incidents that are not over.", []string{"severity"}, nil)

// Incidents shows how many incidents are open.
type Incidents struct {
	open *latest[[]responding.Followed]
}

// NewIncidents returns an Incidents that is in r and read by f.
func NewIncidents(r prom.Registerer, f *Refresher, s responding.Store) *Incidents {
	i := &Incidents{refreshed(f, "incidents", refreshEvery, func(ctx context.Context) ([]responding.Followed, error) { return s.Open(ctx, "") })}
	r.MustRegister(i)
	return i
}

// Describe implements [prom.Collector].
func (*Incidents) Describe(out chan<- *prom.Desc) { out <- openIncidentsDesc }

// Collect implements [prom.Collector].
func (i *Incidents) Collect(out chan<- prom.Metric) {
	open := make(map[operation.Severity]int)
	for _, one := range i.open.get() {
		open[one.Severity]++
	}
	for _, s := range operation.Severities {
		show(out, openIncidentsDesc, float64(open[s]), string(s))
	}
}
