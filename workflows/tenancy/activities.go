package tenancy

import (
	"context"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/ports/onboarding"
	"github.com/football-prediction/football-prediction/ports/removing"
	"github.com/football-prediction/football-prediction/workflows/process"
)

var (
	beginActivity   = process.Activity[BeginRequest, Begun]{Name: BeginActivity, Attempt: time.Minute}
	restoreActivity = process.Activity[RestoreRequest, struct{}]{Name: RestoreActivity, Attempt: time.Minute}
	exportActivity  = process.Activity[ExportRequest, Export]{Name: ExportActivity, Attempt: 6 * time.Hour}
	condemnActivity = process.Activity[CondemnRequest, Condemned]{Name: CondemnActivity, Attempt: 15 * time.Minute}
	removeActivity  = process.Activity[TenantRequest, struct{}]{Name: RemoveActivity, Attempt: 6 * time.Hour}
	forgetActivity  = process.Activity[TenantRequest, Forgotten]{Name: ForgetActivity, Attempt: 15 * time.Minute}
	eraseActivity   = process.Activity[TenantRequest, Erased]{Name: EraseActivity, Attempt: 6 * time.Hour}
	proveActivity   = process.Activity[TenantRequest, Proof]{Name: ProveActivity, Attempt: 2 * time.Hour}
	recordActivity  = process.Activity[RecordRequest, struct{}]{Name: RecordActivity, Attempt: time.Minute}
)

// Activities are the steps of this package that touch the world.
type Activities struct {
	onboarder *onboarding.Onboarder
	remover   *removing.Remover
}

// NewActivities returns the activities of this package.
func NewActivities(o *onboarding.Onboarder, r *removing.Remover) *Activities {
	return &Activities{onboarder: o, remover: r}
}

// BeginRequest asks for a tenant to be shut out.
type BeginRequest struct {
	Run   string      `json:"run"`
	Input DeleteInput `json:"input"`
	Due   time.Time   `json:"due"`
}

// Begun is a tenant that is shut out.
type Begun struct {
	TenantID string    `json:"tenant_id"`
	Slug     string    `json:"slug"`
	Due      time.Time `json:"due"`                // nothing is removed before
	Removing bool      `json:"removing,omitempty"` // an earlier run has begun to
}

// RestoreRequest asks for a tenant to be what it was.
type RestoreRequest struct {
	Run    string `json:"run"`
	Tenant string `json:"tenant"` // slug or id
	Reason string `json:"reason"`
}

// ExportRequest asks for an archive, of which an occasion has one.
type ExportRequest struct {
	TenantID string `json:"tenant_id"`
	Occasion string `json:"occasion"`
}

// CondemnRequest asks for a tenant to be marked as lost.
type CondemnRequest struct {
	Run      string `json:"run"`
	TenantID string `json:"tenant_id"`
}

// Condemned says what there is to remove.
type Condemned struct {
	Rows   map[string]int `json:"rows"`         // by table
	Events int            `json:"audit_events"` // with personal data
}

// TenantRequest names a tenant.
type TenantRequest struct {
	TenantID string `json:"tenant_id"`
}

// Forgotten says what was taken out of Redis.
type Forgotten struct {
	Configured bool `json:"configured"` // the worker knows a Redis
	Keys       int  `json:"keys"`
}

// Erased counts audit events that lost their personal data.
type Erased struct {
	Events int `json:"events"`
}

// RecordRequest asks for a deletion to be recorded.
type RecordRequest struct {
	Run    string  `json:"run"`
	Reason string  `json:"reason"`
	By     string  `json:"by,omitempty"`
	Result Deleted `json:"result"`
}

// Define adds the workflows of this package to a worker or a replayer.
func Define(r worker.WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Onboard, workflow.RegisterOptions{Name: OnboardWorkflow})
	r.RegisterWorkflowWithOptions(Delete, workflow.RegisterOptions{Name: DeleteWorkflow})
}

