package temporal

import (
	"time"

	"github.com/football-prediction/football-prediction/workflows/backup"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
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
	}
}
