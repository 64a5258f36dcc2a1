package tenancy

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// DefaultGrace is how long a tenant that is to be deleted waits, shut out but
// whole, for somebody to change his mind.
const DefaultGrace = 7 * 24 * time.Hour

// DeleteInput is the argument of DeleteTenant. Fields are only ever added.
type DeleteInput struct {
	Tenant  string `json:"tenant"`  // slug or id
	Confirm string `json:"confirm"` // the slug, again
	Reason  string `json:"reason"`
	// Grace is how long to wait before anything is removed, such as "72h"; a
	// week when left out, "0s" not at all.
	Grace string `json:"grace,omitempty"`
	By    string `json:"by,omitempty"` // who asks, for the record; nobody verifies it
}

// Delete shuts a tenant out, waits, exports all it owns, removes it, and proves
// that it is gone.
//
// Until the first row is removed the run may be aborted, and may fail: both
// give the tenant its former status back. From then on there is no way back, so
// an abort is refused, and a step that fails is tried again for as long as it
// takes: a tenant that is half there helps nobody.
func Delete(ctx workflow.Context, in DeleteInput) (Deleted, error) {
	ctx, p, err := process.Begin(ctx, "Deletion")
	if err != nil {
		return Deleted{}, err
	}
	grace, err := in.complete()
	if err != nil {
		return Deleted{}, err
	}
	d := &deletion{in: in, process: p, run: workflow.GetInfo(ctx).WorkflowExecution}
	err = d.all(ctx, grace)
	return d.result, p.End(err)
}

func (in DeleteInput) complete() (grace time.Duration, err error) {
	err = missing(field{"tenant", in.Tenant}, field{"confirm", in.Confirm}, field{"reason", in.Reason})
	if err != nil || in.Grace == "" {
		return DefaultGrace, err
	}
	grace, err = time.ParseDuration(in.Grace)
	if err != nil || grace < 0 {
		return 0, temporal.NewNonRetryableApplicationError(
			fmt.Sprintf("grace %q is no length of time such as 168h or 0s", in.Grace), "tenant.grace", nil)
	}
	return grace, nil
}

type deletion struct {
	in      DeleteInput
	run     workflow.Execution
	result  Deleted
	process *process.Process
}

func (d *deletion) all(ctx workflow.Context, grace time.Duration) error {
	begun, err := d.begin(ctx, grace)
	switch {
	case refused(err):
		return process.Fail("shut tenant "+d.in.Tenant+" out", err)
	case err != nil:
		// It may have been done all the same, by an attempt whose answer was lost.
		return d.restore(ctx, process.Fail("shut tenant "+d.in.Tenant+" out", err))
	}
	if !begun.Removing {
		if err := d.prepare(ctx, begun); err != nil {
			return d.restore(ctx, err)
		}
	}
	final, err := d.process.Commit(ctx, "rows of the tenant are being removed")
	if err != nil {
		return d.restore(ctx, err)
	}
	if begun.Removing {
		d.resume(final, begun)
	}
	if err := d.condemn(final); err != nil {
		return d.restore(final, err)
	}
	return d.remove(final)
}

// resume goes on where a run was ended by force after its point of no return:
// the archive is that run's.
func (d *deletion) resume(ctx workflow.Context, begun Begun) {
	d.persist(ctx, "export", func() (err error) {
		d.result.Export, err = d.export(ctx, begun)
		return err
	})
}

// begin shuts the tenant out.
func (d *deletion) begin(ctx workflow.Context, grace time.Duration) (Begun, error) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, tenant.ValueSet(d.in.Tenant)); err != nil {
		return Begun{}, process.Fail("set search attribute", err)
	}
	d.process.Step(ctx, "suspend", 0, "Shutting tenant "+d.in.Tenant+" out.")
	begun, err := beginActivity.Call(ctx, "Shut the tenant out", BeginRequest{
		Run: d.run.ID, Input: d.in, Due: workflow.Now(ctx).Add(grace),
	})
	if err != nil {
		return Begun{}, err
	}
	d.result.TenantID, d.result.Slug = begun.TenantID, begun.Slug
	return begun, nil
}

// prepare is all that can still be taken back.
func (d *deletion) prepare(ctx workflow.Context, begun Begun) error {
	d.process.Step(ctx, "wait", 0, "Nothing is removed before "+begun.Due.Format(time.RFC3339)+"; until then the update abort takes everything back.")
	if err := workflow.Sleep(ctx, begun.Due.Sub(workflow.Now(ctx))); err != nil {
		return err
	}
	d.process.Step(ctx, "export", 0, "Writing all that the tenant owns into an archive.")
	export, err := d.export(ctx, begun)
	if err != nil {
		return process.Fail("export tenant "+begun.Slug, err)
	}
	d.result.Export = export
	d.process.Note(ctx, d.result.note())
	return nil
}

func (d *deletion) export(ctx workflow.Context, begun Begun) (Export, error) {
	return exportActivity.Call(ctx, "Export all that the tenant owns", ExportRequest{
		TenantID: begun.TenantID, Occasion: d.run.ID + "/" + d.run.RunID,
	})
}

// condemn is the point of no return. Whether an attempt that failed has passed
// it nobody knows, so only a refusal ends the attempts: then nothing has been
// removed.
func (d *deletion) condemn(ctx workflow.Context) error {
	d.process.Step(ctx, "remove", 0, "Counting what there is to remove.")
	var (
		condemned Condemned
		no        error
	)
	d.persist(ctx, "remove", func() (err error) {
		condemned, err = condemnActivity.Call(ctx, "Count what there is to remove", CondemnRequest{Run: d.run.ID, TenantID: d.result.TenantID})
		if refused(err) {
			no, err = process.Fail("mark tenant "+d.result.Slug+" to be removed", err), nil
		}
		return err
	})
	d.result.Removed, d.result.Rows, d.result.Erased = condemned.Rows, sum(condemned.Rows), condemned.Events
	return no
}

// refused reports whether err is of a rule, which says no before anything is
// done, and not of something that broke.
func refused(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.NonRetryable()
}

// restore gives the tenant its former status back, whatever stands in the way,
// and returns why it came to that.
func (d *deletion) restore(ctx workflow.Context, why error) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	reason := d.process.Reason()
	if reason == "" {
		reason = process.Cause(why)
	}
	d.process.Step(ctx, "restore", 0, "Giving the tenant its former status back.")
	d.persist(ctx, "restore", func() error {
		_, err := restoreActivity.Call(ctx, "Give the tenant its former status back", RestoreRequest{
			Run: d.run.ID, Tenant: d.in.Tenant, Reason: reason,
		})
		if refused(err) {
			return nil // there is nothing to give back
		}
		return err
	})
	return why
}