// Register adds the workflows and the activities to a worker or a test
// environment.
func (a *Activities) Register(r worker.Registry) {
	Define(r)
	checkActivity.Register(r, a.Check)
	foundActivity.Register(r, a.Found)
	adminActivity.Register(r, a.Administer)
	inviteActivity.Register(r, a.Invite)
	beginActivity.Register(r, a.Begin)
	restoreActivity.Register(r, a.Restore)
	exportActivity.Register(r, a.Export)
	condemnActivity.Register(r, a.Condemn)
	removeActivity.Register(r, a.Remove)
	forgetActivity.Register(r, a.Forget)
	eraseActivity.Register(r, a.Erase)
	proveActivity.Register(r, a.Prove)
	recordActivity.Register(r, a.Record)
}

// Begin shuts the tenant out.
func (a *Activities) Begin(ctx context.Context, r BeginRequest) (Begun, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Begun, error) {
		in := r.Input
		t, err := a.remover.Begin(ctx, removing.Order{
			Run: r.Run, Tenant: in.Tenant, Confirm: in.Confirm, Reason: in.Reason, By: in.By, Due: r.Due,
		})
		return Begun{TenantID: t.ID, Slug: t.Slug, Due: t.Deletion.Due, Removing: t.Deletion.Removing}, err
	})
}

// Restore gives the tenant its former status back.
func (a *Activities) Restore(ctx context.Context, r RestoreRequest) (struct{}, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (struct{}, error) {
		_, err := a.remover.Abort(ctx, r.Tenant, r.Run, r.Reason)
		return struct{}{}, err
	})
}

// Export keeps an archive of all that the tenant owns.
func (a *Activities) Export(ctx context.Context, r ExportRequest) (Export, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (Export, error) {
		kept, err := a.remover.Export(ctx, r.TenantID, r.Occasion, func(table string, rows int) {
			report(process.Progress{Step: "export", Done: rows, Message: table})
		})
		return Export(kept), err
	})
}

// Condemn marks the tenant as lost and counts what there is to remove.
func (a *Activities) Condemn(ctx context.Context, r CondemnRequest) (Condemned, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Condemned, error) {
		rows, events, err := a.remover.Condemn(ctx, r.TenantID, r.Run)
		return Condemned{Rows: rows, Events: events}, err
	})
}

// Remove deletes the tenant's rows.
func (a *Activities) Remove(ctx context.Context, r TenantRequest) (struct{}, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (struct{}, error) {
		return struct{}{}, a.remover.Remove(ctx, r.TenantID, func(table string, done int) {
			report(process.Progress{Step: "remove", Done: done, Message: table})
		})
	})
}

// Forget takes the tenant out of Redis.
func (a *Activities) Forget(ctx context.Context, r TenantRequest) (Forgotten, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Forgotten, error) {
		keys, err := a.remover.Forget(ctx, r.TenantID)
		return Forgotten{Configured: a.remover.Cache != nil, Keys: keys}, err
	})
}

// Erase takes personal data out of the tenant's audit events.
func (a *Activities) Erase(ctx context.Context, r TenantRequest) (Erased, error) {
	return process.Work(ctx, func(ctx context.Context, report func(process.Progress)) (Erased, error) {
		n, err := a.remover.Erase(ctx, r.TenantID, func(events int) {
			report(process.Progress{Step: "erase", Done: events})
		})
		return Erased{Events: n}, err
	})
}

// Prove looks for what is left of the tenant.
func (a *Activities) Prove(ctx context.Context, r TenantRequest) (Proof, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (Proof, error) {
		p, err := a.remover.Prove(ctx, r.TenantID)
		return toProof(p), err
	})
}

// Record keeps the deletion in the platform's audit chain.
func (a *Activities) Record(ctx context.Context, r RecordRequest) (struct{}, error) {
	return process.Work(ctx, func(ctx context.Context, _ func(process.Progress)) (struct{}, error) {
		d := r.Result
		return struct{}{}, a.remover.Record(ctx, removing.Deed{
			TenantID: d.TenantID, Slug: d.Slug, Run: r.Run, Reason: r.Reason, By: r.By, Removed: d.Removed, Erased: d.Erased,
			Export: removing.Kept(d.Export), Sound: d.Proof.ChainSound, BackupsUntil: d.BackupsUntil,
		})
	})
}
