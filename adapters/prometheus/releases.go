package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

var shareDesc = prom.NewDesc("release_traffic_share", "Share of the requests that lead to a colour.", []string{"colour"}, nil)

// shares shows where requests lead. It reads links, which takes microseconds.
type shares struct{ slots releasing.Slots }

// RegisterShares shows in reg where requests lead, where r releases anything.
func RegisterShares(reg prom.Registerer, r *releasing.Releaser) {
	if r.Driver != nil {
		reg.MustRegister(shares{r.Slots})
	}
}

// Describe implements [prom.Collector].
func (shares) Describe(out chan<- *prom.Desc) { out <- shareDesc }

// Collect implements [prom.Collector].
func (s shares) Collect(out chan<- prom.Metric) {
	counted, err := s.slots.Shares()
	if err != nil {
		out <- prom.NewInvalidMetric(shareDesc, err)
		return
	}
	for _, c := range operation.Colours {
		show(out, shareDesc, float64(counted[c])/float64(s.slots.Count()), string(c))
	}
}
