package tenancy_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/domain/tenancy"
)

func TestADeletionBeginsWaitsAndRemoves(t *testing.T) {
	t.Parallel()
	due := noon.Add(time.Hour)
	for _, before := range []tenancy.Tenant{
		{Slug: "acme", Status: tenancy.Active},
		{Slug: "acme", Status: tenancy.Trial, TrialEnds: noon.Add(time.Minute), StatusReason: "new", StatusSince: noon.Add(-time.Hour)},
		{Slug: "acme", Status: tenancy.Suspended, StatusReason: "unpaid"},
		{Slug: "acme", Status: tenancy.Expired},
	} {
		begun, err := before.BeginDeletion("run", "why", noon, due)
		if err != nil || begun.Status != tenancy.Suspended || !begun.Deleting() || !begun.Deletion.Due.Equal(due) || !begun.TrialEnds.IsZero() {
			t.Fatalf("%s: %+v, %v", before.Status, begun, err)
		}
		if again, err := begun.BeginDeletion("run", "why", noon, due.Add(time.Hour)); err != nil || !cmp.Equal(again, begun) {
			t.Errorf("repeated: %+v, %v", again, err)
		}
		if _, err := begun.BeginDeletion("other", "why", noon, due); !errors.Is(err, tenancy.ErrDeletion) {
			t.Errorf("a second run: %v", err)
		}
		if _, err := begun.Become(tenancy.Active, "paid", noon); !errors.Is(err, tenancy.ErrTransition) {
			t.Errorf("activated while it is deleted: %v", err)
		}
		if back, err := begun.AbortDeletion("run"); err != nil || !cmp.Equal(back, before) {
			t.Errorf("aborted: %s, %v", cmp.Diff(before, back), err)
		}
		if same, err := begun.AbortDeletion("other"); err != nil || !cmp.Equal(same, begun) {
			t.Errorf("aborted by another run: %+v, %v", same, err)
		}
		if _, err := begun.BeginRemoval("run", due.Add(-time.Nanosecond)); !errors.Is(err, tenancy.ErrDeletion) {
			t.Errorf("removed before its time: %v", err)
		}
		if _, err := begun.BeginRemoval("other", due); !errors.Is(err, tenancy.ErrDeletion) {
			t.Errorf("removed by another run: %v", err)
		}
		removing, err := begun.BeginRemoval("run", due)
		if err != nil || !removing.Deletion.Removing {
			t.Fatalf("removing: %+v, %v", removing, err)
		}
		if _, err := removing.AbortDeletion("run"); !errors.Is(err, tenancy.ErrDeletion) {
			t.Errorf("aborted while it is removed: %v", err)
		}
		// A run that was ended by force is followed by another.
		if taken, err := removing.BeginDeletion("other", "why", noon, due); err != nil || taken.Deletion.Run != "other" || !taken.Deletion.Removing {
			t.Errorf("taken over: %+v, %v", taken, err)
		}
	}
}

func TestWhatIsNotDeletedIsNotRemoved(t *testing.T) {
	t.Parallel()
	if _, err := (tenancy.Tenant{Status: tenancy.Active, Platform: true}).BeginDeletion("run", "why", noon, noon); !errors.Is(err, tenancy.ErrDeletion) {
		t.Errorf("the platform: %v", err)
	}
	if _, err := (tenancy.Tenant{Status: tenancy.Active}).BeginRemoval("", noon); !errors.Is(err, tenancy.ErrDeletion) {
		t.Errorf("a tenant that stays: %v", err)
	}
}
