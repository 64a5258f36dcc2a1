package prometheus

import (
	"strconv"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/ports/metering"
)

// activityEvery is long, because counting users reads two months of days.
const activityEvery = 5 * time.Minute

var (
	windowLabels   = []string{"window"}
	activeUsers    = prom.NewDesc("active_users", "Users seen in the window of days that ends today, in UTC.", windowLabels, nil)
	retentionRatio = prom.NewDesc("user_retention_ratio", "Share of the users of the window before who were seen in this one.", windowLabels, nil)
)

// Activity shows how many users come, and come again.
type Activity struct {
	windows *latest[[]metering.Activity]
}

// NewActivity returns an Activity that is in r and read by f.
func NewActivity(r prom.Registerer, f *Refresher, figures metering.Figures) *Activity {
	a := &Activity{refreshed(f, "activity", activityEvery, figures.Activity)}
	r.MustRegister(a)
	return a
}

// Describe implements [prom.Collector].
func (*Activity) Describe(out chan<- *prom.Desc) {
	out <- activeUsers
	out <- retentionRatio
}

// Collect implements [prom.Collector].
func (a *Activity) Collect(out chan<- prom.Metric) {
	for _, w := range a.windows.get() {
		window := strconv.Itoa(w.Days) + "d"
		show(out, activeUsers, float64(w.Active), window)
		if share, ok := w.Retention(); ok {
			show(out, retentionRatio, share, window)
		}
	}
}
