package archive

import (
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/ports/exporting"
)

// Module provides where archives are kept. It needs a [Config].
var Module = fx.Module("archive", fx.Provide(fx.Annotate(NewFolder, fx.As(new(exporting.Archives)))))
