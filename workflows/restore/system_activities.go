package restore

import (
	"context"

	"go.temporal.io/sdk/worker"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/backingup"
	"github.com/football-prediction/football-prediction/ports/restoring"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// ChooseRequest asks what the other parts are put back from.
type ChooseRequest struct {
	Step

	Parts []string `json:"parts,omitempty"`
}

// Choice is what they are put back from.
type Choice struct {
	Parts []Part `json:"parts,omitempty"`
}

// Part is a part of the system beside the database.
type Part struct {
	Kind      string `json:"kind"`
	Backup    string `json:"backup"`
	Safeguard string `json:"safeguard"` // the backup of what is there now
}

// PartStep is a step about one part.
type PartStep struct {
	Step

	Part Part   `json:"part"`
	From string `json:"from,omitempty"` // the backup that is put in place
}

// BackOutRequest says why the former system is put back.
type BackOutRequest struct {
	SettleRequest

	Why string `json:"why"`
}

var (
	chooseActivity    = process.Activity[ChooseRequest, Choice]{Name: ChooseActivity, Attempt: short}
	pauseActivity     = process.Activity[Step, Nothing]{Name: PauseActivity, Attempt: short}
	safeguardActivity = process.Activity[PartStep, Nothing]{Name: SafeguardActivity, Attempt: longest}
	putActivity       = process.Activity[PartStep, Nothing]{Name: PutActivity, Attempt: longest}
	checkActivity     = process.Activity[Step, Nothing]{Name: CheckActivity, Attempt: short}
	backOutActivity   = process.Activity[BackOutRequest, Nothing]{Name: BackOutActivity, Attempt: short}
)

// Choose tells what the other parts are put back from, and claims them.
func (a *Activities) Choose(ctx context.Context, r ChooseRequest) (Choice, error) {
	return held(ctx, a, r.Step, func(ctx context.Context, _ backingup.Progress) (c Choice, err error) {
		target, err := a.restorer.Aim(ctx, r.Backup, moment(r.At))
		if err != nil {
			return c, err
		}
		all, err := a.restorer.Companions(ctx, target, r.Parts, a.newID)
		for _, with := range all {
			c.Parts = append(c.Parts, Part{Kind: string(with.Kind), Backup: with.Backup.ID, Safeguard: with.Safeguard})
		}
		return c, err
	})
}

// Pause claims the service and gives everybody the time to end what they do.
func (a *Activities) Pause(ctx context.Context, s Step) (Nothing, error) {
	return held(ctx, a, s, func(ctx context.Context, _ backingup.Progress) (Nothing, error) {
		return Nothing{}, a.restorer.Settling(ctx)
	})
}

// Safeguard keeps what a part holds now.
func (a *Activities) Safeguard(ctx context.Context, s PartStep) (Nothing, error) {
	return held(ctx, a, s.Step, func(ctx context.Context, report backingup.Progress) (Nothing, error) {
		c := restoring.Companion{Kind: operation.Kind(s.Part.Kind), Safeguard: s.Part.Safeguard}
		return Nothing{}, a.restorer.Safeguard(ctx, c, s.Holder, report)
	})
}

// Put puts a part back.
func (a *Activities) Put(ctx context.Context, s PartStep) (Nothing, error) {
	return held(ctx, a, s.Step, func(ctx context.Context, report backingup.Progress) (Nothing, error) {
		return Nothing{}, a.restorer.Put(ctx, operation.Kind(s.Part.Kind), s.From, report)
	})
}

// Check looks whether the restored system works.
func (a *Activities) Check(ctx context.Context, s Step) (Nothing, error) {
	return held(ctx, a, s, func(ctx context.Context, _ backingup.Progress) (Nothing, error) {
		return Nothing{}, a.restorer.Check(ctx)
	})
}

// BackOut puts the former database back.
func (a *Activities) BackOut(ctx context.Context, r BackOutRequest) (Nothing, error) {
	return exchanging(ctx, a, r.Step, func(ctx context.Context) (Nothing, error) {
		return Nothing{}, a.restorer.BackOut(ctx, restoring.Deed{ID: r.ID, Moment: r.Moment, Reason: r.Reason, By: r.By}, r.Why)
	})
}

func (a *Activities) registerSystem(r worker.ActivityRegistry) {
	chooseActivity.Register(r, a.Choose)
	pauseActivity.Register(r, a.Pause)
	safeguardActivity.Register(r, a.Safeguard)
	putActivity.Register(r, a.Put)
	checkActivity.Register(r, a.Check)
	backOutActivity.Register(r, a.BackOut)
}
