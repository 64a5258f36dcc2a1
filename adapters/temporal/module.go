package temporal

import (
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/releasing"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/ports/restoring"
)

// Module provides the client, closed on stop, and what stands on it. It needs
// a [Config] and a *zap.Logger.
var Module = fx.Module("temporal", fx.Provide(
	open, NewSchedules, NewRuns, NewHistories,
	fx.Annotate(NewWatch, fx.As(new(checking.Engine))),
	fx.Annotate(NewRepublisher, fx.As(new(modelling.Republisher))),
	fx.Annotate(NewEngine, fx.As(new(operating.Engine)), fx.As(new(operating.Finder)), fx.As(new(restoring.Runs))),
	fx.Annotate(NewVersions, fx.As(new(releasing.Workers))),
	fx.Annotate(NewIncidents, fx.As(new(responding.Engine))),
	fx.Annotate(NewFailedRuns, fx.As(new(maintaining.Runs))),
))

// WorkerModule provides [Workers]; invoke [Host] to have them serve. It needs
// the client, [WorkerOptions] and []Assignment.
var WorkerModule = fx.Module("temporal-worker", fx.Provide(NewWorkers))

// watched is what may watch a client, where a program has it.
type watched struct {
	fx.In

	Metrics      client.MetricsHandler           `optional:"true"`
	Interceptors []interceptor.ClientInterceptor `group:"temporal"`
}

func open(lc fx.Lifecycle, c Config, w watched, logger *zap.Logger) (client.Client, error) {
	opened, err := OpenWatched(c, Instruments{Metrics: w.Metrics, Interceptors: w.Interceptors}, logger)
	if err != nil {
		return nil, err
	}
	lc.Append(fx.StopHook(opened.Close))
	return opened, nil
}

// Host has the workers serve from start to stop.
func Host(lc fx.Lifecycle, w *Workers) { lc.Append(fx.StartStopHook(w.Start, w.Stop)) }
