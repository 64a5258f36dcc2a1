package upkeep

import (
	"os"
	"strings"
	"time"

	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/adapters/nginx"
	"github.com/football-prediction/football-prediction/adapters/releases"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/releasing"
)

// Releasing provides the [releasing.Releaser] of a worker, which can do something
// where RELEASES_DIR is set. It needs [postgres.Module],
// [temporal.Module] and [core.Auditing].
func Releasing() fx.Option {
	return fx.Provide(newReleaser)
}

const (
	// slots are those of deploy/nginx/slots/upstream.conf.
	slots = 20
	// stopGrace is as long as our programs take at most to drain, and then some.
	stopGrace = 30 * time.Second
)

func newReleaser(c config.Config, kept releasing.Releases, workers releasing.Workers, audit auditing.Recorder, newID func() string, now domain.Clock) *releasing.Releaser {
	layout := releases.Layout{Releases: c.ReleasesDir, State: c.ReleaseStateDir, Settings: c.ReleaseSettingsDir}
	edge := nginx.NewEdge(nginx.Slots{Dir: layout.Slots(), Count: slots}, c.EdgeLog, layout.Socket)
	parts := releasing.Parts{
		Prober: &releases.Prober{Layout: layout, Host: hostOf(c.AllowedHosts)}, Workers: workers, Slots: edge, Analyst: edge, Releases: kept, Audit: audit, NewID: newID, Now: now,
	}
	if c.ReleasesDir != "" {
		// What a release is started with is what this worker was, but for where it
		// listens.
		environment := os.Environ()
		switch c.ReleaseDriver {
		case config.DriverProcesses:
			parts.Driver = &releases.Processes{Layout: layout, Environment: environment, Grace: stopGrace}
		case config.DriverCompose:
			parts.Driver = &releases.Compose{Project: c.ReleasesDir, Environment: environment}
		case config.DriverSystemd:
			parts.Driver = &releases.Systemd{Layout: layout, Environment: environment}
		}
	}
	return releasing.NewReleaser(parts)
}

// hostOf is a name that the API answers to.
func hostOf(allowed []string) string {
	for _, name := range allowed {
		if !strings.HasPrefix(name, "*") {
			return name
		}
	}
	return "localhost"
}
