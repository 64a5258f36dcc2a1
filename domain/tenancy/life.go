package tenancy

import (
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// TrialLength is how long a trial lasts unless another length is agreed.
const TrialLength = 14 * 24 * time.Hour

// ErrTransition is about a change of status that the life of a tenant does not
// have.
var ErrTransition = &domain.Error{Kind: domain.Conflict, Code: "tenant.transition"}

// transitions lead from each status to those that may follow it. A trial that
// is suspended becomes active when it is taken back: nobody gets a second one.
var transitions = map[Status][]Status{
	Trial:     {Active, Expired, Suspended},
	Active:    {Suspended},
	Suspended: {Active},
	Expired:   {Active, Suspended},
}

// MayBecome reports whether next may follow s.
func (s Status) MayBecome(next Status) bool { return slices.Contains(transitions[s], next) }

// ParseStatus returns the status that text names.
func ParseStatus(text string) (Status, error) {
	switch s := Status(text); s {
	case Trial, Active, Suspended, Expired:
		return s, nil
	}
	return "", domain.Errorf(domain.Invalid, "tenant.status", "%q is no status; say trial, active, suspended or expired", text).In("status")
}

// StatusAt is where t stands at a moment: a trial expires by the clock, whether
// or not anybody has written it down.
func (t Tenant) StatusAt(at time.Time) Status {
	if t.Status == Trial && !t.TrialEnds.IsZero() && !at.Before(t.TrialEnds) {
		return Expired
	}
	return t.Status
}

// Become is t in its next status, with the reason and the time. The operators'
// own tenant stays as it is, so that they cannot lock themselves out.
func (t Tenant) Become(next Status, reason string, at time.Time) (Tenant, error) {
	current := t.StatusAt(at)
	switch {
	case t.Platform:
		return Tenant{}, domain.Errorf(domain.Conflict, ErrTransition.Code, "the platform's own tenant stays %s", t.Status)
	case t.Deleting():
		return Tenant{}, domain.Errorf(domain.Conflict, ErrTransition.Code, "tenant %s is being deleted by the run %s; abort that first", t.Slug, t.Deletion.Run)
	case !current.MayBecome(next):
		return Tenant{}, domain.Errorf(domain.Conflict, ErrTransition.Code, "tenant %s is %s and cannot become %s", t.Slug, current, next)
	}
	t.Status, t.StatusReason, t.StatusSince, t.TrialEnds = next, reason, at, time.Time{}
	return t, nil
}
