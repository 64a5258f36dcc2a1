package forecast

import "math"

// calibration corrects the outcome probabilities of a goal model. It is an
// ordered logit with the model's own forecast as its input: with
// u = logit P(home) and v = logit P(home or draw), the middle (u+v)/2 is
// shifted and stretched, and the gap v−u, which is the room for draws, is
// widened by a factor. The order of the two cuts cannot break.
//
// Koopman & Lit (2019), "Forecasting football match results in national league
// competitions using score-driven time series models", compare ordered and
// goal models; here the one corrects the other.
type calibration struct {
	shift   float64 // towards the home side, in logits
	stretch float64 // above one sharpens, below one flattens
	width   float64 // logarithm of the factor on the gap
}

// unchanged is the calibration that leaves a forecast as it is.
var unchanged = calibration{stretch: 1}

// leastChance keeps every outcome possible, so that logits stay finite.
const leastChance = 1e-9

// apply returns the corrected chances, which sum to one.
func (c calibration) apply(home, draw, away float64) (h, d, a float64) {
	if c == unchanged {
		return home, draw, away
	}
	return c.chances(cuts(home, away))
}

// chances are those of the outcomes at the two cuts.
func (c calibration) chances(middle, gap float64) (home, draw, away float64) {
	middle = c.shift + c.stretch*middle
	half := c.widening() * gap / 2
	home, away = logistic(middle-half), logistic(-middle-half)
	return home, max(1-home-away, 0), away
}

// widening is the factor on the gap.
func (c calibration) widening() float64 { return math.Exp(c.width) }

// cuts are the middle of the two cumulative logits and the gap between them.
func cuts(home, away float64) (middle, gap float64) {
	home = min(max(home, leastChance), 1-2*leastChance)
	away = min(max(away, leastChance), 1-leastChance-home)
	u, v := math.Log(home/(1-home)), math.Log((1-away)/away)
	return (u + v) / 2, v - u
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
