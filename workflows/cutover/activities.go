package cutover

import (
	"context"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/ports/releasing"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// PlanRequest asks where a release goes.
type PlanRequest struct {
	Run     string `json:"run"`
	Release string `json:"release"`
	Reason  string `json:"reason,omitempty"`
}

// Plan is where it goes.
type Plan struct {
	ID      string `json:"id"`
	Release string `json:"release"`
	Reason  string `json:"reason,omitempty"`
	Colour  string `json:"colour"`
	From    string `json:"from,omitempty"`
	Slots   int    `json:"slots"`
}

// Step is one step of a cutover.
type Step struct {
	Run  string `json:"run"` // which holds the claim
	Plan Plan   `json:"plan"`
}

func (s Step) release() operation.Release {
	return operation.Release{
		ID: s.Plan.ID, Name: s.Plan.Release, Reason: s.Plan.Reason, Colour: operation.Colour(s.Plan.Colour), From: operation.Colour(s.Plan.From),
	}
}

// ShiftRequest says how many slots lead to the release.
type ShiftRequest struct {
	Step

	Slots int `json:"slots"`
}

// Shifted says when they did.
type Shifted struct {
	At time.Time `json:"at"`
}

// WatchRequest says from when and for how long the release is watched.
type WatchRequest struct {
	Step

	Since   time.Time `json:"since"`
	Seconds float64   `json:"seconds"`
}

// Watched is what clients saw, and what is wrong with it.
type Watched struct {
	Canary string `json:"canary"`
	Wrong  string `json:"wrong,omitempty"`
}

// GiveUpRequest says why.
type GiveUpRequest struct {
	Step

	Why string `json:"why"`
}

// Nothing is the answer of what has none.
type Nothing struct{}

const (
	short = time.Minute
	long  = 30 * time.Minute
)

var (
	planActivity    = process.Activity[PlanRequest, Plan]{Name: PlanActivity, Attempt: short}
	migrateActivity = process.Activity[Step, Nothing]{Name: MigrateActivity, Attempt: long}
	startActivity   = process.Activity[Step, Nothing]{Name: StartActivity, Attempt: 5 * time.Minute}
	shiftActivity   = process.Activity[ShiftRequest, Shifted]{Name: ShiftActivity, Attempt: short}
	watchActivity   = process.Activity[WatchRequest, Watched]{Name: WatchActivity, Attempt: 24 * time.Hour}
	finishActivity  = process.Activity[Step, Nothing]{Name: FinishActivity, Attempt: long}
	backActivity    = process.Activity[Step, Nothing]{Name: BackActivity, Attempt: short}
	giveUpActivity  = process.Activity[GiveUpRequest, Nothing]{Name: GiveUpActivity, Attempt: 5 * time.Minute}
	releaseActivity = process.Activity[Step, Nothing]{Name: ReleaseActivity, Attempt: short}
)

// Activities are the steps that touch the world.
type Activities struct {
	releaser *releasing.Releaser
	leases   exclusion.Leases
}

// NewActivities returns the activities of this package.
func NewActivities(r *releasing.Releaser, l exclusion.Leases) *Activities {
	return &Activities{releaser: r, leases: l}
}

// Plan claims the release, and says where it goes.
func (a *Activities) Plan(ctx context.Context, r PlanRequest) (Plan, error) {
	return held(ctx, a, r.Run, func(ctx context.Context, _ func(process.Progress)) (Plan, error) {
		name := r.Release
		if name == "previous" {
			var err error
			if name, err = a.releaser.Before(ctx); err != nil {
				return Plan{}, err
			}
		}
		planned, err := a.releaser.Plan(ctx, name, r.Reason, r.Run)
		if err != nil {
			return Plan{}, err
		}
		return Plan{
			ID: planned.ID, Release: planned.Name, Reason: planned.Reason, Colour: string(planned.Colour), From: string(planned.From), Slots: a.releaser.Slots.Count(),
		}, nil
	})
}

// Migrate brings the schema to where the release needs it.
func (a *Activities) Migrate(ctx context.Context, s Step) (Nothing, error) {
	return held(ctx, a, s.Run, func(ctx context.Context, _ func(process.Progress)) (Nothing, error) {
		return Nothing{}, a.releaser.Driver.Migrate(ctx, s.Plan.Release)
	})
}

// Start starts the release, and tries it.
func (a *Activities) Start(ctx context.Context, s Step) (Nothing, error) {
	return held(ctx, a, s.Run, func(ctx context.Context, _ func(process.Progress)) (Nothing, error) {
		return Nothing{}, a.releaser.Start(ctx, s.release())
	})
}

// Shift moves slots.
func (a *Activities) Shift(ctx context.Context, r ShiftRequest) (Shifted, error) {
	return held(ctx, a, r.Run, func(ctx context.Context, _ func(process.Progress)) (Shifted, error) {
		err := a.releaser.Shift(ctx, r.release(), r.Slots)
		return Shifted{At: a.releaser.Now().UTC()}, err
	})
}

// Watch looks at what clients see.
func (a *Activities) Watch(ctx context.Context, r WatchRequest) (Watched, error) {
	return held(ctx, a, r.Run, func(ctx context.Context, report func(process.Progress)) (w Watched, err error) {
		w.Wrong, err = a.releaser.Watch(ctx, r.release(), r.Since, time.Duration(r.Seconds*float64(time.Second)), func(c operation.Canary) {
			w.Canary = c.String()
			report(process.Progress{Step: "watch", Message: w.Canary})
		})
		return w, err
	})
}

// Finish stops what ran before.
func (a *Activities) Finish(ctx context.Context, s Step) (Nothing, error) {
	return held(ctx, a, s.Run, func(ctx context.Context, report func(process.Progress)) (Nothing, error) {
		return Nothing{}, a.releaser.Finish(ctx, s.release(), telling(report))
	})
}

// Back moves all requests back. It asks nobody for the claim: nothing may hold it
// up.
func (a *Activities) Back(ctx context.Context, s Step) (Nothing, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Nothing, error) {
		return Nothing{}, a.releaser.Back(ctx, s.release())
	})
}

