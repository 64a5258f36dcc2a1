// Package restore brings the database back to what it was: beside the live one
// first, compared, approved by two people, and then in its place, by an exchange
// of names that can be undone.
package restore

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	Queue            = process.OperationsQueue
	RestoreWorkflow  = "RestoreDatabase"
	PreviewActivity  = "RestoreDatabase.Preview"
	RebuildActivity  = "RestoreDatabase.Rebuild"
	ExchangeActivity = "RestoreDatabase.Exchange"
	SettleActivity   = "RestoreDatabase.Settle"
	AbandonActivity  = "RestoreDatabase.Abandon"
	UndoActivity     = "RestoreDatabase.Undo"
	ConfirmActivity  = "RestoreDatabase.Confirm"
	ReleaseActivity  = "RestoreDatabase.Release"
)

// Input is the argument of RestoreDatabase: one of Backup, At, Undo and Confirm.
// Fields are only ever added.
type Input struct {
	Backup string     `json:"backup,omitempty"` // an id, or latest
	At     *time.Time `json:"at,omitempty"`     // any moment, where the server archives its log
	Reason string     `json:"reason,omitempty"`
	// Undo is the id of a restore that is taken back: the database that was live
	// before is live again. Confirm drops that one for good.
	Undo    string `json:"undo,omitempty"`
	Confirm string `json:"confirm,omitempty"`
}

// Result says what was restored.
type Result struct {
	ID         string    `json:"id"` // of the restore, for undo and confirm
	Moment     time.Time `json:"moment,omitzero"`
	Backup     string    `json:"backup,omitempty"`
	ApprovedBy []string  `json:"approved_by,omitempty"`
	// RestoreSeconds is how long filling the fresh database took.
	RestoreSeconds float64 `json:"restore_seconds"`
	// Lost are runs that ended after the moment: what they did is gone.
	Lost []Run `json:"lost,omitempty"`
	More int   `json:"more_lost,omitempty"` // than are listed
}

// Run is a run whose effects are gone.
type Run struct {
	Workflow string    `json:"workflow"`
	ID       string    `json:"id"`
	EndedAt  time.Time `json:"ended_at"`
}

// Restore does one of the four.
func Restore(ctx workflow.Context, in Input) (Result, error) {
	ctx, p, err := process.Begin(ctx, "Restore of the database")
	if err != nil {
		return Result{}, err
	}
	self := workflow.GetInfo(ctx).WorkflowExecution
	r := &run{process: p, in: in, holder: self.ID + "/" + self.RunID}
	err = r.all(ctx)
	return r.result, p.End(err)
}

type run struct {
	process *process.Process
	in      Input
	holder  string
	plan    Plan
	also    []string // claimed beside the database
	result  Result
}

func (r *run) all(ctx workflow.Context) error {
	chosen := 0
	for _, is := range []bool{r.in.Backup != "", r.in.At != nil, r.in.Undo != "", r.in.Confirm != ""} {
		if is {
			chosen++
		}
	}
	switch {
	case chosen == 0:
		return process.Missing("backup (or at, undo or confirm in its place)")
	case chosen > 1:
		return ambiguous("backup, at, undo and confirm")
	case r.in.Undo != "":
		return r.undo(ctx)
	case r.in.Confirm != "":
		return r.confirm(ctx)
	case strings.TrimSpace(r.in.Reason) == "":
		return process.Missing("reason")
	}
	return r.restore(ctx)
}

func ambiguous(fields string) error {
	return temporal.NewNonRetryableApplicationError("the input names more than one of "+fields, "process.input_ambiguous", nil)
}

// restore keeps what is live until the restored database is whole, equal and
// approved. Whatever goes wrong before the exchange leaves nothing.
func (r *run) restore(ctx workflow.Context) error {
	exchanged := false
	defer func() {
		rest, cancel := workflow.NewDisconnectedContext(ctx)
		defer cancel()
		if r.plan.ID != "" && !exchanged {
			_, _ = abandonActivity.Call(rest, "Drop what was restored", r.step())
		}
		_, _ = releaseActivity.Call(rest, "Let others work on the database", r.step())
	}()
	if err := r.preview(ctx); err != nil {
		return err
	}
	r.process.Step(ctx, "rebuild", 0, "Restoring into a fresh database beside the live one, and comparing.")
	rebuilt, err := rebuildActivity.Call(ctx, "Restore into a fresh database, and compare", r.step())
	if err != nil {
		return process.Fail("rebuild", err)
	}
	r.result.RestoreSeconds = rebuilt.Seconds
	by, err := process.AwaitApproval(ctx, r.process, process.Question{
		Step: "exchange", Text: "The restored database, as of " + r.plan.Moment.Format(time.RFC3339) + ", takes the live one's place.",
	})
	if err != nil {
		return process.Fail("await approval", err)
	}
	r.result.ApprovedBy = by
	final, err := r.process.Commit(ctx, "the databases are being exchanged; undo it afterwards")
	if err != nil {
		return err
	}
	r.process.Step(final, "exchange", 0, "Exchanging the names; whoever is connected is cut off for a moment.")
	if _, err := exchangeActivity.Call(final, "Put the restored database in place", r.step()); err != nil {
		return process.Fail("exchange", err)
	}
	exchanged = true
	return r.settle(final)
}

