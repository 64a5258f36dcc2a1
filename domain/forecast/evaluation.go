package forecast

import (
	"math"

	"github.com/football-prediction/football-prediction/domain/football"
)

// Score is an average over matches with its standard error.
type Score struct{ Mean, StdErr float64 }

// Bin gathers forecasts of similar probability.
type Bin struct {
	Count     int
	Predicted float64 // mean probability; 0 when empty
	Observed  float64 // share that came true; 0 when empty
}

// bins is how many parts of equal width the probabilities are sorted into.
const bins = 10

// Evaluation says how good forecasts were. All scores are 0 without matches.
type Evaluation struct {
	Matches                       int
	RPS, LogLoss, Brier, Accuracy Score
	// Picks counts the forecasts whose confidence reached the threshold, and
	// PickAccuracy is the share of them that was right.
	Picks        int
	PickAccuracy Score
	// Calibration has all three probabilities of each match in ten bins of
	// equal width; ECE is the mean distance of predicted from observed,
	// weighted by their counts (expected calibration error).
	Calibration []Bin
	ECE         float64
}

// Skill is the share of the yardstick's score that e saved, above zero when e
// is better: 1 − RPS(e)/RPS(yardstick). It is 0 when the yardstick has none.
func (e Evaluation) Skill(yardstick Evaluation) float64 {
	if yardstick.RPS.Mean == 0 {
		return 0
	}
	return 1 - e.RPS.Mean/yardstick.RPS.Mean
}

// Evaluator adds up an [Evaluation], one match at a time. The zero value is
// ready and picks whatever the confidence; see [NewEvaluator].
type Evaluator struct {
	threshold                             float64
	rps, logLoss, brier, accuracy, picked mean
	bins                                  [bins]struct{ predicted, observed mean }
}

// NewEvaluator counts a forecast as a pick from this confidence on.
func NewEvaluator(threshold float64) *Evaluator { return &Evaluator{threshold: threshold} }

// Add takes one forecast and what happened.
func (e *Evaluator) Add(f Forecast, happened football.Outcome) {
	home, draw, away := f.Outcome()
	e.rps.add(RPS(home, draw, away, happened))
	e.logLoss.add(LogLoss(home, draw, away, happened))
	e.brier.add(Brier(home, draw, away, happened))
	right := indicator(f.Likeliest() == happened)
	e.accuracy.add(right)
	if _, ok := f.Pick(e.threshold); ok {
		e.picked.add(right)
	}
	for o, p := range [3]float64{home, draw, away} {
		b := &e.bins[min(int(p*bins), bins-1)]
		b.predicted.add(p)
		b.observed.add(indicator(football.Outcome(o) == happened))
	}
}

// Evaluation is the sum so far.
func (e *Evaluator) Evaluation() Evaluation {
	out := Evaluation{
		Matches: int(e.rps.n),
		RPS:     e.rps.score(), LogLoss: e.logLoss.score(), Brier: e.brier.score(), Accuracy: e.accuracy.score(),
		Picks: int(e.picked.n), PickAccuracy: e.picked.score(),
		Calibration: make([]Bin, bins),
	}
	for i, b := range e.bins {
		out.Calibration[i] = Bin{Count: int(b.predicted.n), Predicted: b.predicted.value(), Observed: b.observed.value()}
		if out.Matches > 0 {
			share := b.predicted.n / (3 * e.rps.n)
			out.ECE += share * math.Abs(b.predicted.value()-b.observed.value())
		}
	}
	return out
}

func (m *mean) score() Score { return Score{Mean: m.value(), StdErr: m.stdErr()} }

func indicator(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
