package upkeep

import (
	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/football-prediction/football-prediction/adapters/notify"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/notifying"
)

// newCrier tells the teams of the channels that are configured.
func newCrier(c config.Config, r prom.Registerer, now domain.Clock) *notifying.Crier {
	p := notifying.CrierParts{Now: now, Observe: prometheus.NewNotifications(r).Posted}
	if c.SlackWebhookURL != "" {
		p.Channels = append(p.Channels, notify.NewSlack(string(c.SlackWebhookURL)))
	}
	if c.DingTalkWebhookURL != "" {
		p.Channels = append(p.Channels, notify.NewDingTalk(string(c.DingTalkWebhookURL), string(c.DingTalkSecret), now))
	}
	return notifying.NewCrier(p)
}
