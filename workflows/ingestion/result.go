package ingestion

import (
	"fmt"
	"strings"

	"github.com/football-prediction/football-prediction/ports/ingesting"
)

// Counts say what became of rows.
type Counts struct {
	Rows      int `json:"rows"`      // rows the sources gave, good and bad
	Inserted  int `json:"inserted"`  // matches that were not known
	Updated   int `json:"updated"`   // matches that changed
	Unchanged int `json:"unchanged"` // matches that were known just so
	Rejected  int `json:"rejected"`  // rows kept aside, with their reasons
	Missing   int `json:"missing"`   // editions that were not there after all
	// Repeated counts editions that an attempt cut short may have loaded: the
	// next attempt finds nothing left to do and cannot tell what was new.
	Repeated int `json:"repeated,omitempty"`
}

func toCounts(o ingesting.Outcome) Counts {
	return Counts{
		Rows: o.Rows, Inserted: o.Inserted, Updated: o.Updated, Unchanged: o.Unchanged, Rejected: o.Rejected, Missing: o.Missing,
	}
}

func (c Counts) plus(other Counts) Counts {
	return Counts{
		Rows: c.Rows + other.Rows, Inserted: c.Inserted + other.Inserted, Updated: c.Updated + other.Updated,
		Unchanged: c.Unchanged + other.Unchanged, Rejected: c.Rejected + other.Rejected,
		Missing: c.Missing + other.Missing, Repeated: c.Repeated + other.Repeated,
	}
}

// Result says what a whole ingestion did.
type Result struct {
	Counts
	Editions int       `json:"editions"` // taken in
	Skipped  int       `json:"skipped"`  // known to be unchanged, not read
	Failed   int       `json:"failed"`   // editions and sources that were not taken in
	Failures []Failure `json:"failures,omitempty"`
	Quality  []Quality `json:"quality,omitempty"`
}

// Quality is the state of a competition's data after the ingestion.
type Quality struct {
	Competition string  `json:"competition"`
	Score       float64 `json:"score"` // 0 to 1
	Stale       bool    `json:"stale,omitempty"`
}

// named is how many failures a result names; Failed counts all of them.
const named = 50

func keep(failures []Failure, f Failure) []Failure {
	if len(failures) == named {
		return failures
	}
	const longest = 500
	if len(f.Reason) > longest {
		f.Reason = strings.ToValidUTF8(f.Reason[:longest], "") + "…"
	}
	return append(failures, f)
}

func (r *Result) fail(what, reason string) {
	r.Failed++
	r.Failures = keep(r.Failures, Failure{What: what, Reason: reason})
}

// changed reports whether there is anything new to forecast or to settle.
func (r *Result) changed() bool { return r.Inserted+r.Updated+r.Repeated > 0 }

func (r *Result) sentence() string {
	return fmt.Sprintf("%d matches new, %d changed, %d as before; %d rows rejected; %d editions unchanged, %d failed.",
		r.Inserted, r.Updated, r.Unchanged, r.Rejected, r.Skipped, r.Failed)
}

// note is the result as a person reads it below the progress.
func (r *Result) note() string {
	var b strings.Builder
	b.WriteString(r.sentence())
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "\n- %s: %s", f.What, f.Reason)
	}
	return b.String()
}
