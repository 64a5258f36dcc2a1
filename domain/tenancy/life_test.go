package tenancy_test

import (
	"errors"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/domain/tenancy"
)

var noon = time.Date(2026, 8, 14, 12, 0, 0, 0, time.UTC)

func TestLife(t *testing.T) {
	t.Parallel()
	all := []tenancy.Status{tenancy.Trial, tenancy.Active, tenancy.Suspended, tenancy.Expired}
	allowed := map[[2]tenancy.Status]bool{
		{tenancy.Trial, tenancy.Active}:      true,
		{tenancy.Trial, tenancy.Expired}:     true,
		{tenancy.Trial, tenancy.Suspended}:   true,
		{tenancy.Active, tenancy.Suspended}:  true,
		{tenancy.Suspended, tenancy.Active}:  true,
		{tenancy.Expired, tenancy.Active}:    true,
		{tenancy.Expired, tenancy.Suspended}: true,
	}
	for _, from := range all {
		for _, to := range all {
			got, err := tenancy.Tenant{Slug: "acme", Status: from}.Become(to, "why", noon)
			if allowed[[2]tenancy.Status{from, to}] {
				if err != nil || got.Status != to || got.StatusReason != "why" || !got.StatusSince.Equal(noon) {
					t.Errorf("%s to %s: %+v, %v", from, to, got, err)
				}
			} else if !errors.Is(err, tenancy.ErrTransition) {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
}

func TestThePlatformCannotBeSuspended(t *testing.T) {
	t.Parallel()
	_, err := tenancy.Tenant{Status: tenancy.Active, Platform: true}.Become(tenancy.Suspended, "why", noon)
	if !errors.Is(err, tenancy.ErrTransition) {
		t.Error(err)
	}
}

func TestATrialExpiresByTheClock(t *testing.T) {
	t.Parallel()
	trial := tenancy.Tenant{Status: tenancy.Trial, TrialEnds: noon}
	for at, want := range map[time.Time]tenancy.Status{
		noon.Add(-time.Nanosecond): tenancy.Trial, noon: tenancy.Expired, noon.Add(time.Hour): tenancy.Expired,
	} {
		if got := trial.StatusAt(at); got != want {
			t.Errorf("at %s it is %s, want %s", at, got, want)
		}
	}
}
