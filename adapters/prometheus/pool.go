package prometheus

import (
	"database/sql"

	prom "github.com/prometheus/client_golang/prometheus"
)

var (
	poolConnections = prom.NewDesc("db_pool_connections", "Connections of the database pool, by state; max is the most there may be.", []string{"state"}, nil)
	poolWaits       = prom.NewDesc("db_pool_waits_total", "Times that somebody waited for a connection of the pool.", nil, nil)
	poolWait        = prom.NewDesc("db_pool_wait_seconds", "Time spent waiting for a connection of the pool, in all.", nil, nil)
)

// pool shows a database pool as it is when it is asked.
type pool struct{ stats func() sql.DBStats }

// RegisterPool shows a pool in r; stats is the method of a *sql.DB.
func RegisterPool(r prom.Registerer, stats func() sql.DBStats) { r.MustRegister(pool{stats: stats}) }

// Describe implements [prom.Collector].
func (pool) Describe(out chan<- *prom.Desc) {
	out <- poolConnections
	out <- poolWaits
	out <- poolWait
}

// Collect implements [prom.Collector].
func (p pool) Collect(out chan<- prom.Metric) {
	s := p.stats()
	for state, n := range map[string]int{"in_use": s.InUse, "idle": s.Idle, "max": s.MaxOpenConnections} {
		out <- prom.MustNewConstMetric(poolConnections, prom.GaugeValue, float64(n), state)
	}
	count(out, poolWaits, float64(s.WaitCount))
	count(out, poolWait, s.WaitDuration.Seconds())
}
