package core

import (
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/checking"
)

// Routine provides what tells whether backups and ingestions were made and
// queues are served. It needs [postgres.Module] and [temporal.Module].
func Routine() fx.Option {
	return fx.Provide(func(b backingup.Records, c catalogue.Catalogue, e checking.Engine, now domain.Clock) *checking.Routine {
		return &checking.Routine{Backups: b, Sources: c, Engine: e, Now: now}
	})
}
