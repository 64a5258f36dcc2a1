package main

import (
	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/worker"
	"go.uber.org/fx"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/archive"
	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/adapters/profiling"
	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/adapters/provider"
	"github.com/football-prediction/football-prediction/adapters/redis"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/cmd/internal/buildinfo"
	"github.com/football-prediction/football-prediction/cmd/internal/config"
	"github.com/football-prediction/football-prediction/cmd/internal/core"
	"github.com/football-prediction/football-prediction/cmd/internal/sources"
	"github.com/football-prediction/football-prediction/cmd/internal/upkeep"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/ports/assessing"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/pausing"
	"github.com/football-prediction/football-prediction/ports/predicting"
	"github.com/football-prediction/football-prediction/ports/publishing"
	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/cutover"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/incident"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
	"github.com/football-prediction/football-prediction/workflows/process"
	"github.com/football-prediction/football-prediction/workflows/restore"
	"github.com/football-prediction/football-prediction/workflows/retraining"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

// options compose a worker as its arguments say.
func options(c config.Config, a arguments) fx.Option {
	return fx.Options(
		core.Module("worker", c),
		postgres.Module, archive.Module, provider.Module, fx.Provide(sources.Config), prometheus.Module, temporal.Module, temporal.WorkerModule,
		core.Auditing(), core.Identity(), core.Tenancy(), upkeep.Backing(), upkeep.Alarming(), core.Hearing(), upkeep.Responding(), upkeep.Releasing(), core.Pausing(), caches(c),
		fx.Provide(
			ingesting.NewIngestor, assessing.NewAssessor, modelling.NewTrainer, publishing.NewSettler, predicting.NewSettler, newPublisher,
			ingestion.NewActivities, retraining.NewActivities, forecasting.NewActivities, tenancy.NewActivities, backup.NewActivities, restore.NewActivities, maintenance.NewActivities, incident.NewActivities, cutover.NewActivities,
			operating.NewVerifier, process.NewApprovalActivities,
			assignments, newProfiles,
			func(log *zap.Logger, ended *prometheus.Workflows, gate *pausing.Gate) temporal.WorkerOptions {
				return temporal.WorkerOptions{Queues: a.queues, BuildID: buildID(), Release: release(a), Observe: ended.Ended, Rest: gate.Paused, Logger: log}
			},
		),
		fx.Decorate(func(all []ingesting.Source, p *prometheus.Providers) []ingesting.Source { return p.Watch(all) }),
		upkeep.Maintaining(),
		// Health and metrics start first and so stop last, when all is drained.
		fx.Invoke(watchPool, expect, prometheus.RegisterShares, prometheus.NewBackups, prometheus.Keep, relaying, serve, temporal.Host),
	)
}

// newProfiles lets operators in by API key alone: workers know no secret that
// access tokens are signed with.
func newProfiles(keys access.Lookup, r auditing.Recorder, now domain.Clock) *profiling.Handler {
	return profiling.New("worker", access.NewAuthenticator(keys, nil, nil, access.Forgetful(now)), r)
}

func watchPool(r prom.Registerer, db *bun.DB) { prometheus.RegisterPool(r, db.Stats) }

// expect begins counters at zero, so that the first failure is an increase.
func expect(w *prometheus.Workflows, s *prometheus.SDK) {
	w.Expect(temporal.Types(), temporal.Outcomes())
	s.Expect(temporal.Types())
}

// release is what a worker of a release calls itself: archives and images bear the
// same name.
func release(a arguments) string {
	if !a.release {
		return ""
	}
	return buildinfo.Version()
}

// buildID names this binary where Temporal lists who serves a queue.
func buildID() string { return buildinfo.Version() + "+" + buildinfo.Commit() }

// caches are told what changes, where there are any. Without them, answers that
// others keep are right again within seconds.
func caches(c config.Config) fx.Option {
	if c.RedisURL == "" {
		return fx.Invoke(func(log *zap.Logger) {
			log.Warn("REDIS_URL is not set: other processes are not told what changes here, and keep answers for some seconds")
		})
	}
	return fx.Options(redis.Module, core.Announcing())
}

// hosted are the packages of workflows that this worker may serve.
type hosted struct {
	fx.In

	Ingestion   *ingestion.Activities
	Retraining  *retraining.Activities
	Forecasting *forecasting.Activities
	Tenancy     *tenancy.Activities
	Backup      *backup.Activities
	Restore     *restore.Activities
	Maintenance *maintenance.Activities
	Incident    *incident.Activities
	Cutover     *cutover.Activities
	Approvals   *process.ApprovalActivities
}

func assignments(h hosted) []temporal.Assignment {
	return []temporal.Assignment{
		{Queue: ingestion.Queue, Register: h.Ingestion.Register},
		{Queue: retraining.Queue, Register: h.Retraining.Register},
		{Queue: forecasting.Queue, Register: h.Forecasting.Register},
		{Queue: tenancy.Queue, Register: h.Tenancy.Register},
		{Queue: backup.Queue, Register: h.Backup.Register},
		{Queue: restore.Queue, Register: h.Restore.Register},
		{Queue: maintenance.Queue, Register: h.Maintenance.Register},
		{Queue: cutover.Queue, Register: h.Cutover.Register},
		{Queue: incident.Queue, Register: h.Incident.Register},
		{Queue: process.OperationsQueue, Register: func(w worker.Registry) { h.Approvals.Register(w) }},
	}
}

// publisherParams are where a publisher looks and writes.
type publisherParams struct {
	fx.In

	Registry  modelling.Registry
	History   modelling.History
	Fixtures  publishing.Fixtures
	Forecasts publishing.Forecasts
	Ratings   publishing.Ratings
	Calendar  football.Calendar
}

func newPublisher(p publisherParams) *publishing.Publisher {
	return publishing.NewPublisher(publishing.Dependencies{
		Registry: p.Registry, History: p.History, Fixtures: p.Fixtures,
		Forecasts: p.Forecasts, Ratings: p.Ratings, Calendar: p.Calendar,
	})
}
