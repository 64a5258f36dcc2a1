package rest

import (
	"context"
	"strconv"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

const tagAudit = "audit"

func registerAudit(r routes, a *auditing.Reader) {
	read(r, operation{
		ID: "list-audit-events", Path: "/audit-events", Tag: tagAudit, Needs: identity.ReadAudit,
		Summary: "List audit events",
		Description: "What happened in the own tenant, newest first. The events form a chain of hashes, so that none can be changed or taken out unseen; " +
			"personal data stand beside the chain and may have been erased.",
	}, listAuditEvents(a))
}

type listAuditEventsInput struct {
	Paging
	Action  string    `query:"action" maxLength:"100" example:"api_key.created" doc:"Only events of this kind."`
	Actor   string    `query:"actor" maxLength:"100" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Only what this user or key did."`
	Target  string    `query:"target" maxLength:"100" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Only what was done to this."`
	Outcome string    `query:"outcome" enum:"done,refused" doc:"Only events that ended so."`
	From    dateParam `query:"from" doc:"The first day, in UTC."`
	To      dateParam `query:"to" doc:"The last day, in UTC."`
}

type auditEventJSON struct {
	Seq       int64             `json:"seq" minimum:"1" example:"1042" doc:"Its place in the tenant's chain, from 1 without gaps."`
	ID        string            `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The event's id."`
	At        time.Time         `json:"at" example:"2026-08-14T12:00:00Z" doc:"When it happened."`
	Action    string            `json:"action" example:"api_key.created" doc:"What happened."`
	Outcome   string            `json:"outcome" enum:"done,refused" example:"done" doc:"How it ended."`
	Actor     string            `json:"actor" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Who did it: a user, an API key, or system."`
	Target    string            `json:"target" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"What it was done to; empty when there is nothing to name."`
	RequestID string            `json:"request_id" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The request it happened in; empty for what happens by itself."`
	Details   map[string]string `json:"details" nullable:"false" doc:"More of it."`
	Personal  map[string]string `json:"personal" nullable:"false" doc:"Personal data, such as the caller's address; empty once erased."`
	Erased    bool              `json:"erased" example:"false" doc:"Whether the personal data have been erased."`
}

func listAuditEvents(a *auditing.Reader) func(context.Context, *listAuditEventsInput) (*listOutput[auditEventJSON], error) {
	at := func(r auditing.Record) catalogue.Position {
		return catalogue.Position{ID: strconv.FormatInt(r.Seq, 10)}
	}
	return func(ctx context.Context, in *listAuditEventsInput) (*listOutput[auditEventJSON], error) {
		if err := inOrder(in.From, in.To); err != nil {
			return nil, err
		}
		var before int64
		page := in.page()
		if page.After != nil {
			before, _ = strconv.ParseInt(page.After.ID, 10, 64) // we signed it
		}
		found, err := a.Events(ctx, auditing.Filter{
			Action: in.Action, Actor: in.Actor, Target: in.Target, Outcome: auditing.Outcome(in.Outcome),
			From: in.From.Time, To: in.To.after(),
		}, before, page.Limit)
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toAuditEvent), nil
	}
}

func toAuditEvent(r auditing.Record) auditEventJSON {
	e := auditEventJSON{
		Seq: r.Seq, ID: r.ID, At: r.At, Action: r.Action, Outcome: r.Outcome, Actor: r.Actor, Target: r.Target,
		RequestID: r.RequestID, Details: r.Details, Personal: r.Personal, Erased: r.Erased,
	}
	if e.Details == nil {
		e.Details = map[string]string{}
	}
	if e.Personal == nil {
		e.Personal = map[string]string{}
	}
	return e
}
