package core

import (
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Pruning provides what prunes audit events. It needs [Auditing],
// [postgres.Module] and, once it is used, a folder for the archives.
func Pruning() fx.Option {
	return fx.Module("pruning", fx.Provide(newPruning))
}

type pruningParams struct {
	fx.In

	Archive   auditing.Archive
	Prunings  auditing.Prunings
	Retention auditing.Retention
	Signer    auditing.Signer
	Unit      transacting.Unit
	Recorder  auditing.Recorder
	Now       domain.Clock
}

// NewPruner makes a Pruner that keeps its archives somewhere.
type NewPruner func(auditing.Archives) *auditing.Pruner

func newPruning(p pruningParams) NewPruner {
	return func(archives auditing.Archives) *auditing.Pruner {
		return auditing.NewPruner(auditing.PrunerParts{
			Archive: p.Archive, Prunings: p.Prunings, Archives: archives, Retention: p.Retention,
			Signer: p.Signer, Unit: p.Unit, Recorder: p.Recorder, Now: p.Now,
		})
	}
}
