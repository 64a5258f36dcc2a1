package rest

import (
	"context"
	"encoding/json"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	incidents "github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/ports/responding"
)

const tagIncidents = "incidents"

func registerIncidents(r routes, d *responding.Desk) {
	const path, one = "/incidents", "/incidents/{id}"
	missing, decided := []int{404}, []int{404, 409}
	read(r, operation{
		ID: "list-incidents", Path: path, Tag: tagIncidents, Needs: identity.RunOperations, Summary: "List incidents",
		Description: "What is or was wrong, the newest first.",
	}, listIncidents(d))
	create(r, operation{
		ID: "declare-incident", Path: path, Tag: tagIncidents, Needs: identity.RunOperations, Located: prefix + path + "/",
		Summary: "Declare an incident", Description: "Opens an incident that no alert told of. Contacts are told as of any other.",
	}, func(ctx context.Context, in *declareIncidentInput) (*declaredOutput, error) {
		c, err := d.Declare(ctx, incidents.Severity(in.Body.Severity), in.Body.Title, in.Body.Summary)
		if err != nil {
			return nil, err
		}
		return &declaredOutput{Location: prefix + path + "/" + c.ID, Body: toIncident(c)}, nil
	})
	read(r, operation{
		ID: "get-incident", Path: one, Tag: tagIncidents, Needs: identity.RunOperations, Errors: missing,
		Summary: "Get an incident", Description: "One incident with its timeline and the steps of the procedure.",
	}, func(ctx context.Context, in *incidentInput) (*incidentOutput, error) {
		return incidentOf(d.Get(ctx, in.ID.text))
	})
	change(r, operation{
		ID: "acknowledge-incident", Path: one + "/ack", Tag: tagIncidents, Needs: identity.RunOperations, Errors: decided,
		Summary:     "Acknowledge an incident",
		Description: "Says that the caller is on it: nobody else is told any more. Works also while Temporal is away.",
	}, func(ctx context.Context, in *remarkInput) (*incidentOutput, error) {
		return incidentOf(d.Acknowledge(ctx, in.ID.text, in.Body.text()))
	})
	change(r, operation{
		ID: "resolve-incident", Path: one + "/resolve", Tag: tagIncidents, Needs: identity.RunOperations, Errors: decided,
		Summary: "Resolve an incident",
		Description: "Says that it is over. It closes once it has stayed quiet; while its alert goes on it does not, and is opened again " +
			"when that lasts.",
	}, func(ctx context.Context, in *remarkInput) (*incidentOutput, error) {
		return incidentOf(d.Resolve(ctx, in.ID.text, in.Body.text()))
	})
	change(r, operation{
		ID: "note-incident", Path: one + "/notes", Tag: tagIncidents, Needs: identity.RunOperations, Errors: decided,
		Summary: "Add to an incident's timeline", Description: "Keeps what the caller says, with time and name.",
	}, func(ctx context.Context, in *noteInput) (*incidentOutput, error) {
		return incidentOf(d.Note(ctx, in.ID.text, in.Body.Reason))
	})
	change(r, operation{
		ID: "complete-incident-step", Path: one + "/steps/{step}", Tag: tagIncidents, Needs: identity.RunOperations, Errors: decided,
		Summary: "Complete a step of the procedure", Description: "Says that a step is done. That the effect is there, the last step, is found out by the platform.",
	}, func(ctx context.Context, in *stepInput) (*incidentOutput, error) {
		return incidentOf(d.Tick(ctx, in.ID.text, in.Step, in.Body.text()))
	})
	change(r, operation{
		ID: "act-on-incident", Path: one + "/actions", Tag: tagIncidents, Needs: identity.RunOperations, Errors: decided,
		Summary: "Start an operation because of an incident",
		Description: "Starts an operation of any kind, such as a restore, and puts it on the timeline. What asks for the approval of another person " +
			"does so here, too.",
	}, func(ctx context.Context, in *actionInput) (*incidentOutput, error) {
		raw, err := json.Marshal(in.Body.Input)
		if err != nil {
			return nil, err
		}
		return incidentOf(d.Act(ctx, in.ID.text, operating.Request{Kind: in.Body.Kind, Input: raw}))
	})
}

type listIncidentsInput struct {
	Paging
	Open     string `query:"open" enum:"true,false" doc:"Only those that are open, or that are not."`
	Severity string `query:"severity" enum:"P1,P2,P3" doc:"Only of this severity."`
}

func listIncidents(d *responding.Desk) func(context.Context, *listIncidentsInput) (*listOutput[incidentJSON], error) {
	at := func(i incidents.Incident) catalogue.Position { return catalogue.Position{Time: i.OpenedAt, ID: i.ID} }
	return func(ctx context.Context, in *listIncidentsInput) (*listOutput[incidentJSON], error) {
		f := responding.Filter{Severity: incidents.Severity(in.Severity)}
		if in.Open != "" {
			open := in.Open == "true"
			f.Open = &open
		}
		found, err := d.List(ctx, f, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, func(i incidents.Incident) incidentJSON { return toIncident(responding.Case{Incident: i}) }), nil
	}
}

type incidentInput struct {
	ID idParam `path:"id" doc:"The incident's id."`
}

type remarkInput struct {
	ID   idParam `path:"id" doc:"The incident's id."`
	Body *remarkJSON
}

func (r *remarkJSON) text() string {
	if r == nil {
		return ""
	}
	return r.Reason
}

// remarkJSON is what a person says, who need not say anything.
type remarkJSON struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" pattern:"^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$" patternDescription:"text without control characters" example:"The release is being rolled back." doc:"What is to be said, for the timeline."`
}

