package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/ports/limiting"
)

var _ limiting.Observer = (*Limits)(nil)

// Limits counts what the limiter decides.
type Limits struct {
	// decided is resolved once: it is on the way of every request.
	decided [2][2]prom.Counter
	local   prom.Gauge
}

// NewLimits returns a Limits whose metrics are in r.
func NewLimits(r prom.Registerer) *Limits {
	decisions := prom.NewCounterVec(prom.CounterOpts{
		Name: "rate_limit_decisions_total", Help: "Calls let through or refused by the rate limit, by result and by mode: shared, or local while Redis is away.",
	}, []string{"result", "mode"})
	l := &Limits{local: prom.NewGauge(prom.GaugeOpts{
		Name: "rate_limit_local_mode", Help: "1 while Redis is away and this process limits by itself.",
	})}
	for i, result := range []string{"refused", "allowed"} {
		for j, mode := range []string{"shared", "local"} {
			l.decided[i][j] = decisions.WithLabelValues(result, mode)
		}
	}
	r.MustRegister(decisions, l.local)
	return l
}

// Decided implements [limiting.Observer].
func (l *Limits) Decided(allowed, local bool) { l.decided[bit(allowed)][bit(local)].Inc() }

// LocalMode implements [limiting.Observer].
func (l *Limits) LocalMode(on bool) { l.local.Set(float64(bit(on))) }

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
