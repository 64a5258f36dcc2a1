// Package maintaining keeps the system in order: by the day, the week and the
// month it looks at what may go wrong and tidies up what piles up. Every step
// stands alone, may be repeated, and holds nobody up; what it could not look at
// it says so, and never calls it well.
package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/checking"
	"github.com/football-prediction/football-prediction/ports/notifying"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// Parts are what [Maintainer] is made of. Those that are marked optional may be
// nil: the steps that need them are skipped and say what to do about it.
type Parts struct {
	Reports Reports
	Samples Samples

	Checker    *checking.Checker
	Runs       Runs
	Refusals   Refusals
	Incidents  Incidents
	Traffic    Traffic // optional: without PROMETHEUS_URL
	Machine    Machine
	Logs       Logs // optional: without LOG_DIRS
	Updates    Updates
	Backups    Backups // optional: where nothing records backups
	Business   Business
	Expired    Expired
	Suspects   Suspects
	Rights     Rights
	Inspection Inspection
	Surgery    Surgery // optional: without MIGRATE_DATABASE_URL
	Tenants    provisioning.Tenants
	Retention  Retention
	Program    Program

	Renderer   Renderer
	Recipients Recipients
	Notifier   notifying.Notifier // optional: without SMTP_URL

	Now domain.Clock
}

// Maintainer works through plans.
type Maintainer struct {
	Parts
	steps map[string]doing
}

// doing is what a step does. It adds to the result what it finds; an error is a
// failure of the step itself.
type doing func(ctx context.Context, s *session) error

// New returns a Maintainer.
func New(p Parts) *Maintainer {
	m := &Maintainer{Parts: p}
	m.steps = map[string]doing{
		"health": m.health, "errors": m.errors, "resources": m.resources, "backups": m.backups, "business": m.business, "sizes": m.sizes,
		"logs": m.logs, "expired": m.expired, "security": m.security, "addresses": m.addresses, "permissions": m.permissions,
		"updates": m.updates, "performance": m.performance,
		"tables": m.tables, "indexes": m.indexes, "leftovers": m.leftovers, "reindex": m.reindex, "vacuum": m.vacuum,
		"queries": m.queries, "retention": m.retention, "dependencies": m.dependencies, "capacity": m.capacity,
	}
	return m
}

// Progress is told how far a step is.
type Progress func(done, total int, message string)

// Order asks for one step.
type Order struct {
	Report string // that the result is kept in
	Step   string
	DryRun bool // say what would be done, and change nothing
}

// Perform does a step and keeps what it found, in place of what an earlier
// attempt did. When it fails, nothing is kept.
func (m *Maintainer) Perform(ctx context.Context, o Order, report Progress) (operation.StepResult, error) {
	step, _, known := operation.FindStep(o.Step)
	if !known {
		return operation.StepResult{}, domain.Errorf(domain.Invalid, "maintenance.step", "no step is called %q", o.Step).In("steps")
	}
	began := m.Now()
	s := &session{dry: o.DryRun, at: began, report: report}
	s.result.Step, s.result.Title = step.Name, step.Title
	if err := m.steps[step.Name](ctx, s); err != nil {
		return s.result, fmt.Errorf("%s: %w", step.Name, err)
	}
	s.result.Judge()
	s.result.Took = m.Now().Sub(began)
	if o.Report == "" {
		return s.result, nil
	}
	if err := m.Reports.Keep(ctx, o.Report, s.result); err != nil {
		return s.result, fmt.Errorf("keep what %s found: %w", step.Name, err)
	}
	return s.result, nil
}

// session is one step under way.
type session struct {
	dry    bool
	at     time.Time
	report Progress
	result operation.StepResult
}
