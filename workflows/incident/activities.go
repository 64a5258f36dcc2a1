package incident

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// LookRequest asks for the state of an incident, or of the open one of a group,
// after keeping what was heard.
type LookRequest struct {
	GroupKey string             `json:"group_key"`
	Incident string             `json:"incident,omitempty"`
	Heard    []responding.Alert `json:"heard,omitempty"`
}

// DoRequest asks for a move. Unable gives it up.
type DoRequest struct {
	Incident string `json:"incident"`
	Kind     string `json:"kind"`
	Unable   bool   `json:"unable,omitempty"`
}

// State is an incident as its run sees it. Next is nil when it is closed, or
// when there is none.
type State struct {
	ID             string   `json:"id"`
	Severity       string   `json:"severity"`
	Title          string   `json:"title"`
	Summary        string   `json:"summary,omitempty"`
	Status         string   `json:"status"`
	AcknowledgedBy string   `json:"acknowledged_by,omitempty"`
	Told           int      `json:"told"`
	Steps          []string `json:"steps,omitempty"`
	Next           *Next    `json:"next,omitempty"`
}

// Next is what comes next, and when.
type Next struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
}

// waiting is the kind of Next when only people or alerts bring it on.
const waiting = "wait"

func (s State) line() string {
	if s.ID == "" {
		return "There is no such incident: it was over before anybody looked."
	}
	line := fmt.Sprintf("%s %s: %s.", s.Severity, s.Status, s.Title)
	if s.AcknowledgedBy != "" {
		line += " " + s.AcknowledgedBy + " is on it."
	}
	return line
}

// note is the procedure, with what is done of it, and how to say more.
func (s State) note() string {
	var b strings.Builder
	if s.Summary != "" {
		b.WriteString(s.Summary + "\n\n")
	}
	for _, step := range operation.IncidentSteps {
		mark := " "
		if slices.Contains(s.Steps, step.Name) {
			mark = "x"
		}
		fmt.Fprintf(&b, "- [%s] %s (%s): %s\n", mark, step.Name, step.Role, step.Title)
	}
	fmt.Fprintf(&b, "\n`footballctl incident ack|step|note|resolve %s`", s.ID)
	return b.String()
}

var (
	lookActivity = process.Activity[LookRequest, State]{Name: LookActivity, Attempt: time.Minute}
	doActivity   = process.Activity[DoRequest, State]{Name: DoActivity, Attempt: 2 * time.Minute}
)

// Activities are the steps that touch the world.
type Activities struct{ responder *responding.Responder }

// NewActivities returns the activities of this package.
func NewActivities(r *responding.Responder) *Activities { return &Activities{responder: r} }

// Look tells how it stands.
func (a *Activities) Look(ctx context.Context, r LookRequest) (State, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (State, error) {
		i, err := a.responder.Look(ctx, r.GroupKey, r.Incident, r.Heard)
		if errors.Is(err, operation.ErrIncidentUnknown) {
			return State{}, nil
		}
		return a.state(i), err
	})
}

// Do makes a move.
func (a *Activities) Do(ctx context.Context, r DoRequest) (State, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (State, error) {
		i, err := a.responder.Do(ctx, r.Incident, operation.MoveKind(r.Kind), r.Unable)
		return a.state(i), err
	})
}

func (a *Activities) state(i operation.Incident) State {
	s := State{
		ID: i.ID, Severity: string(i.Severity), Title: i.Title, Summary: i.Summary, Status: i.Status(), AcknowledgedBy: i.AcknowledgedBy, Told: i.Told, Steps: i.Steps,
	}
	switch m := a.responder.Next(i); {
	case m != nil:
		s.Next = &Next{Kind: string(m.Kind), At: m.At.UTC()}
	case i.ClosedAt.IsZero():
		s.Next = &Next{Kind: waiting}
	}
	return s
}

// Define adds the workflow of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Respond, workflow.RegisterOptions{Name: RespondWorkflow})
}

// Register adds the workflow and its activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	lookActivity.Register(r, a.Look)
	doActivity.Register(r, a.Do)
}
