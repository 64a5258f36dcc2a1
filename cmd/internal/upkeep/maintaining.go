package upkeep

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/machine"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/adapters/report"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/ports/notifying"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// Maintaining provides what keeps the system in order. It needs
// [postgres.Module] and [temporal.Module].
func Maintaining() fx.Option {
	return fx.Module("maintaining", fx.Provide(newMaintainer))
}

type maintainerParams struct {
	fx.In

	Config    config.Config
	DB        *bun.DB
	Workflows client.Client
	Runs      maintaining.Runs
	Tenants   provisioning.Tenants
	Reports   maintaining.Reports
	Samples   maintaining.Samples
	Backups   maintaining.Backups `optional:"true"`
	Now       domain.Clock
	Log       *zap.Logger
}

func newMaintainer(p maintainerParams) (*maintaining.Maintainer, error) {
	renderer, err := report.NewRenderer()
	if err != nil {
		return nil, err
	}
	suspects := postgres.NewSuspects(p.DB)
	parts := maintaining.Parts{
		Reports: p.Reports, Samples: p.Samples, Runs: p.Runs, Tenants: p.Tenants, Backups: p.Backups, Renderer: renderer, Now: p.Now,
		Refusals: suspects, Incidents: postgres.NewIncidents(p.DB), Suspects: suspects, Business: postgres.NewBusiness(p.DB), Expired: postgres.NewExpired(p.DB),
		Rights: postgres.NewRights(p.DB), Inspection: postgres.NewInspection(p.DB), Retention: postgres.NewRetention(p.DB),
		Machine: machine.New(disksOf(p.Config)), Updates: machine.Apt{}, Program: machine.NewProgram(), Recipients: recipients(p),
	}
	// What is not set up stays nil, and the steps say so.
	if p.Config.MigrateDatabaseURL != "" {
		parts.Surgery = postgres.NewSurgery(string(p.Config.MigrateDatabaseURL))
	}
	if len(p.Config.LogDirs) > 0 {
		parts.Logs = machine.NewLogs(p.Config.LogDirs)
	}
	if p.Config.PrometheusURL != "" {
		parts.Traffic = prometheus.NewQuery(string(p.Config.PrometheusURL))
	}
	if p.Config.SMTPURL != "" {
		if parts.Notifier, err = core.NewNotifier(p.Config, p.Log); err != nil {
			return nil, err
		}
	}
	parts.Checker = checking.NewChecker(stoodOn(p), maintenancePatience, p.Now)
	return maintaining.New(parts), nil
}

// disksOf are the folders whose file systems may fill up.
func disksOf(c config.Config) []string {
	folders := append([]string{"/"}, c.LogDirs...)
	for _, folder := range []string{c.BackupDir, c.UploadsDir} {
		if folder != "" {
			folders = append(folders, folder)
		}
	}
	return folders
}

// maintenancePatience is how long a server may take to answer before it counts
// as away.
const maintenancePatience = 10 * time.Second

// stoodOn is what the system stands on, as far as this process is told of it.
func stoodOn(p maintainerParams) []checking.Dependency {
	all := []checking.Dependency{
		{Name: "PostgreSQL", Critical: true, Probe: postgres.Ping(p.DB)},
		{Name: "Temporal", Critical: true, Probe: temporal.Ping(p.Workflows)},
	}
	if p.Config.RedisURL != "" {
		all = append(all, checking.Dependency{Name: "Redis", Probe: pingRedis(p.Config)})
	}
	if p.Config.PrometheusURL != "" {
		all = append(all, checking.Dependency{Name: "Prometheus", Probe: prometheus.NewQuery(string(p.Config.PrometheusURL)).Ping})
	}
	return all
}

// pingRedis asks Redis over a connection of its own.
func pingRedis(c config.Config) func(context.Context) error {
	return func(ctx context.Context) error {
		cache, err := redis.Open(core.Redis(c))
		if err != nil {
			return err
		}
		defer func() { _ = cache.Close() }()
		return redis.Ping(cache)(ctx)
	}
}

// recipients reads sealed addresses. A process without keys goes on, and says
// why nobody is written to when it comes to that.
func recipients(p maintainerParams) maintaining.Recipients {
	ring, err := core.Keyring(p.Config, p.Now)
	if err != nil {
		return unreadable{err}
	}
	return postgres.NewRecipients(p.DB, ring)
}

// Alarming provides what tells operators and teams, and the [backingup.Alarm] of
// a process that nobody watches. It needs [postgres.Module] and a prom.Registerer.
func Alarming() fx.Option {
	return fx.Provide(newCrier, newTeller, func(t teller, log *zap.Logger) *backingup.Alarm {
		return backingup.NewAlarm(t.People, t.Mail, t.Crier, func(err error) { log.Error("operators were not told", zap.Error(err)) })
	})
}

// teller is how operators and teams are told.
type teller struct {
	People backingup.Recipients
	Mail   notifying.Notifier
	Crier  *notifying.Crier
}

func newTeller(c config.Config, db *bun.DB, crier *notifying.Crier, now domain.Clock, log *zap.Logger) (teller, error) {
	var people backingup.Recipients
	if ring, err := core.Keyring(c, now); err != nil {
		people = unreadable{err}
	} else {
		people = postgres.NewRecipients(db, ring)
	}
	notifier, err := core.NewNotifier(c, log)
	return teller{People: people, Mail: notifier, Crier: crier}, err
}

// unreadable are recipients whose addresses cannot be read.
type unreadable struct{ err error }

// Operators implements [maintaining.Recipients].
func (u unreadable) Operators(context.Context) ([]string, error) {
	return nil, domain.Errorf(domain.Conflict, "maintenance.no_keys", "addresses cannot be read: %s", fmt.Sprint(u.err))
}
