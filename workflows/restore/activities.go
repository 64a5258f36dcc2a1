package restore

import (
	"context"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/ports/restoring"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// PreviewRequest says what to go back to.
type PreviewRequest struct {
	Holder string     `json:"holder"`
	Backup string     `json:"backup,omitempty"`
	At     *time.Time `json:"at,omitempty"`
}

// Plan is what is restored, and what that changes.
type Plan struct {
	ID           string       `json:"id"` // of the restore
	Backup       string       `json:"backup,omitempty"`
	Moment       time.Time    `json:"moment"`
	SinceSeconds int64        `json:"since_seconds"`
	Tables       []Difference `json:"tables,omitempty"`
}

// Difference is a table whose number of rows changes.
type Difference struct {
	Table string `json:"table"`
	Now   int64  `json:"now"`
	Then  int64  `json:"then"`
}

// Step is one step of a restore.
type Step struct {
	ID     string     `json:"id"`
	Holder string     `json:"holder"` // of the claim on the database
	Backup string     `json:"backup,omitempty"`
	At     *time.Time `json:"at,omitempty"`
	Moment time.Time  `json:"moment,omitzero"`
	// Also are resources beside the database that the restore has claimed.
	Also []string `json:"also,omitempty"`
}

// Rebuilt says how long it took.
type Rebuilt struct {
	Seconds float64 `json:"seconds"`
}

// SettleRequest tells the restored database why it was.
type SettleRequest struct {
	Step

	Reason string   `json:"reason"`
	By     []string `json:"by"`
}

// Settled names what is gone. Histories are no place for long lists.
type Settled struct {
	Lost []Run `json:"lost,omitempty"`
	More int   `json:"more,omitempty"`
}

// mostLost are listed.
const mostLost = 100

// Nothing is the answer of what has none.
type Nothing struct{}

const (
	longest = 12 * time.Hour
	short   = 10 * time.Minute
)

var (
	previewActivity  = process.Activity[PreviewRequest, Plan]{Name: PreviewActivity, Attempt: longest}
	rebuildActivity  = process.Activity[Step, Rebuilt]{Name: RebuildActivity, Attempt: longest}
	exchangeActivity = process.Activity[Step, Nothing]{Name: ExchangeActivity, Attempt: short}
	settleActivity   = process.Activity[SettleRequest, Settled]{Name: SettleActivity, Attempt: short}
	abandonActivity  = process.Activity[Step, Nothing]{Name: AbandonActivity, Attempt: short}
	undoActivity     = process.Activity[Step, Nothing]{Name: UndoActivity, Attempt: short}
	confirmActivity  = process.Activity[Step, Nothing]{Name: ConfirmActivity, Attempt: short}
	releaseActivity  = process.Activity[Step, Nothing]{Name: ReleaseActivity, Attempt: short}
)

// Activities are the steps of this package that touch the world.
type Activities struct {
	restorer *restoring.Restorer
	leases   exclusion.Leases
	newID    func() string
}

// NewActivities returns the activities of this package.
func NewActivities(restorer *restoring.Restorer, leases exclusion.Leases, newID func() string) *Activities {
	return &Activities{restorer: restorer, leases: leases, newID: newID}
}

// Preview tells what would change. From here on nobody else backs up or restores
// the database.
func (a *Activities) Preview(ctx context.Context, r PreviewRequest) (plan Plan, err error) {
	id := a.newID()
	return held(ctx, a, Step{ID: id, Holder: r.Holder}, func(ctx context.Context, report backingup.Progress) (Plan, error) {
		target, err := a.restorer.Aim(ctx, r.Backup, moment(r.At))
		if err != nil {
			return Plan{}, err
		}
		p, err := a.restorer.Preview(ctx, id, target, report)
		plan := Plan{ID: id, Backup: target.Backup.ID, Moment: target.Moment().UTC(), SinceSeconds: int64(p.Since.Seconds())}
		for _, d := range p.Tables {
			plan.Tables = append(plan.Tables, Difference(d))
		}
		return plan, err
	})
}

// Rebuild fills a fresh database and compares it.
func (a *Activities) Rebuild(ctx context.Context, s Step) (Rebuilt, error) {
	return held(ctx, a, s, func(ctx context.Context, report backingup.Progress) (Rebuilt, error) {
		target, err := a.restorer.Aim(ctx, s.Backup, moment(s.At))
		if err != nil {
			return Rebuilt{}, err
		}
		took, err := a.restorer.Rebuild(ctx, s.ID, target, report)
		return Rebuilt{Seconds: took.Seconds()}, err
	})
}

// Exchange puts the restored database in place.
func (a *Activities) Exchange(ctx context.Context, s Step) (Nothing, error) {
	return exchanging(ctx, a, s, func(ctx context.Context) (Nothing, error) {
		if err := a.restorer.Exchange(ctx, s.ID); err != nil {
			return Nothing{}, err
		}
		return Nothing{}, a.void(ctx, s.Moment)
	})
}

// voids is how often the claims of the past are tried to be ended: the
// connections that there were to the former database are found dead one by one.
const voids = 50

// void ends the claims in the restored database: a dump holds that of the
// backup that made it. Another attempt of the activity would have to wait for
// that one to lapse.
func (a *Activities) void(ctx context.Context, until time.Time) (err error) {
	for range voids {
		if err = a.leases.Void(ctx, until); err == nil || ctx.Err() != nil {
			return err
		}
		wait(ctx, voidPause)
	}
	return err
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

const voidPause = 100 * time.Millisecond

// Settle tells the restored database what has happened since.
func (a *Activities) Settle(ctx context.Context, r SettleRequest) (Settled, error) {
	return held(ctx, a, r.Step, func(ctx context.Context, _ backingup.Progress) (s Settled, err error) {
		done, err := a.restorer.Settle(ctx, restoring.Deed{ID: r.ID, Moment: r.Moment, Reason: r.Reason, By: r.By})
		for i, lost := range done.Lost {
			if i == mostLost {
				s.More = len(done.Lost) - mostLost
				break
			}
			s.Lost = append(s.Lost, Run{Workflow: lost.Workflow, ID: lost.ID, EndedAt: lost.EndedAt})
		}
		return s, err
	})
}

// Abandon drops what was restored and not put in place.
func (a *Activities) Abandon(ctx context.Context, s Step) (Nothing, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Nothing, error) {
		return Nothing{}, a.restorer.Abandon(ctx, s.ID)
	})
}

