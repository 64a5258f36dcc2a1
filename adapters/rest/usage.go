package rest

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/metering"
)

const tagUsage = "usage"

func registerUsage(r routes, u *metering.Reader) {
	read(r, operation{
		ID: "get-tenant-usage", Path: "/tenant/usage", Tag: tagUsage, Needs: identity.ReadTenant,
		Summary: "Get the tenant's usage",
		Description: "How much of each quota of the own tenant is used and what is left, with a history by the day in UTC. " +
			"Calls that other servers have answered in the last few seconds may be missing. Storage is an estimate of the tenant's rows, without indexes and backups, measured once a day.",
	}, getUsage(u))
}

type usageInput struct {
	From dateParam `query:"from" doc:"The first day of the history, in UTC; 29 days before to when it is left out."`
	To   dateParam `query:"to" doc:"The last day of the history, in UTC; today when it is left out. At most 90 days are told."`
}

type usageOutput struct{ Body usageJSON }

type usageJSON struct {
	Quotas            []quotaUseJSON `json:"quotas" nullable:"false" doc:"Every quota of the plan."`
	StorageMeasuredAt time.Time      `json:"storage_measured_at" example:"2026-08-14T03:00:00Z" doc:"When the storage was measured."`
	Days              []usageDayJSON `json:"days" nullable:"false" doc:"Each day of the history, the earliest first."`
}

type quotaUseJSON struct {
	Quota     string     `json:"quota" enum:"users,predictions,api_calls,storage_mb" example:"api_calls" doc:"The quota: users held, predictions a day, calls an hour, megabytes held."`
	Limit     int        `json:"limit" minimum:"0" example:"1000" doc:"What the plan allows."`
	Used      int        `json:"used" minimum:"0" example:"137" doc:"What is used of it in the hour or day that runs, or held now."`
	Remaining int        `json:"remaining" minimum:"0" example:"863" doc:"What is left. Calls are let through evenly: RateLimit says how many at once."`
	ResetsAt  *time.Time `json:"resets_at" example:"2026-08-14T13:00:00Z" doc:"When the next hour or day begins; null for what is held."`
}

type usageDayJSON struct {
	Date        string `json:"date" format:"date" example:"2026-08-14" doc:"The day, in UTC."`
	APICalls    int64  `json:"api_calls" minimum:"0" example:"9120" doc:"Calls that were let through."`
	Refused     int64  `json:"refused" minimum:"0" example:"12" doc:"Calls that the limit turned away."`
	Predictions int64  `json:"predictions" minimum:"0" example:"88" doc:"Predictions made."`
	ActiveUsers int64  `json:"active_users" minimum:"0" example:"7" doc:"Users who were seen."`
}

func getUsage(u *metering.Reader) func(context.Context, *usageInput) (*usageOutput, error) {
	return func(ctx context.Context, in *usageInput) (*usageOutput, error) {
		if err := inOrder(in.From, in.To); err != nil {
			return nil, err
		}
		report, err := u.Usage(ctx, in.From.Time, in.To.Time)
		if err != nil {
			return nil, err
		}
		return &usageOutput{Body: toUsage(report)}, nil
	}
}

func toUsage(r metering.Report) usageJSON {
	u := usageJSON{
		StorageMeasuredAt: r.MeasuredAt.UTC(),
		Quotas:            make([]quotaUseJSON, len(r.Quotas)), Days: make([]usageDayJSON, len(r.Days)),
	}
	for i, q := range r.Quotas {
		u.Quotas[i] = quotaUseJSON{
			Quota: string(q.Quota), Limit: q.Limit, Used: q.Used, Remaining: q.Remaining, ResetsAt: known(q.ResetsAt),
		}
	}
	for i, d := range r.Days {
		u.Days[i] = usageDayJSON{
			Date: d.Date.Format(time.DateOnly), APICalls: d.APICalls, Refused: d.Refused,
			Predictions: d.Predictions, ActiveUsers: d.ActiveUsers,
		}
	}
	return u
}
