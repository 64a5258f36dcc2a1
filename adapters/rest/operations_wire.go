package rest

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/ports/operating"
)

// operationsWire puts operations on the wire.
type operationsWire struct {
	ui        string // the address of Temporal's web interface; empty when there is none
	namespace string
}

type operationJSON struct {
	ID          string                  `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The operation's id."`
	Kind        string                  `json:"kind" example:"ingestions" doc:"What kind of operation it is, as in the address that starts one."`
	Workflow    string                  `json:"workflow" example:"Ingest" doc:"The workflow that does it."`
	Status      string                  `json:"status" enum:"requested,running,completed,failed,aborted,canceled,terminated,timed_out,not_started" example:"running" doc:"Where it stands: requested is kept and not started yet, not_started was given up before it began."`
	Live        bool                    `json:"live" example:"true" doc:"Whether this is of the moment; false when Temporal could not be asked, and it is as it was at seen_at."`
	SeenAt      *time.Time              `json:"seen_at" example:"2026-08-15T10:00:05Z" doc:"When it was last looked at; null when that is now."`
	RequestedBy string                  `json:"requested_by" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Who asked for it; schedule:, workflow: or temporal for what was not asked for here."`
	RequestedAt time.Time               `json:"requested_at" example:"2026-08-15T10:00:00Z" doc:"When it was asked for."`
	Reason      string                  `json:"reason" example:"" doc:"Why it was asked for, where a kind wants to know; else empty."`
	Input       map[string]any          `json:"input" doc:"What was asked for."`
	StartedAt   *time.Time              `json:"started_at" example:"2026-08-15T10:00:01Z" doc:"When it began; null before."`
	EndedAt     *time.Time              `json:"ended_at" example:"2026-08-15T10:04:00Z" doc:"When it ended; null before."`
	Outcome     string                  `json:"outcome" example:"" doc:"Why it did not complete; empty when it did, or goes on."`
	Result      map[string]any          `json:"result,omitempty" doc:"What it came to, once it has completed."`
	Progress    *operationProgressJSON  `json:"progress,omitempty" doc:"How far it is, while it runs and a worker answers."`
	Awaiting    *operationAwaitingJSON  `json:"awaiting,omitempty" doc:"What it waits for people to approve."`
	Activities  []operationActivityJSON `json:"activities" nullable:"false" doc:"The steps that are under way or about to be tried again."`
	Approvals   []operationApprovalJSON `json:"approvals" nullable:"false" doc:"Who has approved what."`
	History     operationHistoryJSON    `json:"history" doc:"Where all that it did can be seen."`
}

type operationProgressJSON struct {
	Step    string `json:"step" example:"ingest" doc:"What it does at the moment."`
	Done    int    `json:"done" minimum:"0" example:"12" doc:"How many parts of the step are done."`
	Total   int    `json:"total" minimum:"0" example:"40" doc:"How many parts there are; 0 while nobody knows."`
	Message string `json:"message" example:"premier-league 2021-22" doc:"The same for a person."`
}

type operationAwaitingJSON struct {
	Step     string   `json:"step" example:"swap" doc:"What is to be approved."`
	Question string   `json:"question" example:"The restored database takes the live one's place." doc:"The same for a person."`
	Approved []string `json:"approved" nullable:"false" example:"[\"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05\"]" doc:"Who has approved it."`
	Missing  int      `json:"missing" minimum:"0" example:"1" doc:"How many more people must; 0 while nobody has approved."`
}

type operationActivityJSON struct {
	Name    string `json:"name" example:"IngestSeason.Load" doc:"The step's name."`
	Attempt int    `json:"attempt" minimum:"0" example:"2" doc:"Which attempt it is."`
	Failure string `json:"failure" example:"the database is starting up" doc:"Why the last attempt failed; empty when none did."`
}

type operationApprovalJSON struct {
	Actor string    `json:"actor" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Who approved."`
	Step  string    `json:"step" example:"swap" doc:"What was approved."`
	At    time.Time `json:"at" example:"2026-08-15T10:02:00Z" doc:"When."`
}

type operationHistoryJSON struct {
	Namespace  string  `json:"namespace" example:"default" doc:"Temporal's namespace."`
	WorkflowID string  `json:"workflow_id" example:"ingest" doc:"The id of the workflow."`
	RunID      string  `json:"run_id" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e06" doc:"The latest run; empty before it began."`
	URL        *string `json:"url" example:"http://127.0.0.1:8233/namespaces/default/workflows/ingest/0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e06/history" doc:"The page in Temporal's web interface; null when its address is not configured."`
}

func (w operationsWire) one(o operating.Operation, err error) (*operationOutput, error) {
	if err != nil {
		return nil, err
	}
	return &operationOutput{Body: w.of(o)}, nil
}

func (w operationsWire) of(o operating.Operation) operationJSON {
	out := operationJSON{
		ID: o.ID, Kind: o.Kind, Workflow: o.Workflow, Status: string(o.Seen.Status), Live: o.Live,
		RequestedBy: o.RequestedBy, RequestedAt: o.RequestedAt.UTC(), Reason: o.Reason, Input: object(o.Input),
		StartedAt: known(o.Seen.StartedAt), EndedAt: known(o.Seen.EndedAt), Outcome: o.Seen.Outcome,
		Activities: []operationActivityJSON{}, Approvals: []operationApprovalJSON{}, History: w.history(o),
	}
	if !o.Live {
		out.SeenAt = known(o.SeenAt)
	}
	if len(o.Seen.Result) > 0 {
		out.Result = object(o.Seen.Result)
	}
	if p := o.Seen.Progress; p != nil {
		out.Progress = &operationProgressJSON{Step: p.Step, Done: p.Done, Total: p.Total, Message: p.Message}
	}
	if a := o.Seen.Awaiting; a != nil {
		out.Awaiting = &operationAwaitingJSON{Step: a.Step, Question: a.Question, Approved: append([]string{}, a.Approved...), Missing: a.Missing}
	}
	for _, a := range o.Seen.Activities {
		out.Activities = append(out.Activities, operationActivityJSON(a))
	}
	for _, a := range o.Approvals {
		out.Approvals = append(out.Approvals, operationApprovalJSON{Actor: a.Actor, Step: a.Step, At: a.At.UTC()})
	}
	return out
}

// object is JSON as an object; what is none stands below "value".
func object(text json.RawMessage) map[string]any {
	var value any
	if json.Unmarshal(text, &value) != nil || value == nil {
		return map[string]any{}
	}
	if fields, ok := value.(map[string]any); ok {
		return fields
	}
	return map[string]any{"value": value}
}

func (w operationsWire) history(o operating.Operation) operationHistoryJSON {
	out := operationHistoryJSON{Namespace: w.namespace, WorkflowID: o.WorkflowID, RunID: o.Seen.LatestRun}
	if out.RunID == "" {
		out.RunID = o.RunID
	}
	if w.ui != "" && out.RunID != "" {
		address := strings.TrimSuffix(w.ui, "/") + "/namespaces/" + url.PathEscape(w.namespace) +
			"/workflows/" + url.PathEscape(o.WorkflowID) + "/" + url.PathEscape(out.RunID) + "/history"
		out.URL = &address
	}
	return out
}
