package core

import (
	"net/http"

	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/alertmanager"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Hearing provides what takes in alerts and sees to it that incidents are
// followed. It needs [postgres.Module] and [temporal.Module].
func Hearing() fx.Option {
	return fx.Provide(
		func(s responding.Store, e responding.Engine, newID func() string, now domain.Clock) *responding.Hook {
			return &responding.Hook{Store: s, Engine: e, NewID: newID, Now: now}
		},
		func(s responding.Store, e responding.Engine) *responding.Relay {
			return &responding.Relay{Store: s, Engine: e}
		},
	)
}

// AlertHook is where Alertmanager posts.
func AlertHook(c config.Config, hook *responding.Hook, log *zap.Logger) http.Handler {
	return alertmanager.NewHandler(string(c.AlertmanagerToken), hook, log)
}

// IncidentDesk provides where people look at incidents. It needs [Operating] and
// [Auditing].
func IncidentDesk() fx.Option {
	return fx.Provide(newIncidentDesk)
}

type incidentDeskParams struct {
	fx.In

	Store      responding.Store
	Engine     responding.Engine
	Operations *operating.Dispatcher
	Unit       transacting.Unit
	Recorder   auditing.Recorder
	NewID      func() string
	Now        domain.Clock
}

func newIncidentDesk(p incidentDeskParams) *responding.Desk {
	return &responding.Desk{
		Store: p.Store, Engine: p.Engine, Operations: p.Operations, Unit: p.Unit, Recorder: p.Recorder, NewID: p.NewID, Now: p.Now,
	}
}
