package prometheus

import (
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
)

// RegisterReplica shows in r how far the replica that reads go to is behind, and
// whether they do.
func RegisterReplica(r prom.Registerer, lag func() (behind time.Duration, used bool)) {
	r.MustRegister(
		prom.NewGaugeFunc(prom.GaugeOpts{
			Name: "db_replica_lag_seconds", Help: "How long ago the replica for reads was last as new as the primary.",
		}, func() float64 { behind, _ := lag(); return behind.Seconds() }),
		prom.NewGaugeFunc(prom.GaugeOpts{
			Name: "db_replica_used", Help: "1 while reads go to the replica, 0 while the primary answers them.",
		}, func() float64 {
			if _, used := lag(); used {
				return 1
			}
			return 0
		}),
	)
}
