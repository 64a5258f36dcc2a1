package postgres

import (
	"context"

	"github.com/uptrace/bun"
	"go.uber.org/fx"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/assessing"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/ports/issuing"
	"github.com/football-prediction/football-prediction/ports/limiting"
	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/ports/metering"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/pausing"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/ports/provisioning"
	"github.com/football-prediction/football-prediction/ports/publishing"
	"github.com/football-prediction/football-prediction/ports/releasing"
	"github.com/football-prediction/football-prediction/ports/repeating"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/ports/transacting"
)

// Module provides the PostgreSQL side of the ports. It needs a [Config], and a
// domain.Clock for [NewWatch].
var Module = fx.Module("postgres",
	fx.Provide(
		open, openReplica, NewReads,
		fx.Annotate(NewLoader, fx.As(new(ingesting.Store))),
		fx.Annotate(NewInspector, fx.As(new(assessing.Store))),
		fx.Annotate(NewRegistry, fx.As(new(modelling.Registry)), fx.As(new(catalogue.Models))),
		fx.Annotate(NewHistory, fx.As(new(modelling.History)), fx.As(new(publishing.Fixtures))),
		fx.Annotate(NewForecasts, fx.As(new(publishing.Forecasts))),
		fx.Annotate(NewRatings, fx.As(new(publishing.Ratings))),
		fx.Annotate(NewSettlements, fx.As(new(publishing.Settlements))),
		fx.Annotate(newSharedCatalogue, fx.As(new(catalogue.Catalogue))),
		fx.Annotate(NewTenants, fx.As(new(provisioning.Tenants)), fx.As(new(provisioning.Register)), fx.As(new(access.Tenants)), fx.As(new(auditing.Retention))),
		fx.Annotate(NewPredictions, fx.As(new(predicting.Store))),
		fx.Annotate(NewPredictionSettlements, fx.As(new(predicting.Settlements))),
		fx.Annotate(NewBackups, fx.As(new(backingup.Records)), fx.As(new(maintaining.Backups))),
		fx.Annotate(NewMaintenanceReports, fx.As(new(maintaining.Reports))),
		fx.Annotate(NewMaintenanceSamples, fx.As(new(maintaining.Samples))),
		fx.Annotate(NewIdempotency, fx.As(new(repeating.Store))),
		fx.Annotate(NewOperations, fx.As(new(operating.Store))),
		fx.Annotate(NewIncidents, fx.As(new(responding.Store))),
		fx.Annotate(NewReleases, fx.As(new(releasing.Releases))),
		fx.Annotate(NewApprovals, fx.As(new(operating.Approvals))),
		fx.Annotate(NewLeases, fx.As(new(exclusion.Leases)), fx.As(new(pausing.Pauses))),
		fx.Annotate(NewUnit, fx.As(new(transacting.Unit))),
		fx.Annotate(NewKeys, fx.As(new(access.Keys)), fx.As(new(issuing.Store)), fx.As(new(operating.Keys))),
		fx.Annotate(NewLookup, fx.As(new(access.Lookup))),
		fx.Annotate(NewWatch, fx.As(new(access.Watch))),
		fx.Annotate(NewDays, fx.As(new(limiting.Days))),
		fx.Annotate(NewUsage, fx.As(new(metering.Store)), fx.As(new(metering.Records)), fx.As(new(metering.Measurer)), fx.As(new(metering.Figures))),
	),
)

// watched is what may watch statements, where a program has it.
type watched struct {
	fx.In

	Hook bun.QueryHook `optional:"true"`
}

func open(lc fx.Lifecycle, c Config, w watched) (*bun.DB, error) {
	db, err := Open(c)
	if err != nil {
		return nil, err
	}
	if w.Hook != nil {
		db = db.WithQueryHook(w.Hook)
	}
	lc.Append(fx.StopHook(db.Close))
	return db, nil
}

// openReplica is nil when there is no replica. It is asked from start to stop.
func openReplica(lc fx.Lifecycle, c Config, primary *bun.DB, now domain.Clock) (*Replica, error) {
	if c.ReadURL == "" {
		return nil, nil // having none is no fault
	}
	r, err := OpenReplica(c, primary, now)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.StartStopHook(
		func() { go func() { defer close(done); r.Keep(ctx) }() },
		func() error { stop(); <-done; return r.Close() },
	))
	return r, nil
}

func newSharedCatalogue(r Reads) *Catalogue { return NewCatalogue(r.DB) }
