package ingestion

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/workflows/process"
)

// competition is the search attribute by which operators find the runs of a
// league.
var competition = temporal.NewSearchAttributeKeyKeyword("Competition")

// IngestSeason takes in one edition. It fails at once when the input lacks a
// field.
func IngestSeason(ctx workflow.Context, e Edition) (Counts, error) {
	ctx, p, err := process.Begin(ctx, "Season")
	if err != nil {
		return Counts{}, err
	}
	if err := e.complete(); err != nil {
		return Counts{}, err
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, competition.ValueSet(e.Competition)); err != nil {
		return Counts{}, process.Fail("set search attribute", err)
	}
	p.Step(ctx, "load", 1, e.String())
	counts, err := loadActivity.Call(ctx, "Read and load "+e.Locator, e)
	if err != nil {
		return Counts{}, p.End(process.Fail("load "+e.String(), err))
	}
	p.Advance(ctx, 1, fmt.Sprintf("%d rows: %d new, %d changed, %d as before, %d rejected.",
		counts.Rows, counts.Inserted, counts.Updated, counts.Unchanged, counts.Rejected))
	return counts, nil
}
