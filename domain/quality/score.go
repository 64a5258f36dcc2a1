package quality

import (
	"math"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
)

// DefaultThreshold is the score below which nothing is trained.
const DefaultThreshold = 0.9

// StaleAfter is how long a competition may bring no result before its data
// count as stale; the longest regular break, the summer's, is about 80 days.
const StaleAfter = 100 * 24 * time.Hour

// Report is the state of one competition's data.
type Report struct {
	Competition football.CompetitionCode
	MeasuredAt  time.Time
	Rows        int          // rows read, good and bad
	Broken      map[Rule]int // how often each rule was broken
	Newest      time.Time    // kick-off of the newest result, zero when there is none
}

// Score is 1 for clean data and falls with the weighted share of broken rows:
// 1 − Σ weight·count / rows, never below 0. No rows at all score 0, since
// nothing can be trained on nothing. Stale data cost nothing here: they are as
// true as they were, and staleness has a finding and a metric of its own.
func (r Report) Score() float64 {
	if r.Rows == 0 {
		return 0
	}
	cost := 0.0
	for rule, count := range r.Broken {
		cost += rules[rule].weight * float64(count)
	}
	return math.Max(0, 1-cost/float64(r.Rows))
}

// Stale reports whether nothing new has come for longer than [StaleAfter].
func (r Report) Stale() bool {
	return !r.Newest.IsZero() && r.MeasuredAt.Sub(r.Newest) > StaleAfter
}

// Passes reports whether the data may be trained on.
func (r Report) Passes(threshold float64) bool { return r.Score() >= threshold }
