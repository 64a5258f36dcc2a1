package devserver

import (
	"context"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/domain"
)

// Module provides a [*Supervisor] that stops its units with the application. It
// needs a [domain.Clock] and a func(string) that hears of deaths and restarts.
// A unit that keeps dying shuts the application down with exit code 1.
var Module = fx.Module("devserver", fx.Provide(newSupervised))

func newSupervised(lc fx.Lifecycle, shutdown fx.Shutdowner, now domain.Clock, report func(string)) *Supervisor {
	s, ctx := NewSupervisor(context.Background(), now, report)
	stop := context.AfterFunc(ctx, func() {
		report(context.Cause(ctx).Error())
		_ = shutdown.Shutdown(fx.ExitCode(1))
	})
	lc.Append(fx.StopHook(func(ctx context.Context) error {
		stop()
		return s.Stop(ctx)
	}))
	return s
}
