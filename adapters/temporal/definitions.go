package temporal

import (
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

// Definition is a schedule as the code wants it. Exactly one of Cron, in UTC,
// and Every is set.
type Definition struct {
	ID       string // also how the ids of its runs begin
	Summary  string
	Workflow string
	Input    any
	Cron     string
	Every    time.Duration
	Offset   time.Duration // from multiples of Every since 1970
	Jitter   time.Duration // runs begin up to so much later
	CatchUp  time.Duration // runs missed while Temporal was away this long are made up for
}

// Definitions are our schedules. Runs of one never overlap: one that is due
// while the last goes on is skipped.
func Definitions() []Definition {
	return []Definition{
		{
			ID: "ingest", Summary: "Take in what is new, every six hours",
			Workflow: ingestion.IngestWorkflow, Input: ingestion.Input{},
			// Off the hour, when everybody asks the sources.
			Every: 6 * time.Hour, Offset: 20 * time.Minute, Jitter: 10 * time.Minute, CatchUp: time.Hour,
		},
		{
			ID: "retrain", Summary: "Train and compare models, Mondays at 04:00 UTC",
			Workflow: retraining.RetrainWorkflow, Input: retraining.Input{},
			// The weekend's results are in by then, and few are awake.
			Cron: "0 4 * * 1", Jitter: 10 * time.Minute, CatchUp: 24 * time.Hour,
		},
		{
			ID: "publish-forecasts", Summary: "Forecast all coming fixtures, daily",
			Workflow: forecasting.PublishWorkflow, Input: forecasting.PublishInput{WithoutChampionDoNothing: true},
			// Ingestions publish what they change; this is for the days that
			// bring no results but move fixtures into reach.
			Cron: "0 6 * * *", Jitter: 5 * time.Minute, CatchUp: 12 * time.Hour,
		},
		{
			ID: "settle-matches", Summary: "Settle forecasts of matches that are over, hourly",
			Workflow: forecasting.SettleWorkflow, Input: forecasting.SettleInput{},
			Cron: "50 * * * *", Jitter: 2 * time.Minute, CatchUp: time.Hour,
		},
		{
			ID: "backup", Summary: "Back everything up and restore it beside the original, daily at 02:10 UTC",
			Workflow: backup.BackupWorkflow, Input: backup.Input{},
			Cron: "10 2 * * *", Jitter: 5 * time.Minute, CatchUp: 20 * time.Hour,
		},
		{
			ID: "maintenance-daily", Summary: "Daily maintenance: health, errors, resources, backups, figures, sizes",
			Workflow: maintenance.RunWorkflow, Input: maintenance.Input{Plan: string(operation.Daily)},
			// Before people come to work, and after the forecasts of the day.
			Cron: "30 6 * * *", Jitter: 5 * time.Minute, CatchUp: 12 * time.Hour,
		},
		{
			ID: "maintenance-weekly", Summary: "Weekly maintenance: logs, what has expired, security, permissions, updates, performance",
			Workflow: maintenance.RunWorkflow, Input: maintenance.Input{Plan: string(operation.Weekly)},
			// Tuesdays: the weekend's matches are over and the models trained.
			Cron: "0 2 * * 2", Jitter: 10 * time.Minute, CatchUp: 48 * time.Hour,
		},
		{
			ID: "maintenance-monthly", Summary: "Monthly maintenance: indexes, vacuum, slow queries, retention, dependencies, capacity",
			Workflow: maintenance.RunWorkflow, Input: maintenance.Input{Plan: string(operation.Monthly)},
			// Not on the first, when everybody's monthly work begins.
			Cron: "0 2 8 * *", Jitter: 10 * time.Minute, CatchUp: 7 * 24 * time.Hour,
		},
	}
}