func (r *run) preview(ctx workflow.Context) error {
	r.process.Step(ctx, "preview", 0, "What would change?")
	plan, err := previewActivity.Call(ctx, "What would change?", PreviewRequest{Holder: r.holder, Backup: r.in.Backup, At: r.in.At})
	if err != nil {
		return process.Fail("preview", err)
	}
	r.plan = plan
	r.result.ID, r.result.Moment, r.result.Backup = plan.ID, plan.Moment, plan.Backup
	r.process.Note(ctx, plan.note())
	return nil
}

// settle goes on until it is done: the exchange has happened.
func (r *run) settle(ctx workflow.Context) error {
	r.process.Step(ctx, "settle", 0, "Telling the restored database what has happened since.")
	settled, err := settleActivity.Call(ctx, "Tell it what has happened since", SettleRequest{Step: r.step(), Reason: r.in.Reason, By: r.result.ApprovedBy})
	if err != nil {
		return process.Fail("the restored database is in place, but settling", err)
	}
	r.result.Lost, r.result.More = settled.Lost, settled.More
	r.process.Step(ctx, "done", 0, fmt.Sprintf("The database is as of %s. %d runs that ended later have lost their effects. "+
		`The former database is kept: {"undo": %q} takes this back, {"confirm": %q} drops it.`,
		r.plan.Moment.Format(time.RFC3339), len(settled.Lost)+settled.More, r.plan.ID, r.plan.ID))
	return nil
}

func (r *run) undo(ctx workflow.Context) error {
	r.result.ID = r.in.Undo
	r.process.Step(ctx, "undo", 0, "Putting the former database back in place.")
	step := Step{ID: r.in.Undo, Holder: r.holder}
	_, err := undoActivity.Call(ctx, "Put the former database back", step)
	rest, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	_, _ = releaseActivity.Call(rest, "Let others work on the database", step)
	if err != nil {
		return process.Fail("undo", err)
	}
	r.process.Step(ctx, "done", 0, "The database is what it was before the restore.")
	return nil
}

// confirm destroys the way back, so that two people must want it.
func (r *run) confirm(ctx workflow.Context) error {
	r.result.ID = r.in.Confirm
	by, err := process.AwaitApproval(ctx, r.process, process.Question{
		Step: "confirm", Text: "The database from before restore " + r.in.Confirm + " is dropped for good.",
	})
	if err != nil {
		return process.Fail("await approval", err)
	}
	r.result.ApprovedBy = by
	step := Step{ID: r.in.Confirm, Holder: r.holder}
	_, err = confirmActivity.Call(ctx, "Drop the former database", step)
	rest, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	_, _ = releaseActivity.Call(rest, "Let others work on the database", step)
	if err != nil {
		return process.Fail("confirm", err)
	}
	r.process.Step(ctx, "done", 0, "The former database is gone; the restore is final.")
	return nil
}

func (r *run) step() Step {
	return Step{ID: r.plan.ID, Holder: r.holder, Backup: r.plan.Backup, At: r.in.At, Moment: r.plan.Moment, Also: r.also}
}

// note is the preview for people.
func (p Plan) note() string {
	var b strings.Builder
	fmt.Fprintf(&b, "As of **%s**, %s ago.\n\n", p.Moment.Format(time.RFC3339), (time.Duration(p.SinceSeconds) * time.Second).String())
	if len(p.Tables) == 0 {
		b.WriteString("No table has another number of rows now.")
		return b.String()
	}
	b.WriteString("| table | rows now | rows then |\n| --- | ---: | ---: |\n")
	for _, t := range p.Tables {
		fmt.Fprintf(&b, "| %s | %d | %d |\n", t.Table, t.Now, t.Then)
	}
	return b.String()
}