// Undo puts the former database back.
func (a *Activities) Undo(ctx context.Context, s Step) (Nothing, error) {
	return exchanging(ctx, a, s, func(ctx context.Context) (Nothing, error) {
		began := a.restorer.Now()
		if err := a.restorer.Undo(ctx, s.ID); err != nil {
			return Nothing{}, err
		}
		// The former database still has the claim of the restore that replaced it.
		return Nothing{}, a.void(ctx, began)
	})
}

// Confirm drops the former database.
func (a *Activities) Confirm(ctx context.Context, s Step) (Nothing, error) {
	return held(ctx, a, s, func(ctx context.Context, _ backingup.Progress) (Nothing, error) {
		return Nothing{}, a.restorer.Confirm(ctx, s.ID)
	})
}

// Release gives all claims back, the one on the service last.
func (a *Activities) Release(ctx context.Context, s Step) (Nothing, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Nothing, error) {
		for _, c := range claims(s) {
			if err := a.leases.Release(ctx, c); err != nil {
				return Nothing{}, err
			}
		}
		return Nothing{}, nil
	})
}

func claims(s Step) []exclusion.Claim {
	all := make([]exclusion.Claim, 0, 1+len(s.Also))
	for _, resource := range append([]string{exclusion.Database}, s.Also...) {
		all = append(all, exclusion.Claim{Resource: resource, Holder: s.Holder, Purpose: "restore " + s.ID})
	}
	return all
}

// held does work while nobody else backs up or restores what the step claims.
func held[Out any](ctx context.Context, a *Activities, s Step, do func(context.Context, backingup.Progress) (Out, error)) (Out, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (out Out, err error) {
		err = exclusion.HoldAll(ctx, a.leases, claims(s), func(ctx context.Context) (err error) {
			out, err = do(ctx, func(done, total int, message string) {
				report(process.Progress{Step: "restore", Done: done, Total: total, Message: message})
			})
			return err
		})
		return out, err
	})
}

// exchanging is [held] for what exchanges databases. An attempt that was killed
// may have left the live one closed, and the claims are in it.
func exchanging[Out any](ctx context.Context, a *Activities, s Step, do func(context.Context) (Out, error)) (out Out, err error) {
	if err := a.restorer.Reopen(ctx); err != nil {
		return out, err
	}
	return held(ctx, a, s, func(ctx context.Context, _ backingup.Progress) (Out, error) { return do(ctx) })
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// Define adds the workflows of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Restore, workflow.RegisterOptions{Name: RestoreWorkflow})
	r.RegisterWorkflowWithOptions(System, workflow.RegisterOptions{Name: SystemWorkflow})
}

// Register adds the workflows and the activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	previewActivity.Register(r, a.Preview)
	rebuildActivity.Register(r, a.Rebuild)
	exchangeActivity.Register(r, a.Exchange)
	settleActivity.Register(r, a.Settle)
	abandonActivity.Register(r, a.Abandon)
	undoActivity.Register(r, a.Undo)
	confirmActivity.Register(r, a.Confirm)
	releaseActivity.Register(r, a.Release)
	a.registerSystem(r)
}
