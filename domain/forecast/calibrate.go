package forecast

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// calibrationRidge holds a calibration to [unchanged] with the weight of this
// many matches, so that few matches change little.
const calibrationRidge = 20

// calibrate is the calibration that maximises the likelihood of trials, held
// to [unchanged] by a ridge, found by Fisher scoring.
func calibrate(trials []trial) calibration {
	best := unchanged
	loss := best.loss(trials)
	for range 50 {
		next := best.improved(trials)
		value := next.loss(trials)
		for halvings := 0; !(value < loss) && halvings < 20; halvings++ {
			next = calibration{(best.shift + next.shift) / 2, (best.stretch + next.stretch) / 2, (best.width + next.width) / 2}
			value = next.loss(trials)
		}
		if !(value < loss-1e-10) {
			break
		}
		best, loss = next, value
	}
	return best
}

// loss is the penalised log loss of trials in nats.
func (c calibration) loss(trials []trial) float64 {
	shift, stretch, width := c.shift, c.stretch-1, c.width
	total := calibrationRidge * (shift*shift + stretch*stretch + width*width) / 2
	for _, t := range trials {
		home, draw, away := c.chances(t.middle, t.gap)
		total += LogLoss(home, draw, away, t.happened)
	}
	return total
}

// improved is one step of Fisher scoring from c.
func (c calibration) improved(trials []trial) calibration {
	_, step, _ := c.survey(trials)
	// A stretch at or below zero would call the better team the worse one.
	return calibration{
		shift: c.shift + step[0], stretch: math.Max(c.stretch+step[1], 0.05), width: c.width + step[2],
	}
}

// survey looks at trials once: the loss at c, the step of Fisher scoring from
// there, and what that step would gain were the loss a parabola.
func (c calibration) survey(trials []trial) (loss float64, step [3]float64, gain float64) {
	from := [3]float64{c.shift, c.stretch - 1, c.width}
	var gradient [3]float64
	var information [9]float64
	for i, x := range from {
		loss += calibrationRidge * x * x / 2
		gradient[i] = -calibrationRidge * x
		information[4*i] = calibrationRidge
	}
	widening := c.widening()
	for _, t := range trials {
		scores, chances := c.scores(t, widening)
		loss -= math.Log(max(chances[t.happened], leastLogged))
		for i := range 3 {
			gradient[i] += scores[t.happened][i]
			for j := i; j < 3; j++ {
				for o := range 3 {
					information[3*i+j] += chances[o] * scores[o][i] * scores[o][j]
				}
			}
		}
	}
	var factor mat.Cholesky
	solution := mat.NewVecDense(3, step[:])
	right := mat.NewVecDense(3, gradient[:])
	if !factor.Factorize(mat.NewSymDense(3, information[:])) || factor.SolveVecTo(solution, right) != nil {
		return loss, [3]float64{}, 0
	}
	return loss, step, mat.Dot(solution, right) / 2
}

// scores are, for each outcome, the derivatives of the logarithm of its chance
// by shift, stretch and width; and the chances.
// widening is e to the power of width.
func (c calibration) scores(t trial, widening float64) (scores [3][3]float64, chances [3]float64) {
	middle, half := c.shift+c.stretch*t.middle, widening*t.gap/2
	home, away := logistic(middle-half), logistic(-middle-half)
	draw := max(1-home-away, leastChance)
	low, high := home*(1-home), away*(1-away)
	byMiddle := [3]float64{1 - home, (high - low) / draw, away - 1}
	byHalf := [3]float64{home - 1, (high + low) / draw, away - 1}
	for o := range 3 {
		scores[o] = [3]float64{byMiddle[o], t.middle * byMiddle[o], half * byHalf[o]}
	}
	return scores, [3]float64{home, draw, away}
}
