// Package incident follows an incident until its end is verified: it sees to it
// that somebody is told, that the next one is when nobody answers, and that
// nothing is called over before it has stayed quiet. What is known of the incident
// is kept elsewhere; a run waits, looks, and does what comes next.
package incident

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/ports/responding"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	RespondWorkflow = "RespondToIncident"
	LookActivity    = "RespondToIncident.Look"
	DoActivity      = "RespondToIncident.Do"
	// ChangedSignal tells a run to look: something is new. What it says of an
	// alert is kept; of people it believes only what is kept already.
	ChangedSignal = "changed"
)

// Queue is the task queue.
const Queue = process.OperationsQueue

// Input is the argument of RespondToIncident. Fields are only ever added.
type Input struct {
	GroupKey string `json:"group_key"`
	// Incident is the id of the one that an earlier run of the chain followed.
	Incident string `json:"incident,omitempty"`
}

// Changed is the argument of the signal.
type Changed struct {
	Alert *responding.Alert `json:"alert,omitempty"` // that could not be kept
}

// Result says what became of it.
type Result struct {
	Incident string `json:"incident,omitempty"` // empty when there was none
	Severity string `json:"severity,omitempty"`
	Told     int    `json:"told,omitempty"`
}

// Respond is RespondToIncident.
func Respond(ctx workflow.Context, in Input) (Result, error) {
	ctx, p, err := process.Begin(ctx, "Incident")
	if err != nil {
		return Result{}, err
	}
	if strings.TrimSpace(in.GroupKey) == "" {
		return Result{}, p.End(process.Missing("group_key"))
	}
	r := &response{process: p, in: in, changes: workflow.GetSignalChannel(ctx, ChangedSignal)}
	err = r.follow(ctx)
	return r.result, p.End(err)
}

type response struct {
	process *process.Process
	in      Input
	changes workflow.ReceiveChannel
	tried   Next // the last move that was waited for
	result  Result
}

// follow does what comes next until the incident is closed.
func (r *response) follow(ctx workflow.Context) error {
	state, err := r.look(ctx)
	for err == nil && state.Next != nil {
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return r.goOn(ctx, state.ID)
		}
		r.show(ctx, state)
		state, err = r.step(ctx, state)
	}
	if err != nil {
		return err
	}
	r.result = Result{Incident: state.ID, Severity: state.Severity, Told: state.Told}
	r.process.Step(ctx, "done", 0, state.line())
	if state.ID == "" {
		return nil
	}
	// The next incident of the group may have begun before this run could end.
	next, err := r.keep(ctx, "", r.drain())
	if err != nil || next.ID == "" && r.changes.Len() == 0 {
		return err
	}
	return r.goOn(ctx, next.ID)
}

// goOn takes along what has not been heard.
func (r *response) goOn(ctx workflow.Context, incident string) error {
	if heard := r.drain(); len(heard) > 0 {
		if _, err := r.keep(ctx, incident, heard); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, RespondWorkflow, Input{GroupKey: r.in.GroupKey, Incident: incident})
}

// step waits for the next move or for news, and does or looks.
func (r *response) step(ctx workflow.Context, state State) (State, error) {
	if r.changes.Len() > 0 {
		return r.look(ctx)
	}
	if state.Next.Kind != waiting {
		timer, cancel := workflow.WithCancel(ctx)
		defer cancel()
		wait := max(state.Next.At.Sub(workflow.Now(ctx)), time.Millisecond)
		if *state.Next == r.tried {
			// It was not done: whoever does it has a clock that is behind.
			wait = max(wait, slower)
		}
		r.tried = *state.Next
		due := workflow.NewTimerWithOptions(timer, wait, workflow.TimerOptions{Summary: state.Next.Kind + " is due"})
		news := false
		selector := workflow.NewSelector(ctx).
			AddReceive(r.changes, func(workflow.ReceiveChannel, bool) { news = true }).
			AddFuture(due, func(workflow.Future) {})
		selector.Select(ctx)
		switch {
		case ctx.Err() != nil:
			return state, ctx.Err()
		case !news:
			return r.do(ctx, state)
		}
		return r.look(ctx)
	}
	if err := workflow.Await(ctx, func() bool { return r.changes.Len() > 0 }); err != nil {
		return state, err
	}
	return r.look(ctx)
}

// drain are the alerts in the signals that have come.
func (r *response) drain() (heard []responding.Alert) {
	var c Changed
	for r.changes.ReceiveAsync(&c) {
		if c.Alert != nil {
			heard = append(heard, *c.Alert)
		}
		c = Changed{}
	}
	return heard
}

func (r *response) look(ctx workflow.Context) (State, error) {
	return r.keep(ctx, r.in.Incident, r.drain())
}

// keep tries for as long as it takes: what is known must not be lost because
// PostgreSQL is away.
func (r *response) keep(ctx workflow.Context, incident string, heard []responding.Alert) (State, error) {
	for {
		state, err := lookActivity.Call(ctx, "What is the matter?", LookRequest{GroupKey: r.in.GroupKey, Incident: incident, Heard: heard})
		if err == nil {
			r.in.Incident = state.ID
			return state, nil
		}
		if ctx.Err() != nil || !temporary(err) {
			return state, process.Fail("look at the incident", err)
		}
		r.process.Step(ctx, "look", 0, "It cannot be looked at: "+process.Cause(err))
		if err := workflow.Sleep(ctx, pause); err != nil {
			return state, err
		}
	}
}

// do makes the next move. One that cannot be made is given up after some
// minutes, and the incident goes on to the one after.
func (r *response) do(ctx workflow.Context, state State) (State, error) {
	request := DoRequest{Incident: state.ID, Kind: state.Next.Kind}
	next, err := doActivity.Call(ctx, state.Next.Kind+" "+state.Severity, request)
	if err == nil || ctx.Err() != nil {
		return next, err
	}
	request.Unable = true
	if next, err = doActivity.Call(ctx, "Go on without: "+state.Next.Kind, request); err == nil || ctx.Err() != nil {
		return next, err
	}
	if !temporary(err) {
		return next, process.Fail(state.Next.Kind, err)
	}
	if err := workflow.Sleep(ctx, pause); err != nil {
		return state, err
	}
	return r.look(ctx)
}

// slower is how long a move is waited for that was not done.
const slower = 5 * time.Second

// pause is between two times that attempts were used up.
const pause = time.Minute

// temporary reports whether another attempt may go better.
func temporary(err error) bool {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return !app.NonRetryable()
	}
	return true
}

// show writes what an operator reads in Temporal's interface.
func (r *response) show(ctx workflow.Context, s State) {
	message := s.line()
	if s.Next.Kind != waiting {
		message += fmt.Sprintf(" Next: %s at %s.", s.Next.Kind, s.Next.At.UTC().Format(time.RFC3339))
	}
	r.process.Step(ctx, s.Status, 0, message)
	r.process.Note(ctx, s.note())
}
