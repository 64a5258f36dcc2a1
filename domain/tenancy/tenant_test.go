package tenancy_test

import (
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/domain/tenancy"
)

func TestSlugs(t *testing.T) {
	t.Parallel()
	for slug, good := range map[string]bool{
		"demo": true, "a1": true, "acme-sports": true, "a": false, "": false, "1a": false, "Demo": false, "a b": false, "a_b": false,
		strings.Repeat("a", 41): false,
	} {
		if err := tenancy.ValidateSlug(slug); (err == nil) != good {
			t.Errorf("%q: %v", slug, err)
		}
	}
}

func TestPlansHaveTheirLimits(t *testing.T) {
	t.Parallel()
	full := tenancy.Limits{Users: 1, Predictions: 2, APICalls: 3, StorageMB: 4}
	tests := map[string]struct {
		plan   tenancy.Plan
		custom tenancy.Limits
		want   tenancy.Limits
	}{
		"basic":                    {plan: tenancy.Basic, want: tenancy.Limits{Users: 10, Predictions: 100, APICalls: 1_000, StorageMB: 100}},
		"enterprise":               {plan: tenancy.Enterprise, want: tenancy.Limits{Users: 200, Predictions: 10_000, APICalls: 100_000, StorageMB: 10_000}},
		"custom":                   {plan: tenancy.Custom, custom: full, want: full},
		"custom without a limit":   {plan: tenancy.Custom, custom: tenancy.Limits{Users: 1, Predictions: 2, APICalls: 3}},
		"limits on a fixed plan":   {plan: tenancy.Basic, custom: full},
		"custom beyond all bounds": {plan: tenancy.Custom, custom: tenancy.Limits{Users: tenancy.MostOfAny + 1, Predictions: 2, APICalls: 3, StorageMB: 4}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tenancy.LimitsOf(test.plan, test.custom)
			if got != test.want || (err == nil) != (test.want != tenancy.Limits{}) {
				t.Errorf("limits %+v, %v", got, err)
			}
		})
	}
}