// GiveUp stops the release.
func (a *Activities) GiveUp(ctx context.Context, r GiveUpRequest) (Nothing, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (Nothing, error) {
		return Nothing{}, a.releaser.GiveUp(ctx, r.release(), r.Why, telling(report))
	})
}

// Release gives the claim back.
func (a *Activities) Release(ctx context.Context, s Step) (Nothing, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Nothing, error) {
		return Nothing{}, a.leases.Release(ctx, claim(s.Run))
	})
}

// telling reports what is waited for.
func telling(report func(process.Progress)) func(string) {
	return func(message string) { report(process.Progress{Step: "drain", Message: message}) }
}

func claim(run string) exclusion.Claim {
	return exclusion.Claim{Resource: exclusion.Release, Holder: run, Purpose: "cutover " + run}
}

// held does something while nobody else releases.
func held[Out any](ctx context.Context, a *Activities, run string, do func(context.Context, func(process.Progress)) (Out, error)) (Out, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (out Out, err error) {
		err = exclusion.Hold(ctx, a.leases, claim(run), func(ctx context.Context) (err error) {
			out, err = do(ctx, report)
			return err
		})
		return out, err
	})
}

// Define adds the workflow of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Cutover, workflow.RegisterOptions{Name: CutoverWorkflow})
}

// Register adds the workflow and its activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	planActivity.Register(r, a.Plan)
	migrateActivity.Register(r, a.Migrate)
	startActivity.Register(r, a.Start)
	shiftActivity.Register(r, a.Shift)
	watchActivity.Register(r, a.Watch)
	finishActivity.Register(r, a.Finish)
	backActivity.Register(r, a.Back)
	giveUpActivity.Register(r, a.GiveUp)
	releaseActivity.Register(r, a.Release)
}
