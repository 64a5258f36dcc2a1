// Package process is what every workflow here has in common: a person can read
// how far it is, ask for its progress and abort it; its activities beat, and
// fail in a way that tells Temporal whether to try again. It knows nothing of
// what any workflow does.
package process

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// What every workflow answers to. Operators type these names.
const (
	ProgressQuery = "progress"
	AbortUpdate   = "abort"
)

// Aborted is the type of the error of a run that somebody aborted.
const Aborted = "process.aborted"

// Progress says how far a workflow or an activity is. Total is zero while
// nobody knows it.
type Progress struct {
	Step    string `json:"step"`
	Done    int    `json:"done"`
	Total   int    `json:"total"`
	Message string `json:"message"`
}

// AbortRequest is the argument of the update abort.
type AbortRequest struct {
	Reason string `json:"reason"`
	// By is who aborts, as the API and footballctl say it. Typed by hand it
	// proves nothing, and stopping is left to everybody who can reach a run.
	By string `json:"by,omitempty"`
}

// text is the reason with who gave it.
func (r AbortRequest) text() string {
	if r.By == "" {
		return cut(r.Reason)
	}
	return cut(r.Reason + " (" + r.By + ")")
}

// Process is a running workflow as its operator sees it.
type Process struct {
	title    string
	progress Progress
	note     string
	aborted  error
	reason   string // why it was aborted
	final    string // why it can no longer be aborted
	cancel   workflow.CancelFunc

	approvals *approvals // nil until the run asks people
}

// Begin sets up the query and the update. The context that it returns ends
// when the run is aborted: do all work under it.
func Begin(ctx workflow.Context, title string) (workflow.Context, *Process, error) {
	ctx, cancel := workflow.WithCancel(ctx)
	p := &Process{title: title, progress: Progress{Step: "begin"}, cancel: cancel}
	err := workflow.SetQueryHandlerWithOptions(ctx, ProgressQuery, p.answer, workflow.QueryHandlerOptions{
		Description: "How far the run is: step, done, total, message.",
	})
	if err != nil {
		return ctx, nil, fmt.Errorf("set query %s: %w", ProgressQuery, err)
	}
	err = workflow.SetUpdateHandlerWithOptions(ctx, AbortUpdate, p.abort, workflow.UpdateHandlerOptions{
		Validator:   p.mayAbort,
		Description: `Stops the run: {"reason": "why"}. What it has kept stays kept.`,
	})
	if err != nil {
		return ctx, nil, fmt.Errorf("set update %s: %w", AbortUpdate, err)
	}
	p.show(ctx)
	return ctx, p, nil
}

// Step begins a step of total parts.
func (p *Process) Step(ctx workflow.Context, step string, total int, message string) {
	p.progress = Progress{Step: step, Total: total, Message: message}
	p.show(ctx)
}

// Advance says how much of the step is done.
func (p *Process) Advance(ctx workflow.Context, done int, message string) {
	p.progress.Done, p.progress.Message = done, message
	p.show(ctx)
}

// Note puts text, in Markdown, below the progress in the current details.
func (p *Process) Note(ctx workflow.Context, text string) {
	p.note = text
	p.show(ctx)
}

// End turns what the work returned into what the workflow returns: an aborted
// run fails with the reason it was given, whatever broke off because of it.
// Work that was finished all the same counts as finished.
func (p *Process) End(err error) error {
	if err != nil && p.aborted != nil {
		return p.aborted
	}
	return err
}

// Commit makes the run one that goes on to its end: from here on an abort is
// refused with the reason, and cancelling it has no effect on the context that
// is returned. It returns an error when the run has been aborted or cancelled
// before.
func (p *Process) Commit(ctx workflow.Context, why string) (workflow.Context, error) {
	if err := ctx.Err(); err != nil {
		return ctx, err
	}
	p.final = why
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	return ctx, nil
}

// Reason says why the run was aborted; it is empty when it was not.
func (p *Process) Reason() string { return p.reason }

func (p *Process) answer() (Progress, error) { return p.progress, nil }

func (p *Process) mayAbort(_ workflow.Context, r AbortRequest) error {
	switch {
	case strings.TrimSpace(r.Reason) == "":
		return temporal.NewNonRetryableApplicationError(`say why in "reason"`, "process.reason_missing", nil)
	case p.final != "":
		return temporal.NewNonRetryableApplicationError("the run can no longer be aborted: "+p.final, "process.final", nil)
	case p.aborted != nil:
		return temporal.NewNonRetryableApplicationError("the run is being aborted already", "process.aborting", nil)
	}
	return nil
}

func (p *Process) abort(ctx workflow.Context, r AbortRequest) (Progress, error) {
	p.reason = r.text()
	p.aborted = temporal.NewNonRetryableApplicationError("aborted: "+r.text(), Aborted, nil)
	p.progress.Message = "aborting: " + r.text()
	p.show(ctx)
	p.cancel()
	return p.progress, nil
}

// show writes the current details that the web interface displays.
func (p *Process) show(ctx workflow.Context) {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**: %s", p.title, p.progress.Step)
	if p.progress.Total > 0 {
		fmt.Fprintf(&b, ", %d of %d", p.progress.Done, p.progress.Total)
	}
	if p.progress.Message != "" {
		fmt.Fprintf(&b, "\n\n%s", p.progress.Message)
	}
	if p.note != "" {
		fmt.Fprintf(&b, "\n\n%s", p.note)
	}
	workflow.SetCurrentDetails(ctx, b.String())
}
