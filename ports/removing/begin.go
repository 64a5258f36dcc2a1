package removing

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/auditing"
	"github.com/football-prediction/football-prediction/ports/provisioning"
)

// Order asks for a tenant to be deleted.
type Order struct {
	Run     string
	Tenant  string // slug or id
	Confirm string // the slug again
	Reason  string
	By      string // who asks, as he says himself; may be empty
	Due     time.Time
}

// Begin shuts the tenant out, so that its credentials die within a second, and
// marks it to be removed when its time has come. Nothing else happens to it.
// It first makes sure that an archive can be kept: a tenant should not be shut
// out for a deletion that cannot go on.
func (r *Remover) Begin(ctx context.Context, o Order) (tenancy.Tenant, error) {
	if err := provisioning.ValidateReason(o.Reason); err != nil {
		return tenancy.Tenant{}, err
	}
	t, err := r.find(ctx, o.Tenant)
	if err != nil {
		return tenancy.Tenant{}, err
	}
	if o.Confirm != t.Slug {
		return tenancy.Tenant{}, domain.Errorf(errConfirm.Kind, errConfirm.Code, "to delete tenant %s, confirm it by its slug, %q", o.Tenant, t.Slug).In(errConfirm.Field)
	}
	if err := r.Exporter.Ready(ctx); err != nil {
		return tenancy.Tenant{}, err
	}
	personal := map[string]string{"reason": o.Reason}
	if o.By != "" {
		personal["by"] = o.By
	}
	return r.change(ctx, t.ID, func(t tenancy.Tenant) (tenancy.Tenant, error) {
		return t.BeginDeletion(o.Run, o.Reason, r.Now(), o.Due)
	}, o.Run, actionBegun, personal)
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// find returns the tenant of a slug or an id.
func (r *Remover) find(ctx context.Context, name string) (tenancy.Tenant, error) {
	t, err := r.Tenants.BySlug(ctx, name)
	if errors.Is(err, tenancy.ErrUnknown) && uuid.MatchString(name) {
		return r.Tenants.ByID(ctx, name)
	}
	return t, err
}

// Abort makes the tenant, given by slug or id, what it was before the run began.
// There is nothing to do for one that the run does not delete.
func (r *Remover) Abort(ctx context.Context, name, run, reason string) (tenancy.Tenant, error) {
	t, err := r.find(ctx, name)
	if errors.Is(err, tenancy.ErrUnknown) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	return r.change(ctx, t.ID, func(t tenancy.Tenant) (tenancy.Tenant, error) {
		return t.AbortDeletion(run)
	}, run, actionAborted, map[string]string{"reason": reason})
}

// change keeps a step of a deletion and the record of it together, or neither.
// A step that has been done is not recorded again.
func (r *Remover) change(ctx context.Context, id string, step func(tenancy.Tenant) (tenancy.Tenant, error), run, action string, personal map[string]string) (changed tenancy.Tenant, err error) {
	err = r.Unit.Within(ctx, id, func(ctx context.Context) error {
		same := false
		changed, err = r.Register.Change(ctx, id, func(t tenancy.Tenant) (tenancy.Tenant, error) {
			next, err := step(t)
			same = err == nil && next.Deletion == t.Deletion
			return next, err
		})
		if err != nil || same || action == "" {
			return err
		}
		return r.Diary.Record(ctx, run, auditing.Event{
			TenantID: id, Action: action, Target: targetOf(id), Outcome: auditing.Done,
			Details: map[string]string{"status": string(changed.Status), "plan": string(changed.Plan)}, Personal: personal,
		})
	})
	return changed, err
}
