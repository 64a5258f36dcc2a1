package core

import (
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Operating provides what starts operations and looks after them. It needs
// [Auditing], [postgres.Module] and [temporal.Module].
func Operating() fx.Option {
	return fx.Module("operating", fx.Provide(newDispatcher))
}

type dispatcherParams struct {
	fx.In

	Engine   operating.Engine
	Finder   operating.Finder
	Store    operating.Store
	Keys     operating.Keys
	Signer   auditing.Signer
	Unit     transacting.Unit
	Recorder auditing.Recorder
	NewID    func() string
	Now      domain.Clock
}

func newDispatcher(p dispatcherParams) *operating.Dispatcher {
	return operating.NewDispatcher(operating.Parts{
		Kinds: operating.Served(temporal.Serves), Engine: p.Engine, Finder: p.Finder, Store: p.Store, Keys: p.Keys,
		Signer: p.Signer, Unit: p.Unit, Recorder: p.Recorder, NewID: p.NewID, Now: p.Now,
	})
}
