package tenancy

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// again is the pause before a step that must not be given up is tried again,
// after the attempts of some minutes that an activity makes by itself.
const again = 15 * time.Minute

// persist does a step until it succeeds, and says meanwhile what stands in the
// way.
func (d *deletion) persist(ctx workflow.Context, step string, do func() error) {
	for {
		err := do()
		if err == nil {
			return
		}
		d.process.Advance(ctx, 0, fmt.Sprintf("The step %s fails: %s. It is tried again at %s, and so on until it succeeds.",
			step, process.Cause(err), workflow.Now(ctx).Add(again).Format(time.RFC3339)))
		// The context cannot be cancelled any more, so sleeping does not fail.
		_ = workflow.Sleep(ctx, again)
	}
}

// remove is what comes after the point of no return. What is found to be left
// is removed again; rows that come anew each time would be a fault in the
// services, which the proof then names.
func (d *deletion) remove(ctx workflow.Context) error {
	const rounds = 3
	var proof Proof
	for range rounds {
		d.sweep(ctx)
		d.persist(ctx, "prove", func() (err error) {
			proof, err = proveActivity.Call(ctx, "Look for what is left", TenantRequest{TenantID: d.result.TenantID})
			return err
		})
		if proof.Gone {
			break
		}
	}
	d.result.Proof = proof
	d.result.conclude(workflow.Now(ctx))
	d.process.Step(ctx, "record", 0, "Recording the deletion in the platform's audit chain.")
	d.persist(ctx, "record", func() error {
		_, err := recordActivity.Call(ctx, "Record the deletion", RecordRequest{Run: d.run.ID, Reason: d.in.Reason, By: d.in.By, Result: d.result})
		return err
	})
	d.process.Step(ctx, "done", 0, "Tenant "+d.result.Slug+" is gone.")
	d.process.Note(ctx, d.result.note())
	return proof.fault()
}

// sweep removes the tenant from everywhere, in an order in which nothing comes
// back: events get their last personal data while the tenant can be signed in
// to, so they are erased after it is gone.
func (d *deletion) sweep(ctx workflow.Context) {
	of := TenantRequest{TenantID: d.result.TenantID}
	d.process.Step(ctx, "remove", d.result.Rows, "Removing rows.")
	d.persist(ctx, "remove", func() error {
		_, err := removeActivity.Call(ctx, "Remove the tenant's rows", of)
		return err
	})
	d.process.Step(ctx, "forget", 0, "Taking the tenant out of Redis.")
	forgotten, err := forgetActivity.Call(ctx, "Take the tenant out of Redis", of)
	d.result.forgot(forgotten, err)
	d.process.Step(ctx, "erase", 0, "Erasing personal data of audit events.")
	d.persist(ctx, "erase", func() error {
		// How many there were is known from before: an attempt that was cut short
		// does not tell how far it came.
		_, err := eraseActivity.Call(ctx, "Erase personal data of audit events", of)
		return err
	})
	d.process.Step(ctx, "prove", 0, "Looking for what is left, and checking the audit chains.")
}

// fault is the error of a deletion that is done and could not be proven.
func (p Proof) fault() error {
	switch {
	case !p.Gone:
		return temporal.NewNonRetryableApplicationError(
			fmt.Sprintf("rows of the tenant are still there: %v, and %d audit events with personal data", p.Remains, p.Personal), "tenant.remains", nil)
	case !p.ChainSound:
		return temporal.NewNonRetryableApplicationError(
			"everything is removed, but the audit chain has faults: "+strings.Join(p.Faults, "; "), "tenant.chain", nil)
	}
	return nil
}
