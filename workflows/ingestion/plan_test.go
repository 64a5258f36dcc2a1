package ingestion_test

import (
	"encoding/json"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

// Histories must not hold results above 128 KB, however much the sources have.
func TestPlanComesInPages(t *testing.T) {
	w := newWorld(3000)
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivityWithOptions(w.activities().Plan, activity.RegisterOptions{Name: ingestion.PlanActivity})
	var (
		request ingestion.PageRequest
		seen    = make(map[string]bool)
		pages   = 0
		largest = 0
	)
	for {
		value, err := env.ExecuteActivity(ingestion.PlanActivity, request)
		if err != nil {
			t.Fatal(err)
		}
		var page ingestion.Page
		if err := value.Get(&page); err != nil {
			t.Fatal(err)
		}
		encoded, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		largest, pages = max(largest, len(encoded)), pages+1
		for _, e := range page.Editions {
			if seen[e.Locator] {
				t.Fatalf("%s is on two pages", e.Locator)
			}
			seen[e.Locator] = true
		}
		if len(seen)+page.Remaining != 3000 {
			t.Fatalf("after page %d: %d seen and %d remaining of 3000", pages, len(seen), page.Remaining)
		}
		if page.Remaining == 0 {
			break
		}
		request.After = &page.Editions[len(page.Editions)-1]
	}
	t.Logf("%d editions in %d pages, the largest of %d bytes", len(seen), pages, largest)
	if largest > 128<<10 || pages < 2 {
		t.Errorf("%d pages, the largest of %d bytes", pages, largest)
	}
}
