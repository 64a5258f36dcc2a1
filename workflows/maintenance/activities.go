package maintenance

import (
	"context"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/ports/maintaining"
	"github.com/football-prediction/football-prediction/workflows/process"
)

var (
	beginActivity    = process.Activity[BeginRequest, Begun]{Name: BeginActivity, Attempt: time.Minute}
	performActivity  = process.Activity[PerformRequest, Done]{Name: PerformActivity, Attempt: 6 * time.Hour}
	concludeActivity = process.Activity[ConcludeRequest, Concluded]{Name: ConcludeActivity, Attempt: 2 * time.Minute}
	sendActivity     = process.Activity[SendRequest, Sent]{Name: SendActivity, Attempt: 10 * time.Minute}
)

// Activities are the steps of this package that touch the world.
type Activities struct{ maintainer *maintaining.Maintainer }

// NewActivities returns the activities of this package.
func NewActivities(maintainer *maintaining.Maintainer) *Activities {
	return &Activities{maintainer: maintainer}
}

// BeginRequest asks for a report. Of one run there is one, however often it is
// asked for.
type BeginRequest struct {
	Run    string   `json:"run"`
	Plan   string   `json:"plan"`
	Steps  []string `json:"steps,omitempty"`
	DryRun bool     `json:"dry_run,omitempty"`
}

// Begun is a report and the steps that go into it.
type Begun struct {
	Report string `json:"report"`
	Plan   string `json:"plan"`
	Steps  []Step `json:"steps"`
}

// Step is one to take.
type Step struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Begin begins a report.
func (a *Activities) Begin(ctx context.Context, r BeginRequest) (Begun, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Begun, error) {
		opened, err := a.maintainer.Open(ctx, maintaining.Request{Run: r.Run, Plan: r.Plan, Steps: r.Steps, DryRun: r.DryRun})
		out := Begun{Report: opened.ID, Plan: string(opened.Plan)}
		for _, s := range opened.Steps {
			out.Steps = append(out.Steps, Step{Name: s.Name, Title: s.Title})
		}
		return out, err
	})
}

// PerformRequest asks for a step.
type PerformRequest struct {
	Report string `json:"report"`
	Step   string `json:"step"`
	DryRun bool   `json:"dry_run,omitempty"`
}

// Perform takes a step. What it found is in the report; the history has it in a
// sentence.
func (a *Activities) Perform(ctx context.Context, r PerformRequest) (Done, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (Done, error) {
		found, err := a.maintainer.Perform(ctx, maintaining.Order{Report: r.Report, Step: r.Step, DryRun: r.DryRun}, func(done, total int, message string) {
			report(process.Progress{Step: r.Step, Done: done, Total: total, Message: message})
		})
		return Done{Step: found.Step, Title: found.Title, Verdict: string(found.Verdict), Summary: found.Summary}, err
	})
}

// ConcludeRequest ends a report.
type ConcludeRequest struct {
	Report  string            `json:"report"`
	Failed  map[string]string `json:"failed,omitempty"` // step to reason
	Aborted string            `json:"aborted,omitempty"`
}

// Concluded is how it ended.
type Concluded struct {
	Outcome string `json:"outcome"`
}

// Conclude puts a report together.
func (a *Activities) Conclude(ctx context.Context, r ConcludeRequest) (Concluded, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Concluded, error) {
		report, err := a.maintainer.Conclude(ctx, maintaining.Ending{Report: r.Report, Failed: r.Failed, Aborted: r.Aborted})
		return Concluded{Outcome: string(report.Outcome)}, err
	})
}

// SendRequest asks for a report to be sent.
type SendRequest struct {
	Report string `json:"report"`
}

// Sent is who got it.
type Sent struct {
	People int    `json:"people"`
	Reason string `json:"reason,omitempty"` // why somebody did not
}

// Send mails a report, once.
func (a *Activities) Send(ctx context.Context, r SendRequest) (Sent, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Sent, error) {
		d, err := a.maintainer.Send(ctx, r.Report)
		return Sent{People: d.Sent, Reason: d.Reason}, err
	})
}

// Define adds the workflow of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Run, workflow.RegisterOptions{Name: RunWorkflow})
}

// Register adds the workflow and the activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	beginActivity.Register(r, a.Begin)
	performActivity.Register(r, a.Perform)
	concludeActivity.Register(r, a.Conclude)
	sendActivity.Register(r, a.Send)
}
