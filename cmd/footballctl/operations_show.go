package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/football-prediction/football-prediction/ports/operating"
)

// runOperationJSON is an operation on the wire.
type runOperationJSON struct {
	ID          string               `json:"id"`
	Kind        string               `json:"kind"`
	Status      operating.Status     `json:"status"`
	Live        bool                 `json:"live"`
	RequestedBy string               `json:"requested_by"`
	RequestedAt time.Time            `json:"requested_at"`
	Reason      string               `json:"reason,omitempty"`
	Input       json.RawMessage      `json:"input"`
	StartedAt   *time.Time           `json:"started_at"`
	EndedAt     *time.Time           `json:"ended_at"`
	Outcome     string               `json:"outcome,omitempty"`
	Result      json.RawMessage      `json:"result,omitempty"`
	Step        string               `json:"step,omitempty"`
	Done        int                  `json:"done"`
	Total       int                  `json:"total"`
	Message     string               `json:"message,omitempty"`
	Awaiting    string               `json:"awaiting,omitempty"`
	Approvals   []operationByJSON    `json:"approvals"`
	Activities  []operationDoingJSON `json:"activities"`
	WorkflowID  string               `json:"workflow_id"`
	RunID       string               `json:"run_id"`
}

type operationByJSON struct {
	Actor string    `json:"actor"`
	Step  string    `json:"step"`
	At    time.Time `json:"at"`
}

type operationDoingJSON struct {
	Name    string `json:"name"`
	Attempt int    `json:"attempt"`
	Failure string `json:"failure,omitempty"`
}

func toOperationJSON(o operating.Operation) runOperationJSON {
	out := runOperationJSON{
		ID: o.ID, Kind: o.Kind, Status: o.Seen.Status, Live: o.Live, RequestedBy: o.RequestedBy, RequestedAt: o.RequestedAt, Reason: o.Reason,
		Input: o.Input, StartedAt: orNull(o.Seen.StartedAt), EndedAt: orNull(o.Seen.EndedAt), Outcome: o.Seen.Outcome, Result: o.Seen.Result,
		Approvals: []operationByJSON{}, Activities: []operationDoingJSON{}, WorkflowID: o.WorkflowID, RunID: o.RunID,
	}
	if p := o.Seen.Progress; p != nil {
		out.Step, out.Done, out.Total, out.Message = p.Step, p.Done, p.Total, p.Message
	}
	if o.Seen.Awaiting != nil {
		out.Awaiting = o.Seen.Awaiting.Step
	}
	for _, a := range o.Approvals {
		out.Approvals = append(out.Approvals, operationByJSON{a.Actor, a.Step, a.At})
	}
	for _, a := range o.Seen.Activities {
		out.Activities = append(out.Activities, operationDoingJSON(a))
	}
	return out
}

func (p *program) showOperations(all []operating.Operation) error {
	wire, rows := make([]runOperationJSON, len(all)), make([][]string, len(all))
	away := false
	for i, o := range all {
		wire[i] = toOperationJSON(o)
		rows[i] = []string{o.ID, o.Kind, string(o.Seen.Status), moment(o.RequestedAt), moment(o.Seen.EndedAt), o.RequestedBy, orDash(o.Seen.Outcome)}
		away = away || !o.Live && !o.Seen.Status.Ended()
	}
	return p.print(wire, func(w io.Writer) {
		table(w, "OPERATION KIND STATUS ASKED(UTC) ENDED(UTC) BY WHY", rows)
		if away {
			fmt.Fprintln(p.err, "Temporal does not answer: what has not ended is as it was last seen.")
		}
	})
}

func (p *program) showOperation(o operating.Operation) error {
	return p.print(toOperationJSON(o), func(w io.Writer) {
		fmt.Fprintf(w, "%s %s, %s, asked for by %s at %s\n", o.Kind, o.ID, o.Seen.Status, o.RequestedBy, moment(o.RequestedAt))
		if !o.Live && !o.Seen.Status.Ended() {
			fmt.Fprintf(w, "as last seen at %s: Temporal does not answer\n", moment(o.SeenAt))
		}
		if at := o.Seen.Progress; at != nil {
			fmt.Fprintf(w, "step %s, %d of %d  %s\n", at.Step, at.Done, at.Total, at.Message)
		}
		if a := o.Seen.Awaiting; a != nil {
			fmt.Fprintf(w, "waits for an approval of %s: %s\n  footballctl operations approve %s --as E-MAIL\n", a.Step, a.Question, o.ID)
		}
		for _, a := range o.Seen.Activities {
			fmt.Fprintf(w, "doing %s, attempt %d  %s\n", a.Name, a.Attempt, a.Failure)
		}
		for _, a := range o.Approvals {
			fmt.Fprintf(w, "%s approved by %s at %s\n", a.Step, a.Actor, moment(a.At))
		}
		if o.Seen.Outcome != "" {
			fmt.Fprintln(w, o.Seen.Outcome)
		}
		if len(o.Seen.Result) > 0 {
			fmt.Fprintf(w, "result %s\n", o.Seen.Result)
		}
		fmt.Fprintf(w, "history: workflow %s, run %s\n", o.WorkflowID, orDash(o.RunID))
	})
}
