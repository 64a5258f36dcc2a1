package tenancy

import (
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// ErrDeletion is about a step that the deletion of a tenant does not have.
var ErrDeletion = &domain.Error{Kind: domain.Conflict, Code: "tenant.deletion"}

// Deletion is how far the deletion of a tenant is. The zero Deletion is that of
// a tenant that stays.
type Deletion struct {
	Run      string    // that deletes it, by which a repeated step knows its own work
	Due      time.Time // nothing is removed before
	Removing bool      // rows are being removed: there is no way back
	Former   Former
}

// Former is what a tenant was before its deletion began.
type Former struct {
	Status    Status
	Reason    string
	Since     time.Time
	TrialEnds time.Time
}

// Deleting reports whether t is being deleted.
func (t Tenant) Deleting() bool { return t.Deletion.Run != "" }

// BeginDeletion suspends t until due, from when on a run may remove it. For the
// run that has begun already it changes nothing.
func (t Tenant) BeginDeletion(run, reason string, at, due time.Time) (Tenant, error) {
	switch {
	case t.Platform:
		return Tenant{}, domain.Errorf(domain.Conflict, ErrDeletion.Code, "the platform's own tenant is not deleted")
	case t.Deletion.Run == run && run != "":
		return t, nil
	case t.Deletion.Removing:
		// The only way is forward, whoever goes on.
		t.Deletion.Run = run
		return t, nil
	case t.Deleting():
		return Tenant{}, domain.Errorf(domain.Conflict, ErrDeletion.Code, "tenant %s is being deleted already, by the run %s", t.Slug, t.Deletion.Run)
	}
	t.Deletion = Deletion{
		Run: run, Due: due,
		Former: Former{Status: t.Status, Reason: t.StatusReason, Since: t.StatusSince, TrialEnds: t.TrialEnds},
	}
	t.Status, t.StatusReason, t.StatusSince, t.TrialEnds = Suspended, reason, at, time.Time{}
	return t, nil
}

// AbortDeletion makes t what it was before the run began. For a tenant that the
// run does not delete, or no longer, it changes nothing.
func (t Tenant) AbortDeletion(run string) (Tenant, error) {
	switch {
	case t.Deletion.Run != run:
		return t, nil
	case t.Deletion.Removing:
		return Tenant{}, domain.Errorf(domain.Conflict, ErrDeletion.Code, "rows of tenant %s are being removed: it cannot come back", t.Slug)
	}
	f := t.Deletion.Former
	t.Status, t.StatusReason, t.StatusSince, t.TrialEnds = f.Status, f.Reason, f.Since, f.TrialEnds
	t.Deletion = Deletion{}
	return t, nil
}

// BeginRemoval is the point of no return.
func (t Tenant) BeginRemoval(run string, at time.Time) (Tenant, error) {
	switch {
	case !t.Deleting() || t.Deletion.Run != run:
		return Tenant{}, domain.Errorf(domain.Conflict, ErrDeletion.Code, "tenant %s is not being deleted by the run %s", t.Slug, run)
	case at.Before(t.Deletion.Due):
		// Which passes: clocks of two machines differ a little.
		return Tenant{}, domain.Errorf(domain.Unavailable, ErrDeletion.Code, "tenant %s may not be removed before %s", t.Slug, t.Deletion.Due.Format(time.RFC3339))
	}
	t.Deletion.Removing = true
	return t, nil
}
