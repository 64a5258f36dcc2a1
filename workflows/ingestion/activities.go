package ingestion

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/assessing"
	"github.com/football-prediction/football-prediction/ports/ingesting"
	"github.com/football-prediction/football-prediction/workflows/process"
)

var (
	planActivity   = process.Activity[PageRequest, Page]{Name: PlanActivity, Attempt: 5 * time.Minute}
	loadActivity   = process.Activity[Edition, Counts]{Name: LoadActivity, Attempt: 15 * time.Minute}
	assessActivity = process.Activity[AssessRequest, Assessment]{Name: AssessActivity, Attempt: 15 * time.Minute}
)

// Activities are the steps of this package that touch the world.
type Activities struct {
	ingestor *ingesting.Ingestor
	assessor *assessing.Assessor
}

// NewActivities returns the activities of this package.
func NewActivities(ingestor *ingesting.Ingestor, assessor *assessing.Assessor) *Activities {
	return &Activities{ingestor: ingestor, assessor: assessor}
}

// Plan lists a page of the editions to take in.
func (a *Activities) Plan(ctx context.Context, r PageRequest) (Page, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Page, error) {
		plan, err := a.ingestor.Plan(ctx)
		if err != nil {
			return Page{}, err
		}
		return page(plan, r)
	})
}

// Load takes in one edition.
func (a *Activities) Load(ctx context.Context, e Edition) (Counts, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Counts, error) {
		edition, err := fromEdition(e)
		if err != nil {
			return Counts{}, err
		}
		outcome, err := a.ingestor.Ingest(ctx, edition)
		counts := toCounts(outcome)
		if outcome == (ingesting.Outcome{}) && activity.GetInfo(ctx).Attempt > 1 {
			counts.Repeated = 1
		}
		return counts, err
	})
}

// AssessRequest asks for the quality of all data.
type AssessRequest struct{}

// Assessment is the quality of all data.
type Assessment struct {
	Competitions []Quality `json:"competitions"`
}

// assessed bounds how many competitions a result lists; the database has all.
const assessed = 500

// Assess measures the data and keeps the reports.
func (a *Activities) Assess(ctx context.Context, _ AssessRequest) (Assessment, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Assessment, error) {
		reports, err := a.assessor.Assess(ctx)
		return toAssessment(reports), err
	})
}

func toAssessment(reports []quality.Report) Assessment {
	out := Assessment{Competitions: []Quality{}}
	for _, r := range reports[:min(len(reports), assessed)] {
		out.Competitions = append(out.Competitions, Quality{
			Competition: string(r.Competition), Score: r.Score(), Stale: r.Stale(),
		})
	}
	return out
}

// Define adds the workflows of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Ingest, workflow.RegisterOptions{Name: IngestWorkflow})
	r.RegisterWorkflowWithOptions(IngestSeason, workflow.RegisterOptions{Name: IngestSeasonWorkflow})
}

// Register adds the workflows and the activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	planActivity.Register(r, a.Plan)
	loadActivity.Register(r, a.Load)
	assessActivity.Register(r, a.Assess)
}
