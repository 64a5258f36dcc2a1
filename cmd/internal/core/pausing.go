package core

import (
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/pausing"
)

// Pausing provides the [pausing.Gate] of a process that rests while the service
// is paused. It needs [postgres.Module].
func Pausing() fx.Option {
	return fx.Provide(func(lc fx.Lifecycle, p pausing.Pauses, now domain.Clock) *pausing.Gate {
		g := pausing.NewGate(p, now)
		inBackground(lc, g.Watch)
		return g
	})
}
