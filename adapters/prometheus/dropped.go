package prometheus

import prom "github.com/prometheus/client_golang/prometheus"

// RegisterDropped shows in r how much usage was not counted, because too much
// was waiting for a database that was away for too long.
func RegisterDropped(r prom.Registerer, dropped func() int64) {
	r.MustRegister(prom.NewCounterFunc(prom.CounterOpts{
		Name: "usage_dropped_total", Help: "Usage that was not counted because too much was waiting for the database.",
	}, func() float64 { return float64(dropped()) }))
}
