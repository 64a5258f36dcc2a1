package ingesting

import (
	"context"
	"time"
)

// Outcome counts what became of a batch.
type Outcome struct {
	Rows      int // rows the source gave, good and bad
	Inserted  int // matches that were not known
	Updated   int // matches that changed
	Unchanged int // matches that were known just so
	Rejected  int // rows kept aside
	Missing   int // editions that the source turned out not to have
}

// Add is the sum of both outcomes.
func (o Outcome) Add(other Outcome) Outcome {
	return Outcome{
		Rows: o.Rows + other.Rows, Inserted: o.Inserted + other.Inserted, Updated: o.Updated + other.Updated,
		Unchanged: o.Unchanged + other.Unchanged, Rejected: o.Rejected + other.Rejected, Missing: o.Missing + other.Missing,
	}
}

// Store keeps matches.
type Store interface {
	// Fingerprints are those of the editions of source that were loaded, by
	// locator.
	Fingerprints(ctx context.Context, source string) (map[string]string, error)
	// Load keeps all of b, or nothing: competition, season, teams with their
	// aliases, matches, odds, findings in place of those this edition had
	// before, and the fingerprint. Loading it again changes nothing and says
	// so in the Outcome.
	Load(ctx context.Context, e Edition, b Batch, at time.Time) (Outcome, error)
}