type noteInput struct {
	ID   idParam `path:"id" doc:"The incident's id."`
	Body decisionJSON
}

type stepInput struct {
	ID   idParam `path:"id" doc:"The incident's id."`
	Body *remarkJSON
	Step string `path:"step" enum:"assess,analyse,plan,mend" example:"analyse" doc:"The step that is done."`
}

type declareIncidentInput struct{ Body incidentDeclarationJSON }

type incidentDeclarationJSON struct {
	Severity string `json:"severity" enum:"P1,P2,P3" example:"P2" doc:"P1 wakes somebody, P3 waits for the next maintenance window."`
	Title    string `json:"title" minLength:"3" maxLength:"200" pattern:"^[^\\x00-\\x1f\\x7f]*$" patternDescription:"text without control characters" example:"Forecasts of the Premier League look wrong" doc:"What is wrong, in a line."`
	Summary  string `json:"summary,omitempty" maxLength:"2000" pattern:"^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$" patternDescription:"text without control characters" example:"All home teams are favourites since noon." doc:"What is known of it."`
}

type actionInput struct {
	ID   idParam `path:"id" doc:"The incident's id."`
	Body incidentActionJSON
}

type incidentActionJSON struct {
	Kind  string         `json:"kind" maxLength:"40" example:"restores" doc:"The kind of operation, as in the address that starts one."`
	Input map[string]any `json:"input,omitempty" doc:"What is asked for, as the kind takes it."`
}

type incidentOutput struct{ Body incidentJSON }

type declaredOutput struct {
	Location string `header:"Location" example:"/api/v1/incidents/0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The incident's address."`
	Body     incidentJSON
}

type incidentJSON struct {
	ID             string              `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The incident's id."`
	Severity       string              `json:"severity" enum:"P1,P2,P3" example:"P1" doc:"How bad it is."`
	Status         string              `json:"status" enum:"open,acknowledged,resolved,verifying,closed" example:"acknowledged" doc:"Verifying: nothing is wrong any more, and it is watched for a while."`
	Title          string              `json:"title" example:"SystemDown: The API is down" doc:"What is wrong, in a line."`
	Summary        string              `json:"summary" example:"It has not answered for a minute." doc:"What is known of it."`
	Labels         map[string]string   `json:"labels" doc:"Those of its alerts."`
	OpenedAt       time.Time           `json:"opened_at" example:"2026-08-15T10:00:00Z" doc:"When it was noticed."`
	AcknowledgedAt *time.Time          `json:"acknowledged_at" example:"2026-08-15T10:02:00Z" doc:"When somebody said that he is on it; null before."`
	AcknowledgedBy string              `json:"acknowledged_by" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Who; empty before."`
	ResolvedAt     *time.Time          `json:"resolved_at" example:"2026-08-15T10:12:00Z" doc:"When somebody said that it is over; null otherwise."`
	ResolvedBy     string              `json:"resolved_by" example:"user:0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Who; empty otherwise."`
	ClosedAt       *time.Time          `json:"closed_at" example:"2026-08-15T10:17:00Z" doc:"When its end was verified; null before."`
	Told           int                 `json:"told" minimum:"0" example:"2" doc:"How many times a contact was told."`
	Steps          []incidentStepJSON  `json:"steps" nullable:"false" doc:"The procedure."`
	Timeline       []incidentEventJSON `json:"timeline,omitempty" doc:"What happened, in order; left out of lists."`
}

type incidentStepJSON struct {
	Name  string `json:"name" enum:"assess,analyse,plan,mend,verify" example:"analyse" doc:"The step."`
	Title string `json:"title" example:"Find the cause" doc:"The same for a person."`
	Role  string `json:"role" example:"development" doc:"Whose it is, of the contacts."`
	Done  bool   `json:"done" example:"false" doc:"Whether it is done."`
}

type incidentEventJSON struct {
	At    time.Time `json:"at" example:"2026-08-15T10:00:00Z" doc:"When."`
	Kind  string    `json:"kind" example:"told" doc:"What happened."`
	Actor string    `json:"actor" example:"platform" doc:"Who did it: a subject, platform or alertmanager."`
	Text  string    `json:"text" example:"told Ada (operations)" doc:"The same for a person."`
}

func incidentOf(c responding.Case, err error) (*incidentOutput, error) {
	if err != nil {
		return nil, err
	}
	return &incidentOutput{Body: toIncident(c)}, nil
}

func toIncident(c responding.Case) incidentJSON {
	i := c.Incident
	out := incidentJSON{
		ID: i.ID, Severity: string(i.Severity), Status: i.Status(), Title: i.Title, Summary: i.Summary, Labels: i.Labels, OpenedAt: i.OpenedAt.UTC(),
		AcknowledgedAt: known(i.AcknowledgedAt), AcknowledgedBy: i.AcknowledgedBy, ResolvedAt: known(i.ResolvedAt), ResolvedBy: i.ResolvedBy,
		ClosedAt: known(i.ClosedAt), Told: i.Told, Steps: []incidentStepJSON{},
	}
	if out.Labels == nil {
		out.Labels = map[string]string{}
	}
	for _, s := range incidents.IncidentSteps {
		out.Steps = append(out.Steps, incidentStepJSON{Name: s.Name, Title: s.Title, Role: s.Role, Done: i.Done(s.Name)})
	}
	for _, e := range c.Timeline {
		out.Timeline = append(out.Timeline, incidentEventJSON{At: e.At.UTC(), Kind: e.Kind, Actor: e.Actor, Text: e.Text})
	}
	return out
}
