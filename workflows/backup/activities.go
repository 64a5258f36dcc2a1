package backup

import (
	"context"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/exclusion"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// PlanRequest asks what is backed up. No kinds are all.
type PlanRequest struct {
	Kinds []string `json:"kinds,omitempty"`
}

// Plan is what is backed up, in this order.
type Plan struct {
	Orders []Order `json:"orders"`
}

// Order is one backup. Its id is made once, so that an attempt after another
// replaces what that has left.
type Order struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Run  string `json:"run,omitempty"`
}

// Made is a backup as its record says.
type Made struct {
	Verified       bool    `json:"verified"`
	Location       string  `json:"location"`
	Size           int64   `json:"size"`
	Rows           int64   `json:"rows"`
	Parts          int     `json:"parts"`
	MakingSeconds  float64 `json:"making_seconds"`
	RestoreSeconds float64 `json:"restore_seconds"`
	Fault          string  `json:"fault,omitempty"`
}

// Pruned says how many old backups went.
type Pruned struct {
	Deleted int `json:"deleted"`
}

// GiveUpRequest is an order that came to nothing, and why.
type GiveUpRequest struct {
	Order

	Reason string `json:"reason"`
}

// Nothing is the answer of what has none.
type Nothing struct{}

var (
	planActivity   = process.Activity[PlanRequest, Plan]{Name: PlanActivity, Attempt: time.Minute}
	makeActivity   = process.Activity[Order, Made]{Name: MakeActivity, Attempt: longestOfOneKind}
	verifyActivity = process.Activity[Order, Made]{Name: VerifyActivity, Attempt: longestOfOneKind}
	pruneActivity  = process.Activity[Order, Pruned]{Name: PruneActivity, Attempt: time.Hour}
	giveUpActivity = process.Activity[GiveUpRequest, Nothing]{Name: GiveUpActivity, Attempt: cleanUpAtMost}
	finishActivity = process.Activity[Order, Nothing]{Name: FinishActivity, Attempt: cleanUpAtMost}
)

// Activities are the steps of this package that touch the world.
type Activities struct {
	keeper *backingup.Keeper
	leases exclusion.Leases
	newID  func() string
}

// NewActivities returns the activities of this package.
func NewActivities(keeper *backingup.Keeper, leases exclusion.Leases, newID func() string) *Activities {
	return &Activities{keeper: keeper, leases: leases, newID: newID}
}

// Plan names what is backed up.
func (a *Activities) Plan(ctx context.Context, r PlanRequest) (Plan, error) {
	return process.Work(ctx, func(_ context.Context, _ func(process.Progress)) (Plan, error) {
		kinds, err := a.keeper.Choose(r.Kinds)
		var plan Plan
		for _, k := range kinds {
			plan.Orders = append(plan.Orders, Order{Kind: string(k), ID: a.newID()})
		}
		return plan, err
	})
}

// Make makes a backup.
func (a *Activities) Make(ctx context.Context, o Order) (Made, error) {
	return held(ctx, a, o, "make", func(ctx context.Context, report backingup.Progress) (operation.Backup, error) {
		return a.keeper.Make(ctx, backingup.Order{ID: o.ID, Kind: operation.Kind(o.Kind), Run: o.Run}, report)
	})
}

// Verify restores a backup beside the original and compares. Under the claim no
// other scratch of the kind is anybody's, so what dead runs have left goes.
func (a *Activities) Verify(ctx context.Context, o Order) (Made, error) {
	return held(ctx, a, o, "verify", func(ctx context.Context, report backingup.Progress) (operation.Backup, error) {
		if err := a.sweep(ctx, o); err != nil {
			return operation.Backup{}, err
		}
		return a.keeper.Verify(ctx, o.ID, report)
	})
}

// Prune lets old backups go.
func (a *Activities) Prune(ctx context.Context, o Order) (Pruned, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Pruned, error) {
		deleted, err := a.keeper.Prune(ctx, operation.Kind(o.Kind))
		return Pruned{Deleted: len(deleted)}, err
	})
}

// GiveUp takes back what there is of a backup and writes down why.
func (a *Activities) GiveUp(ctx context.Context, r GiveUpRequest) (Nothing, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Nothing, error) {
		return Nothing{}, a.keeper.Fail(ctx, backingup.Order{ID: r.ID, Kind: operation.Kind(r.Kind), Run: r.Run}, r.Reason)
	})
}

// Finish removes scratches and gives the claim back.
func (a *Activities) Finish(ctx context.Context, o Order) (Nothing, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Nothing, error) {
		// Another run that took over meanwhile has scratches of its own.
		err := exclusion.Hold(ctx, a.leases, claim(o), func(ctx context.Context) error { return a.sweep(ctx, Order{Kind: o.Kind}) })
		if err != nil {
			return Nothing{}, err
		}
		return Nothing{}, a.leases.Release(ctx, claim(o))
	})
}

func (a *Activities) sweep(ctx context.Context, o Order) error {
	_, err := a.keeper.Sweep(ctx, operation.Kind(o.Kind), func(id string) bool { return id == o.ID })
	return err
}

// claim keeps backups and restores of one kind apart.
func claim(o Order) exclusion.Claim {
	return exclusion.Claim{Resource: o.Kind, Holder: o.Run, Purpose: "backup " + o.ID}
}

// held does work on a kind that nobody else works on meanwhile.
func held(ctx context.Context, a *Activities, o Order, step string, do func(context.Context, backingup.Progress) (operation.Backup, error)) (Made, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (m Made, err error) {
		err = exclusion.Hold(ctx, a.leases, claim(o), func(ctx context.Context) error {
			b, err := do(ctx, func(done, total int, message string) {
				report(process.Progress{Step: step, Done: done, Total: total, Message: o.Kind + ": " + message})
			})
			m = Made{
				Verified: b.Status == operation.Verified, Location: b.Location, Size: b.Size, Rows: b.Rows, Parts: b.Parts,
				MakingSeconds: b.MakingTook.Seconds(), RestoreSeconds: b.RestoreTook.Seconds(), Fault: b.Fault,
			}
			return err
		})
		return m, err
	})
}

// Define adds the workflows of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Backup, workflow.RegisterOptions{Name: BackupWorkflow})
}

// Register adds the workflows and the activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	planActivity.Register(r, a.Plan)
	makeActivity.Register(r, a.Make)
	verifyActivity.Register(r, a.Verify)
	pruneActivity.Register(r, a.Prune)
	giveUpActivity.Register(r, a.GiveUp)
	finishActivity.Register(r, a.Finish)
}
