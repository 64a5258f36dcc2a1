package rest

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/authenticating"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/issuing"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/ports/membership"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/pausing"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/repeating"
	"github.com/football-prediction/football-prediction/ports/responding"
)

// Module provides *[API], also as http.Handler, and its huma.API. It needs
// what [Dependencies] holds.
var Module = fx.Module("rest",
	fx.Provide(
		func(p params) *API { return New(p.dependencies()) },
		func(a *API) http.Handler { return a },
		func(a *API) huma.API { return a.huma },
	),
)

type params struct {
	fx.In

	Catalogue     catalogue.Catalogue
	Models        catalogue.Models
	Promoter      *modelling.Promoter
	Authenticator *access.Authenticator
	Checker       *checking.Checker
	Routine       *checking.Routine
	Limiter       limiting.Limiter
	Usage         *metering.Reader
	Audit         *auditing.Reader
	Desk          *authenticating.Desk
	Members       *membership.Members
	Book          *predicting.Book
	Clerk         *issuing.Clerk
	Ledger        *repeating.Ledger
	Keeper        *provisioning.Keeper
	Incidents     *responding.Desk
	House         *caching.House
	Operations    *operating.Dispatcher
	Pause         *pausing.Gate
	Clock         domain.Clock
	Calendar      football.Calendar
	Observer      Observer
	Log           *zap.Logger
	Config        Config
}

func (p params) dependencies() Dependencies {
	return Dependencies{
		Catalogue: p.Catalogue, Models: p.Models, Promoter: p.Promoter, Authenticator: p.Authenticator, Checker: p.Checker, Routine: p.Routine,
		Limiter: p.Limiter, Usage: p.Usage, Audit: p.Audit, Desk: p.Desk, Members: p.Members, Book: p.Book, Clerk: p.Clerk, Ledger: p.Ledger, Keeper: p.Keeper, Incidents: p.Incidents, House: p.House, Operations: p.Operations, Pause: p.Pause,
		Clock: p.Clock, Calendar: p.Calendar, Observer: p.Observer, Log: p.Log, Config: p.Config,
	}
}
