package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/ports/caching"
)

var _ caching.Observer = (*Caches)(nil)

// Caches counts how looking for answers ended. All its series are there from
// the start: their number is bounded, and a ratio needs both its parts.
type Caches struct {
	looked map[caching.Area]map[caching.Result]prom.Counter
}

// NewCaches returns a Caches whose metrics are in r.
func NewCaches(r prom.Registerer) *Caches {
	requests := prom.NewCounterVec(prom.CounterOpts{
		Name: "cache_requests_total",
		Help: "Look-ups in caches, by cache and result: hit (in memory), stale (in memory, being renewed), waited (for another's look-up), remote (in Redis), miss or error.",
	}, []string{"cache", "result"})
	r.MustRegister(requests)
	c := &Caches{looked: make(map[caching.Area]map[caching.Result]prom.Counter)}
	for _, a := range append([]caching.Area{caching.Credentials}, caching.Areas...) {
		c.looked[a] = make(map[caching.Result]prom.Counter)
		for _, result := range caching.Results {
			c.looked[a][result] = requests.WithLabelValues(string(a), string(result))
		}
	}
	return c
}

// Looked implements [caching.Observer].
func (c *Caches) Looked(a caching.Area, r caching.Result) { c.looked[a][r].Inc() }
