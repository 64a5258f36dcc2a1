package operation

import (
	"cmp"
	"slices"
	"time"
)

// Verdict is how a step, a note or a whole report ended.
type Verdict string

// The verdicts. What was not looked at is skipped and never counts as fine.
const (
	Fine      Verdict = "ok"
	Attention Verdict = "needs_attention"
	Failing   Verdict = "failed"
	Skipped   Verdict = "skipped"
)

// rank orders verdicts from the best to the worst.
func (v Verdict) rank() int { return slices.Index([]Verdict{Fine, Skipped, Attention, Failing}, v) }

// Worse is the worse of two verdicts.
func Worse(a, b Verdict) Verdict {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Note is something to know, and what to do about it.
type Note struct {
	Verdict Verdict
	Text    string
	Remedy  string // empty when there is nothing to do
}

// Unit says what a number counts.
type Unit string

// The units.
const (
	Count   Unit = ""
	Bytes   Unit = "bytes"
	Seconds Unit = "seconds"
	Share   Unit = "share" // from 0 to 1
	Rate    Unit = "per_second"
)

// Figure is a number with its name.
type Figure struct {
	Name  string
	Value float64
	Unit  Unit
}

// Listing is a table of text.
type Listing struct {
	Title   string
	Columns []string
	Rows    [][]string
	Left    int // rows that were left out
}

// Chart is values over time with what they lead to.
type Chart struct {
	Title  string
	Unit   Unit
	Points []Point
	Trend  *Trend    // nil while there is too little to tell
	Limit  float64   // what the values must not reach; 0 for none
	Until  time.Time // how far the trend is drawn
	// Careful has the trend go on from a last value above it.
	Careful bool
}

// Fit fits the trend to the points.
func (c *Chart) Fit() {
	if c.Trend = FitTrend(c.Points); c.Careful && c.Trend != nil {
		c.Trend = c.Trend.Raised(c.Points[len(c.Points)-1])
	}
}

// StepResult is what a step found and did.
type StepResult struct {
	Step     string
	Title    string
	Verdict  Verdict
	Summary  string // one sentence
	Notes    []Note
	Figures  []Figure
	Listings []Listing
	Charts   []Chart
	Took     time.Duration
}

// Judge sets the verdict of a step that came to its end: the worst of its
// notes. A step that did nothing but skip is skipped. Where it looked at the
// rest, what it skipped asks for attention when something can be done about it.
func (r *StepResult) Judge() {
	r.Verdict = Fine
	idle := len(r.Notes) > 0 && len(r.Figures)+len(r.Listings)+len(r.Charts) == 0
	for _, n := range r.Notes {
		idle = idle && n.Verdict == Skipped
		switch {
		case n.Verdict != Skipped:
			r.Verdict = Worse(r.Verdict, n.Verdict)
		case n.Remedy != "":
			r.Verdict = Worse(r.Verdict, Attention)
		}
	}
	if idle {
		r.Verdict = Skipped
	}
}

// Report is what became of a plan.
type Report struct {
	ID      string
	Plan    Plan
	Run     string // the workflow's id and run
	DryRun  bool
	Began   time.Time
	Ended   time.Time // zero while it goes on
	Outcome Verdict   // ok, needs attention or failed
	Aborted string    // why, empty when it was not
	Sent    int       // people who were sent it
	Results []StepResult
}

// Sort puts the results in the order of the plan.
func (r *Report) Sort() {
	order := make(map[string]int)
	for i, s := range checklists[r.Plan] {
		order[s.Name] = i
	}
	slices.SortStableFunc(r.Results, func(a, b StepResult) int { return cmp.Compare(order[a.Step], order[b.Step]) })
}

// Conclude ends the report and sets its outcome. A step that was skipped asks
// for attention only when somebody can do something about it.
func (r *Report) Conclude(at time.Time) {
	r.Sort()
	r.Ended, r.Outcome = at, Fine
	for _, s := range r.Results {
		switch s.Verdict {
		case Failing, Attention:
			r.Outcome = Worse(r.Outcome, s.Verdict)
		case Skipped:
			if slices.ContainsFunc(s.Notes, func(n Note) bool { return n.Verdict == Skipped && n.Remedy != "" }) {
				r.Outcome = Worse(r.Outcome, Attention)
			}
		case Fine:
		}
	}
	if r.Aborted != "" {
		r.Outcome = Failing
	}
}

// Count is how many steps ended so.
func (r *Report) Count(v Verdict) (n int) {
	for _, s := range r.Results {
		if s.Verdict == v {
			n++
		}
	}
	return n
}
