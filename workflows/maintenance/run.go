// Package maintenance works through a plan of maintenance, step by step. A step
// that fails is told in the report and holds up no other. What each step does
// is decided below, in ports/maintaining.
package maintenance

import (
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// Names are stored in histories, which outlive code: they never change.
const (
	Queue            = "operations"
	RunWorkflow      = "RunMaintenance"
	BeginActivity    = "RunMaintenance.Begin"
	PerformActivity  = "RunMaintenance.Perform"
	ConcludeActivity = "RunMaintenance.Conclude"
	SendActivity     = "RunMaintenance.Send"
)

// Input is the argument of RunMaintenance. Fields are only ever added; without
// any, all steps of the daily plan are taken.
type Input struct {
	Plan  string   `json:"plan,omitempty"`  // daily, weekly or monthly
	Steps []string `json:"steps,omitempty"` // only these
	// DryRun changes nothing, and tells what would be changed.
	DryRun bool `json:"dry_run,omitempty"`
}

// Run takes the steps one after the other, keeps what they found in a report,
// and sends it. It ends well whatever the steps found: how they ended is in the
// result. It fails when there is no such plan or step, and when the report
// cannot be kept.
func Run(ctx workflow.Context, in Input) (Result, error) {
	outer := ctx
	ctx, p, err := process.Begin(ctx, "Maintenance")
	if err != nil {
		return Result{}, err
	}
	r := &run{in: in, process: p, failed: map[string]string{}}
	err = r.all(ctx)
	if err != nil && ctx.Err() != nil && r.result.Report != "" {
		r.breakOff(outer, p.End(err))
	}
	return r.result, p.End(err)
}

type run struct {
	in      Input
	result  Result
	failed  map[string]string // step to reason
	process *process.Process
}

func (r *run) all(ctx workflow.Context) error {
	r.process.Step(ctx, "begin", 0, "Which steps are to be taken?")
	self := workflow.GetInfo(ctx).WorkflowExecution
	begun, err := beginActivity.Call(ctx, "Begin the report", BeginRequest{
		Run: self.ID + "/" + self.RunID, Plan: r.in.Plan, Steps: r.in.Steps, DryRun: r.in.DryRun,
	})
	if err != nil {
		return process.Fail("begin", err)
	}
	r.result.Report, r.result.Plan, r.result.DryRun = begun.Report, begun.Plan, r.in.DryRun
	if err := r.steps(ctx, begun); err != nil {
		return err
	}
	r.process.Step(ctx, "conclude", 0, "Putting the report together.")
	concluded, err := concludeActivity.Call(ctx, "Put the report together", ConcludeRequest{Report: begun.Report, Failed: r.failed})
	if err != nil {
		return process.Fail("conclude", err)
	}
	r.result.Outcome = concluded.Outcome
	r.process.Note(ctx, r.result.note())
	return r.send(ctx)
}

// steps takes the steps. The context's end is the only thing that stops them.
func (r *run) steps(ctx workflow.Context, begun Begun) error {
	r.process.Step(ctx, "steps", len(begun.Steps), "")
	for i, step := range begun.Steps {
		r.process.Advance(ctx, i, step.Title+".")
		done, err := performActivity.Call(ctx, step.Title, PerformRequest{Report: begun.Report, Step: step.Name, DryRun: r.in.DryRun})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			done = failure(step, process.Cause(err))
			r.failed[step.Name] = process.Cause(err)
		}
		r.result.Steps = append(r.result.Steps, done)
		r.process.Note(ctx, r.result.note())
	}
	return nil
}

// send mails the report. That nobody could be reached does not make the
// maintenance fail: the report is kept.
func (r *run) send(ctx workflow.Context) error {
	r.process.Step(ctx, "send", 0, "Sending the report to those who run the platform.")
	sent, err := sendActivity.Call(ctx, "Send the report", SendRequest{Report: r.result.Report})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		sent = Sent{Reason: process.Cause(err)}
	}
	r.result.Sent, r.result.Unsent = sent.People, sent.Reason
	r.process.Step(ctx, "done", 0, "")
	r.process.Note(ctx, r.result.note())
	return nil
}

// breakOff ends the report of a run that was aborted or cancelled, outside of
// the context that has ended. Should that fail as well, the report stays open.
func (r *run) breakOff(ctx workflow.Context, why error) {
	ctx, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	reason := process.Cause(why)
	if reason == "" {
		reason = "canceled"
	}
	_, err := concludeActivity.Call(ctx, "End the report", ConcludeRequest{Report: r.result.Report, Failed: r.failed, Aborted: reason})
	if err != nil {
		workflow.GetLogger(ctx).Warn("the report of an aborted run stays open", "report", r.result.Report, "error", err)
	}
}
