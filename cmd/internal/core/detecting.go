package core

import (
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/ports/detecting"
)

// Detecting provides what keeps findings and looks after them. It needs
// [Auditing] and [postgres.Module].
func Detecting() fx.Option {
	return fx.Module("detecting",
		fx.Provide(
			fx.Annotate(postgres.NewSecurityFindings, fx.As(new(detecting.Findings)), fx.As(new(detecting.Overview))),
			fx.Annotate(postgres.NewAttempts, fx.As(new(detecting.Attempts)), fx.As(new(detecting.Hasher))),
			detecting.NewLedger, detecting.NewNames,
		),
	)
}
