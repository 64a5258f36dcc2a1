package maintaining

import (
	"context"
	"fmt"
	"slices"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// ErrNoReport is about a report that there is not.
var ErrNoReport = &domain.Error{Kind: domain.NotFound, Code: "maintenance.no_report", Detail: "there is no such report"}

// Reports keeps reports, of the platform and not of any tenant.
type Reports interface {
	// Begin keeps an unfinished report and returns its ID. Of one run there is
	// one report, however often it is begun.
	Begin(ctx context.Context, r operation.Report) (id string, err error)
	// Keep keeps what a step found, in place of what it found before.
	Keep(ctx context.Context, id string, r operation.StepResult) error
	// Get returns a report with the results so far, or [ErrNoReport].
	Get(ctx context.Context, id string) (operation.Report, error)
	// Conclude keeps a report that is over, and its page.
	Conclude(ctx context.Context, r operation.Report, page []byte) error
	// Sent notes to how many people a report went.
	Sent(ctx context.Context, id string, people int) error
	// Page returns the page of a report that is over, or [ErrNoReport].
	Page(ctx context.Context, id string) ([]byte, error)
	// List returns at most limit reports without results, newest first; of one
	// plan unless it is empty.
	List(ctx context.Context, plan operation.Plan, limit int) ([]operation.Report, error)
}

// Renderer makes a page of a report: HTML that stands alone and in which
// nothing that was found is taken for markup.
type Renderer interface {
	Page(r operation.Report) ([]byte, error)
}

// Request asks for a plan, or some steps of it.
type Request struct {
	Run    string // the run that works through it
	Plan   string
	Steps  []string
	DryRun bool
}

// Opened is a report that was begun.
type Opened struct {
	ID    string
	Plan  operation.Plan
	Steps []operation.Step
}

// Open begins a report, or finds that of the run.
func (m *Maintainer) Open(ctx context.Context, r Request) (Opened, error) {
	plan, err := operation.ParsePlan(r.Plan)
	if err != nil {
		return Opened{}, err
	}
	steps, err := operation.Choose(plan, r.Steps)
	if err != nil {
		return Opened{}, err
	}
	id, err := m.Reports.Begin(ctx, operation.Report{Plan: plan, Run: r.Run, DryRun: r.DryRun, Began: m.Now()})
	if err != nil {
		return Opened{}, fmt.Errorf("begin report: %w", err)
	}
	return Opened{ID: id, Plan: plan, Steps: steps}, nil
}

// Ending says how the steps of a report ended that left no result.
type Ending struct {
	Report  string
	Failed  map[string]string // step to what went wrong
	Aborted string            // why the run was aborted, empty when it was not
}

// Conclude puts the report together and keeps it with its page. Repeating it is
// safe.
func (m *Maintainer) Conclude(ctx context.Context, e Ending) (operation.Report, error) {
	r, err := m.Reports.Get(ctx, e.Report)
	if err != nil {
		return r, fmt.Errorf("read report: %w", err)
	}
	for name, reason := range e.Failed {
		// An attempt may have kept its result and been lost on the way back.
		r.Results = slices.DeleteFunc(r.Results, func(s operation.StepResult) bool { return s.Step == name })
		r.Results = append(r.Results, failure(name, reason))
	}
	r.Aborted = e.Aborted
	r.Conclude(m.Now())
	page, err := m.Renderer.Page(r)
	if err != nil {
		return r, fmt.Errorf("make page: %w", err)
	}
	if err := m.Reports.Conclude(ctx, r, page); err != nil {
		return r, fmt.Errorf("keep report: %w", err)
	}
	return r, nil
}

func failure(name, reason string) operation.StepResult {
	step, _, _ := operation.FindStep(name)
	return operation.StepResult{
		Step: name, Title: step.Title, Verdict: operation.Failing, Summary: "It failed.",
		Notes: []operation.Note{{Verdict: operation.Failing, Text: reason, Remedy: "See the run in Temporal; the step can be run alone: footballctl maintenance run --step " + name}},
	}
}
