package prometheus

import (
	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/ports/notifying"
)

// Notifications counts what teams were told.
type Notifications struct{ posted *prom.CounterVec }

// NewNotifications returns a Notifications that is in r.
func NewNotifications(r prom.Registerer) *Notifications {
	n := &Notifications{posted: prom.NewCounterVec(prom.CounterOpts{
		Name: "notifications_total", Help: "Notices to teams, by channel and what became of them: sent, digested with others, failed.",
	}, []string{"channel", "outcome"})}
	r.MustRegister(n.posted)
	return n
}

// Posted counts notices that went out, or not, in one post.
func (n *Notifications) Posted(channel string, o notifying.Outcome, notices int) {
	n.posted.WithLabelValues(channel, string(o)).Add(float64(notices))
}
